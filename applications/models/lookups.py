"""What registers said to what an applicant typed: yes or no, and never what they hold."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models.cases import Application


class LookupOutcome(models.TextChoices):
    """
    What came of it; nobody is kept from sending her case by any of them.

    Of what is unchecked there is no row: the register was silent, or nobody could ask it.
    """

    AGREES = "agrees"
    DIFFERS = "differs"
    UNCHECKED = "unchecked"


class Lookup(models.Model):
    """
    Appended: a register was asked about one answer of a draft, with others beside it.

    `about` is a keyed hash of those answers and of the case: an answer that changes has not been
    asked about, and nobody can read from it whom it concerned.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="lookups")
    field_code = models.CharField(max_length=60)
    about = models.BinaryField(max_length=32)
    outcome = models.CharField(max_length=12, choices=LookupOutcome.choices)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[LookupOutcome.AGREES, LookupOutcome.DIFFERS]),
                name="lookup_is_answered",
            ),
            models.UniqueConstraint(
                fields=["application", "field_code", "about"], name="lookup_answered_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.field_code} {self.outcome}"
