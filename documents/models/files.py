"""The files of papers, and who ordered them signed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.models.credentials import Credential
from documents.models.papers import Paper


class Step(models.TextChoices):
    RENDERED = "rendered", "Drawn"
    SIGNED = "signed", "Signed by the officer"
    SEALED = "sealed", "Sealed by the office"
    STAMPED = "stamped", "Stamped with the time afterwards"
    AUGMENTED = "augmented", "Given what proves it in the long term"
    REFRESHED = "refreshed", "Stamped anew before the last stamp ends"


MADE_ONCE = (Step.RENDERED, Step.SIGNED, Step.SEALED)
# As the office gave it out: whoever holds any of these holds the paper.
AS_ISSUED = (Step.SEALED, Step.STAMPED, Step.AUGMENTED, Step.REFRESHED)


class Level(models.TextChoices):
    """PAdES baseline levels (ETSI EN 319 142-1): those of the paper's weakest signature."""

    NONE = "", "Not signed"
    B_B = "B-B", "Signed"
    B_T = "B-T", "Stamped with the time"
    B_LTA = "B-LTA", "With what proves it, stamped"


class PaperFile(models.Model):
    """
    Append-only: the bytes after each step, kept by `kernel.files` under their hash.

    Revisions run from 1; each begins with the bytes of the one before it, so that what was signed
    stays as it was signed.
    """

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="files")
    revision = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=9, choices=Step.choices)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField(help_text="bytes")
    previous_size = models.PositiveIntegerField(help_text="bytes of the revision before; 0: none")
    pades_level = models.CharField(max_length=5, choices=Level.choices, blank=True)
    # What the stamps say by which the level stands: the last one's time, and until when the
    # certificate behind it lasts.
    stamped_at = models.DateTimeField(null=True)
    stamp_until = models.DateTimeField(null=True)
    credential = models.ForeignKey(
        Credential, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paper", "revision"], name="paper_file_revision_once"),
            models.UniqueConstraint(
                fields=["paper", "step"],
                condition=Q(step__in=MADE_ONCE),
                name="paper_file_once_a_step",
            ),
            models.CheckConstraint(
                condition=Q(revision__gte=1), name="paper_file_revisions_begin_at_one"
            ),
            models.CheckConstraint(condition=Q(step__in=Step.values), name="paper_file_step_known"),
            models.CheckConstraint(
                condition=Q(step__in=(Step.SIGNED, Step.SEALED), credential__isnull=False)
                | Q(~Q(step__in=(Step.SIGNED, Step.SEALED)), credential=None),
                name="paper_file_names_what_signed_it",
            ),
            models.CheckConstraint(
                condition=Q(step=Step.RENDERED, pades_level=Level.NONE)
                | Q(step__in=(Step.SIGNED, Step.SEALED), pades_level__in=(Level.B_B, Level.B_T))
                | Q(step=Step.STAMPED, pades_level=Level.B_T)
                | Q(step__in=(Step.AUGMENTED, Step.REFRESHED), pades_level=Level.B_LTA),
                name="paper_file_level_of_its_step",
            ),
            models.CheckConstraint(
                condition=Q(
                    pades_level__in=(Level.NONE, Level.B_B), stamped_at=None, stamp_until=None
                )
                | Q(
                    ~Q(pades_level__in=(Level.NONE, Level.B_B)),
                    stamped_at__isnull=False,
                    stamp_until__gt=models.F("stamped_at"),
                ),
                name="paper_file_level_by_its_stamp",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="paper_file_hash_shape"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.paper_id} {self.revision} {self.step}"


class Proof(models.Model):
    """
    How well the newest revision of an issued paper is proven, and who is at work on it.

    Written by PostgreSQL as revisions come: only the lease is ours.
    """

    paper = models.OneToOneField(
        Paper, on_delete=models.PROTECT, primary_key=True, related_name="proof"
    )
    revision = models.PositiveSmallIntegerField()
    pades_level = models.CharField(max_length=5, choices=Level.choices)
    stamped_at = models.DateTimeField(null=True)
    stamp_until = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # In the order in which they are claimed: nobody sorts all that is due.
            models.Index(
                fields=["lease_until", "paper"],
                name="proof_to_stamp",
                condition=Q(pades_level=Level.B_B),
            ),
            models.Index(
                fields=["lease_until", "stamped_at"],
                name="proof_to_augment",
                condition=Q(pades_level=Level.B_T),
            ),
            models.Index(
                fields=["lease_until", "stamp_until"],
                name="proof_to_refresh",
                condition=Q(pades_level=Level.B_LTA),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.paper_id} {self.pades_level}"


class Mandate(models.Model):
    """Append-only: an officer's order, given by one step-up, to sign a list of files until then."""

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    step_up = models.OneToOneField("accounts.StepUp", on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=models.F("created_at")), name="mandate_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class MandateItem(models.Model):
    """Append-only: one file that the officer ordered signed, by its hash."""

    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="items")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="mandate_items")
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mandate", "paper"], name="mandate_names_a_paper_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.mandate_id} paper #{self.paper_id}"


class MandateWithdrawal(models.Model):
    """Append-only: the officer took her order back; what no key had signed by then stays so."""

    mandate = models.OneToOneField(Mandate, on_delete=models.PROTECT, related_name="withdrawal")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"withdrawal #{self.pk}"
