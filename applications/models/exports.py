"""What a person takes out of here, packed once and hers for a day; and cases that were emptied."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.cases import Application


class DataExport(models.Model):
    """
    One packing of a person's data: asked for, made by an errand, forgotten after `until`.

    `attempts` counts how often an errand began it; after the last it is given up (`failed_at`).
    """

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    file = models.ForeignKey(
        "kernel.StoredFile",
        null=True,
        on_delete=models.PROTECT,
        db_column="sha256",
        related_name="+",
    )
    ready_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file=None, ready_at=None, until=None)
                | Q(file__isnull=False, ready_at__isnull=False, until__gt=F("ready_at")),
                name="export_ready_with_its_file",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ready_at=None, failed_at=None),
                name="one_export_a_person_at_once",
            ),
            models.CheckConstraint(
                condition=Q(failed_at=None) | Q(file=None, failed_at__gte=F("asked_at")),
                name="export_given_up_has_no_file",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="data_export_to_make",
                condition=Q(ready_at=None, failed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ErasedCase(models.Model):
    """Appended: this case says nothing of its holder any more, since her erasure."""

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, primary_key=True, related_name="erased"
    )
    erased_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"erased case #{self.pk}"
