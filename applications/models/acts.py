"""What officers do with a case besides deciding it: note, give on, second, undo. All appended."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.cases import Application
from applications.states import TransferReason
from kernel.crypto import EncryptedTextField


def _somebody(*, null: bool = False) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=null, on_delete=models.PROTECT, related_name="+"
    )


class CaseNote(models.Model):
    """Appended: what an officer wrote down for her colleagues; the applicant never sees it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="notes")
    by = _somebody()
    # Whatever she writes: numbers and names of people are never stored in clear.
    text = EncryptedTextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"note #{self.pk}"


class Transfer(models.Model):
    """
    Appended: a case was given to another office, or to a colleague in the same one.

    `version` is the case's after it, and so the one of its row of history.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="transfers")
    version = models.PositiveIntegerField()
    by = _somebody()
    by_supervisor = models.BooleanField()
    from_office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    from_officer = _somebody()
    to_office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    # None: whoever has least to do there.
    to_officer = _somebody(null=True)
    reason_code = models.CharField(max_length=20, choices=TransferReason.choices)
    text = EncryptedTextField(default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "version"], name="one_transfer_a_move"),
            models.CheckConstraint(
                condition=Q(reason_code__in=TransferReason.values), name="transfer_reason_known"
            ),
            models.CheckConstraint(
                condition=~Q(from_office=F("to_office"))
                | (Q(to_officer__isnull=False) & ~Q(from_officer=F("to_officer"))),
                name="transfer_goes_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"transfer #{self.pk} {self.reason_code}"


class SecondApproval(models.Model):
    """Appended: what a second officer said of an approval, at the version that it led to."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="seconds")
    version = models.PositiveIntegerField()
    first = _somebody()
    second = _somebody()
    approved = models.BooleanField()
    # Why it was declined.
    text = EncryptedTextField(default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "version"], name="one_second_a_move"),
            models.CheckConstraint(
                condition=~Q(first=F("second")), name="second_approval_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"second #{self.pk}"


class UndoneApproval(models.Model):
    """Appended: an approval taken back before anybody was to sign; its paper is given up."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="undone")
    version = models.PositiveIntegerField()
    paper = models.OneToOneField("documents.Paper", on_delete=models.PROTECT, related_name="+")
    by = _somebody()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "version"], name="one_undoing_a_move"),
        ]

    def __str__(self) -> str:
        return f"undone #{self.pk}"


class DeskAct(models.Model):
    """A form that an officer sent: its key makes what she asked happen once. Forgotten in time."""

    account = _somebody()
    key = models.UUIDField()
    act = models.CharField(max_length=80)
    done_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="desk_act_once"),
        ]
        indexes = [models.Index(fields=["done_at"], name="desk_act_by_time")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.act}"
