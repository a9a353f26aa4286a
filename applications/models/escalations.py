"""Who was told of cases that wait for too long."""

from django.db import models
from django.db.models import Q

from applications.models.cases import Application
from applications.states import EscalationCause, EscalationLevel


class Escalation(models.Model):
    """Appended: an office was told of a case that waits; who decides it stays as it was."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="escalations", db_index=False
    )
    # 0 the first; 1 the one of its appeal, in which everybody above is told anew.
    hearing = models.PositiveSmallIntegerField(default=0, db_default=0)
    level = models.PositiveSmallIntegerField(choices=EscalationLevel.choices)
    cause = models.CharField(max_length=10, choices=EscalationCause.choices)
    # Whose supervisor is told: the office that has the case, or the one above it.
    office = models.ForeignKey(
        "places.Office", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "level", "office", "hearing"],
                name="escalated_once_to_an_office",
            ),
            models.CheckConstraint(
                condition=Q(level__in=EscalationLevel.values), name="escalation_level_known"
            ),
            models.CheckConstraint(
                condition=Q(cause__in=EscalationCause.values), name="escalation_cause_known"
            ),
            models.CheckConstraint(
                condition=Q(level=EscalationLevel.SUPERVISOR) | Q(cause=EscalationCause.LATE),
                name="escalated_above_when_late",
            ),
        ]
        indexes = [models.Index(fields=["office", "at"], name="escalation_of_office")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.cause}"
