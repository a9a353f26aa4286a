"""What a helper did for somebody, and where helping so many through one phone was stopped."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models.assisting import Assistance
from applications.states import HelpStepKind
from kernel.crypto import EncryptedTextField


def _somebody(*, null: bool = False) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=null, on_delete=models.PROTECT, related_name="+"
    )


class HelpStep(models.Model):
    """
    One thing that a helper typed, gave or opened in a case, for the person to read.

    `code` is the field's, the file's slot's or the page's; `value` is what was typed, as JSON. It
    stays as it was, whatever the person puts in its place.
    """

    assistance = models.ForeignKey(Assistance, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=HelpStepKind.choices)
    code = models.CharField(max_length=60)
    value = EncryptedTextField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=HelpStepKind.values), name="help_step_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=HelpStepKind.TYPED, value__isnull=False)
                | (~Q(kind=HelpStepKind.TYPED) & Q(value=None)),
                name="help_step_typed_has_a_value",
            ),
        ]
        indexes = [models.Index(fields=["assistance", "id"], name="help_step_of_help")]

    def __str__(self) -> str:
        return f"step #{self.pk}"


class HelpHold(models.Model):
    """
    A helper wanted to help more persons through one phone than a family has: she waits.

    A supervisor lets her go on, with a reason; from then on persons are counted anew.
    """

    helper = _somebody()
    contact = models.ForeignKey("accounts.ContactPoint", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    persons = models.PositiveSmallIntegerField()
    noticed_at = models.DateTimeField()
    released_by = _somebody(null=True)
    released_at = models.DateTimeField(null=True)
    released_because = models.CharField(max_length=200, blank=True, db_default="", default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by__isnull=True, released_at__isnull=True)
                | (
                    Q(released_by__isnull=False, released_at__isnull=False)
                    & ~Q(released_because="")
                ),
                name="help_hold_released_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["helper", "contact"],
                condition=Q(released_at=None),
                name="help_hold_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"hold #{self.pk}"
