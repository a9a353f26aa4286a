"""Papers: what they say, what became of them, and their numbers."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from documents.states import OUT, UNFINISHED, State


class Kind(models.TextChoices):
    """Three kinds of paper with three contents; filiation stands only on the full record."""

    CERTIFICATE = "certificate", "Certificate"
    EXTRACT = "extract", "Extract"
    RECORD = "record", "Record"


class Copy(models.TextChoices):
    """What a paper is to its register entry: the original, or one more with the same facts."""

    ORIGINAL = "original", "Original"
    DUPLICATE = "duplicate", "Duplicate"
    CERTIFIED_COPY = "certified_copy", "Certified copy"


class Paper(models.Model):
    """
    One paper from its request to its end. What it says never changes once requested.

    The facts are the register's; `documents/sql/0004_life.sql` says what may change and when.
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
    # A letter of the office (an acknowledgement, a refusal): its facts come from a case, and it
    # rests on no register entry.
    is_slip = models.BooleanField(default=False)
    copy = models.CharField(max_length=14, choices=Copy.choices, default=Copy.ORIGINAL)
    copy_no = models.PositiveSmallIntegerField(default=0)
    copy_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    # The paper that this one takes the place of, which is then superseded.
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    # The last day on which it may be relied on; none: as long as nothing ends it.
    valid_until = models.DateField(null=True)
    # The day since which it is no longer true, and why it ended.
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=24, blank=True)
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
                    Q(cited_entry__isnull=False) | Q(is_slip=True),
                    number__isnull=False,
                    rendered_at__isnull=False,
                ),
                name="paper_drawn_cites_its_entry",
            ),
            models.CheckConstraint(
                condition=Q(is_slip=True, sealed_only=True, cited_entry=None)
                | Q(is_slip=False, cited_entry__isnull=False),
                name="paper_slip_cites_nothing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OUT, issued_at__isnull=False)
                | Q(state__in=(*UNFINISHED, State.ABANDONED), issued_at=None),
                name="paper_issued_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(copy=Copy.ORIGINAL, copy_of=None, copy_no=0)
                | Q(
                    copy__in=(Copy.DUPLICATE, Copy.CERTIFIED_COPY),
                    copy_of__isnull=False,
                    copy_no__gte=1,
                    is_slip=False,
                    replaces=None,
                ),
                name="paper_copy_of_an_original",
            ),
            models.UniqueConstraint(
                fields=["copy_of", "copy", "copy_no"], name="paper_copy_number_once"
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=~Q(state=State.ABANDONED),
                name="paper_replaced_once",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.ENDED, ended_on__isnull=False) & ~Q(end_reason=""))
                | (~Q(state=State.ENDED) & Q(ended_on=None, end_reason="")),
                name="paper_ended_since_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="paper_unfinished",
                condition=Q(state__in=UNFINISHED),
            ),
            models.Index(F("office"), F("state"), F("id").desc(), name="paper_of_office_by_state"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.paper_type} {self.state}"


class PaperChange(models.Model):
    """
    Append-only: every state that a paper has had, written before the paper takes it.

    What becomes of a paper that is out has a cause: two people's act, or a register's event.
    """

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="changes")
    source = models.CharField(max_length=10, blank=True)
    target = models.CharField(max_length=10)
    act = models.ForeignKey(
        "documents.PaperAct", on_delete=models.PROTECT, null=True, related_name="changes"
    )
    event = models.ForeignKey(
        "registers.RegisterEvent", on_delete=models.PROTECT, null=True, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "target"],
                condition=Q(target__in=UNFINISHED),
                name="paper_is_made_once",
            ),
            models.UniqueConstraint(fields=["paper", "act"], name="paper_act_used_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.paper_id} {self.source} -> {self.target}"


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
