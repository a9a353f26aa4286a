"""Who looked at a paper, by kind and time, and whom its holder lets read it. Never a person."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from documents.models.papers import Paper

CONSENT_LONGEST = timedelta(days=90)


class LookKind(models.TextChoices):
    PAGE = "page", "On the page, by code"
    API = "api", "By a machine, by code"
    FILE = "file", "By the file"
    AGENCY = "agency", "By an agency, with the holder's consent"


class Consent(models.Model):
    """
    The holder lets one agency read one paper's facts until then; she may take that back.

    The token opens nothing else. It is shown to her once, and only its keyed hash is kept.
    """

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="consents")
    agency = models.CharField(max_length=120, help_text="as the holder names it")
    purpose = models.CharField(max_length=200)
    token_hash = models.BinaryField(max_length=32, unique=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("given_at"), until__lte=F("given_at") + CONSENT_LONGEST),
                name="consent_at_most_90_days",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None) | Q(taken_back_at__gte=F("given_at")),
                name="consent_taken_back_after_it_was_given",
            ),
            models.CheckConstraint(
                condition=~Q(agency="") & ~Q(purpose=""), name="consent_says_to_whom_and_what_for"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} paper #{self.paper_id}"


class Look(models.Model):
    """
    Somebody checked the paper. Never changed, and forgotten after 13 months.

    Anybody's look is written to the minute, and once a minute and kind: whoever asks a thousand
    times leaves one row. An agency's is written each time.
    """

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="looks")
    kind = models.CharField(max_length=6, choices=LookKind.choices)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="looks")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LookKind.values), name="look_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=LookKind.AGENCY, consent__isnull=False)
                | (~Q(kind=LookKind.AGENCY) & Q(consent=None)),
                name="look_of_an_agency_has_its_consent",
            ),
            models.UniqueConstraint(
                fields=["paper", "kind", "at"],
                condition=Q(consent=None),
                name="look_once_a_minute",
            ),
        ]
        indexes = [
            models.Index(fields=["paper", "-at"], name="look_of_paper"),
            models.Index(fields=["at"], name="look_by_time"),
        ]

    def __str__(self) -> str:
        return f"#{self.paper_id} {self.kind}"
