"""Why a case went where it went."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models.cases import Application


class RoutingNote(models.Model):
    """
    Append-only: one row each time a case is laid before a desk, at the version that it led to.

    `reasons` are codes of `routing_words`, in the order of the thinking: what led to the office,
    then what led to the officer. `candidates` says among how many she was chosen.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="routings")
    version = models.PositiveIntegerField()
    office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reasons = models.JSONField()
    candidates = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "version"], name="one_routing_a_move"),
            models.CheckConstraint(condition=~Q(reasons=[]), name="routing_gives_a_reason"),
            models.CheckConstraint(
                condition=Q(officer=None) | Q(candidates__gt=0), name="routed_to_a_candidate"
            ),
        ]

    def __str__(self) -> str:
        return f"routing #{self.pk}"
