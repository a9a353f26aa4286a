"""Who said that a page is right, and what became of what readers found wrong."""

from django.conf import settings
from django.db import models

from catalogue.models.finding import Remark
from catalogue.models.services import Service, ServiceVersion

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


class RemarkAnswer(models.Model):
    """What a focal point found when she looked at a remark: once, append-only."""

    class Outcome(models.TextChoices):
        MENDED = "mended", "Mended"
        WAS_RIGHT = "was_right", "The page was right"
        UNCLEAR = "unclear", "Cannot tell what was meant"

    remark = models.OneToOneField(
        Remark, on_delete=models.PROTECT, related_name="answer", db_column="report_id"
    )
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    words = models.CharField(max_length=WORDS_MAX, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "catalogue_reportanswer"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["mended", "was_right", "unclear"]),
                name="report_answer_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remark_id}: {self.outcome}"


class Reminder(models.Model):
    """That somebody was reminded on a day of the pages that wait for a word. Append-only."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField()  # In the country's time.
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "day"], name="reminder_one_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} on {self.day}"


class ReminderLine(models.Model):
    """
    One page of a reminder, and how late it was: each step once for each person. Append-only.

    `since` is when the page was last confirmed, or first published where it never was: after the
    next confirmation the steps begin anew. A foreign key of two columns says that `account` is the
    reminder's own.
    """

    class Step(models.TextChoices):
        DUE = "due"
        SOON = "soon"
        TOLD = "told"  # The public page says that nobody has confirmed it.

    reminder = models.ForeignKey(Reminder, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=4, choices=Step.choices)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "service", "since", "step"], name="reminder_once_a_step"
            ),
            models.CheckConstraint(
                condition=models.Q(step__in=["due", "soon", "told"]), name="reminder_step_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.step}"
