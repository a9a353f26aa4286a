"""What goes from one office to another: the case, its paper or its file, until it has arrived."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.cases import Application
from applications.states import Handed
from kernel.crypto import EncryptedTextField


class HandOver(models.Model):
    """
    Appended when something leaves an office; that it arrived is written once, by the other one.

    `version` is the case's after it left, so that its control slip can be found.
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="hand_overs"
    )
    version = models.PositiveIntegerField()
    what = models.CharField(max_length=8, choices=Handed.choices)
    from_office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    to_office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # When whoever supervises the two offices was told that it has not arrived.
    told_at = models.DateTimeField(null=True)
    arrived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    arrived_at = models.DateTimeField(null=True)
    # In whatever state it came: names are never stored in clear.
    arrived_note = EncryptedTextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(arrived_at=None),
                name="one_open_hand_over_a_case",
            ),
            models.UniqueConstraint(
                fields=["application", "version"], name="one_hand_over_a_version"
            ),
            models.CheckConstraint(condition=Q(what__in=Handed.values), name="handed_thing_known"),
            models.CheckConstraint(
                condition=~Q(from_office=F("to_office")), name="handed_to_another_office"
            ),
            models.CheckConstraint(
                condition=Q(arrived_by=None, arrived_at=None)
                | Q(arrived_by__isnull=False, arrived_at__gte=F("at")),
                name="arrival_has_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["at", "id"], name="hand_over_open", condition=Q(arrived_at=None)),
        ]

    def __str__(self) -> str:
        return f"hand-over #{self.pk} {self.what}"
