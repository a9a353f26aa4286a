"""Cases that a supervisor gave to another officer of the office."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.cases import Application
from applications.states import ReassignReason


class Reassignment(models.Model):
    """Appended: one row each time, at the version of the case that it led to."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="reassignments"
    )
    version = models.PositiveIntegerField()
    office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    # None: nobody had it.
    from_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    to_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason_code = models.CharField(max_length=20, choices=ReassignReason.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "version"], name="one_reassignment_a_version"
            ),
            models.CheckConstraint(
                condition=Q(reason_code__in=ReassignReason.values),
                name="reassignment_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(from_officer=None) | ~Q(from_officer=F("to_officer")),
                name="reassigned_to_another",
            ),
        ]

    def __str__(self) -> str:
        return f"reassignment #{self.pk} {self.reason_code}"
