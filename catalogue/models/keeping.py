"""Who said that a page is right, and what became of what readers found wrong."""

from django.conf import settings
from django.db import models

from catalogue.models.finding import PageReport
from catalogue.models.services import ServiceVersion

WORDS_MAX = 500


class Confirmation(models.Model):
    """One focal point's word that what a version says is right on that day. Append-only."""

    version = models.ForeignKey(
        ServiceVersion, on_delete=models.PROTECT, related_name="confirmations"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["version", "at"], name="confirmations_of_a_version")]

    def __str__(self) -> str:
        return f"{self.version_id} on {self.at:%Y-%m-%d}"


class ReportAnswer(models.Model):
    """What a focal point found when she looked at a report: once, append-only."""

    class Outcome(models.TextChoices):
        MENDED = "mended", "Mended"
        WAS_RIGHT = "was_right", "The page was right"
        UNCLEAR = "unclear", "Cannot tell what was meant"

    report = models.OneToOneField(PageReport, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    words = models.CharField(max_length=WORDS_MAX, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["mended", "was_right", "unclear"]),
                name="report_answer_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.outcome}"
