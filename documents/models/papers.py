"""Papers, their files, who ordered them signed, and the credentials that sign."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.states import State


class Kind(models.TextChoices):
    """Three kinds of paper with three contents; filiation stands only on the full record."""

    CERTIFICATE = "certificate", "Certificate"
    EXTRACT = "extract", "Extract"
    RECORD = "record", "Record"


class Paper(models.Model):
    """
    One paper from request to issue. What it says never changes once requested.

    The facts are the register's; `documents/sql/0002_rules.sql` says what may change and when.
    """

    # What a holder types or scans: 80 random bits, so that knowing it is holding the paper.
    verification_id = models.CharField(max_length=16, unique=True)
    purpose_key = models.CharField(max_length=80, unique=True, null=True, blank=True)
    paper_type = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CERTIFICATE)
    template_version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=8)
    facts = models.JSONField()
    facts_sha256 = models.CharField(max_length=64)
    cited_entry = models.ForeignKey(
        "registers.CitedEntry", on_delete=models.PROTECT, null=True, related_name="+"
    )
    office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    sealed_only = models.BooleanField(default=False)
    number = models.CharField(max_length=96, unique=True, null=True, blank=True)
    series_year = models.PositiveSmallIntegerField(null=True)
    series_no = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_at = models.DateTimeField()
    rendered_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    # While its payment is in doubt nobody signs or seals it.
    withheld_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "paper_type", "series_year", "series_no"],
                name="paper_number_once_in_its_series",
            ),
            models.CheckConstraint(
                condition=Q(verification_id__regex=r"^[0-9A-HJKMNP-TV-Z]{16}$"),
                name="paper_verification_id_shape",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="paper_state_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="paper_kind_known"),
            models.CheckConstraint(
                condition=Q(sealed_only=True, officer=None)
                | Q(sealed_only=False, officer__isnull=False),
                name="paper_has_officer_unless_sealed_only",
            ),
            models.CheckConstraint(
                condition=Q(number=None, series_year=None, series_no=None)
                | Q(
                    number__isnull=False,
                    series_year__isnull=False,
                    series_no__gte=1,
                ),
                name="paper_number_with_its_series",
            ),
            models.CheckConstraint(
                condition=Q(state=State.REQUESTED, rendered_at=None)
                | Q(
                    ~Q(state=State.REQUESTED),
                    number__isnull=False,
                    rendered_at__isnull=False,
                    cited_entry__isnull=False,
                ),
                name="paper_drawn_cites_its_entry",
            ),
            models.CheckConstraint(
                condition=Q(state=State.ISSUED, issued_at__isnull=False)
                | Q(~Q(state=State.ISSUED), issued_at=None),
                name="paper_issued_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="paper_unfinished",
                condition=~Q(state=State.ISSUED),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.paper_type} {self.state}"


class PaperChange(models.Model):
    """Append-only: every state that a paper has had."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="changes")
    source = models.CharField(max_length=10, blank=True)
    target = models.CharField(max_length=10)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paper", "target"], name="paper_reaches_a_state_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.paper_id} {self.source} -> {self.target}"


class Purpose(models.TextChoices):
    OFFICER = "officer", "Officer's signature"
    SEAL = "seal", "Office's seal"


class CredentialState(models.TextChoices):
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    REVOKED = "revoked", "Revoked"


class Credential(models.Model):
    """
    A certificate, and where its key lies; never the key.

    `key_ref` is a name that the custody understands: a file under PKI_DIR, or a label in an HSM.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    office = models.ForeignKey(
        "places.Office", on_delete=models.PROTECT, null=True, related_name="+"
    )
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    certificate = models.TextField(help_text="PEM")
    chain = models.TextField(help_text="PEM: the issuing authorities, without the root")
    custody = models.CharField(max_length=12)
    key_ref = models.CharField(max_length=200)
    serial = models.CharField(max_length=40, unique=True, help_text="hexadecimal")
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=CredentialState.choices, default=CredentialState.ACTIVE
    )
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose=Purpose.OFFICER, account__isnull=False, office=None)
                | Q(purpose=Purpose.SEAL, account=None, office__isnull=False),
                name="credential_of_an_officer_or_an_office",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CredentialState.values), name="credential_state_known"
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state=CredentialState.ACTIVE),
                name="credential_one_active_an_officer",
            ),
            models.UniqueConstraint(
                fields=["office"],
                condition=Q(state=CredentialState.ACTIVE),
                name="credential_one_active_an_office",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.purpose} {self.state}"


class Step(models.TextChoices):
    RENDERED = "rendered", "Drawn"
    SIGNED = "signed", "Signed by the officer"
    SEALED = "sealed", "Sealed by the office"


class PaperFile(models.Model):
    """Append-only: the bytes after each step, kept by `kernel.files` under their hash."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="files")
    step = models.CharField(max_length=8, choices=Step.choices)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField(help_text="bytes")
    credential = models.ForeignKey(
        Credential, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paper", "step"], name="paper_file_once_a_step"),
            models.CheckConstraint(condition=Q(step__in=Step.values), name="paper_file_step_known"),
            models.CheckConstraint(
                condition=Q(step=Step.RENDERED, credential=None)
                | Q(~Q(step=Step.RENDERED), credential__isnull=False),
                name="paper_file_names_what_signed_it",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="paper_file_hash_shape"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.paper_id} {self.step}"


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


class NumberSeries(models.Model):
    """The last number given in one office, for one type, in one year. Locked last, and briefly."""

    office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    paper_type = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "number series"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "paper_type", "year"], name="number_series_once"
            ),
            models.CheckConstraint(condition=Q(last__gte=1), name="number_series_begins_at_one"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.paper_type} {self.year}"
