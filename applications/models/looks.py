"""Who looked at a person's case and why, what she asks about it, and looks outside one's right."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.cases import Application
from kernel.crypto import EncryptedTextField

LOOK_SECONDS = 600
"""Whoever looks again within it looks once: a page that is loaded anew is no new look."""
LISTED_SECONDS = 24 * 3600
"""The same for a list that she works through all day."""
OPEN_FOR = timedelta(minutes=30)


class Why(models.TextChoices):
    """By what right somebody looked."""

    DECIDING = "deciding", _("An officer who decides it, or may take it next")
    SUPERVISING = "supervising", _("A supervisor of the office")
    COLLEAGUE = "colleague", _("Another officer who decides such cases there")
    COUNTER = "counter", _("An officer at the counter")
    HELPING = "helping", _("Whoever applies with you")
    BREAK_GLASS = "break_glass", _("An officer without the usual right, who gave a reason")


class Seen(models.TextChoices):
    """What somebody saw of a case."""

    CASE = "case", _("The whole case")
    LINE = "line", _("Your name in a list")
    PAPER = "paper", _("Your paper")
    ATTACHMENT = "attachment", _("A document that you gave")
    SCAN = "scan", _("The page of the paper register")
    SLIP = "slip", _("A letter about your case")


class OpeningReason(models.TextChoices):
    """Why somebody opens a case that is not hers."""

    URGENT = "urgent", _("The person is here and cannot wait")
    COMPLAINT = "complaint", _("A complaint is looked into")
    ERROR = "error", _("Something went wrong, and has to be understood")
    COURT = "court", _("A court or the law asks for it")


class Look(models.Model):
    """
    Appended: one member of staff saw something of one case, at most one row in ten minutes.

    Of a name in a list at most one row a day.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="looks")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Hers then; whoever has no office looks for nobody's.
    office = models.ForeignKey(
        "places.Office", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    seen = models.CharField(max_length=20, choices=Seen.choices)
    why = models.CharField(max_length=20, choices=Why.choices)
    at = models.DateTimeField()
    # The time in pieces of LOOK_SECONDS or of LISTED_SECONDS, which are never one number.
    slot = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "account", "seen", "why", "slot"], name="look_once_a_slot"
            ),
            models.CheckConstraint(condition=Q(why__in=Why.values), name="look_reason_known"),
            models.CheckConstraint(condition=Q(seen__in=Seen.values), name="look_seen_known"),
        ]

    def __str__(self) -> str:
        return f"look #{self.pk}"


class LookQuestion(models.Model):
    """A person says that a look at her case seems wrong; somebody else answers her, once."""

    look = models.OneToOneField(Look, on_delete=models.PROTECT, related_name="question")
    text = EncryptedTextField(default="")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answer = EncryptedTextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by=None, answered_at=None)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="look_question_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"question #{self.pk}"


class Opening(models.Model):
    """Break-glass: a case opened for half an hour without the usual right, to be reviewed."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="openings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason_code = models.CharField(max_length=20, choices=OpeningReason.choices)
    text = EncryptedTextField()
    opened_at = models.DateTimeField()
    until_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)
    review_text = EncryptedTextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason_code__in=OpeningReason.values), name="opening_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(until_at=F("opened_at") + OPEN_FOR), name="opening_half_an_hour"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None, reviewed_at=None, accepted=None)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False, accepted__isnull=False),
                name="opening_reviewed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="opening_to_review",
                condition=Q(reviewed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"opening #{self.pk}"
