"""Reports that are made in the background, with how far they are."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from reports import states
from reports.asking import Format, Kind


class Export(models.Model):
    """
    One report that somebody asked for. Its file lies in `operations.exporting.folder()`.

    `parameters` are `Asked.as_dict()`; `reach` is how far her grants reached when it was made.
    Making it again changes nothing, so it is claimed under a lease.
    """

    key = models.UUIDField(unique=True, default=uuid4)
    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Kind])
    parameters = models.JSONField()
    format = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Format])
    state = models.CharField(
        max_length=10,
        choices=states.ExportState.choices,
        db_default=states.ExportState.QUEUED.value,
    )
    reach = models.JSONField(null=True, db_default=None)
    rows_done = models.BigIntegerField(db_default=0)  # Entries of the ledger that were read.
    rows_total = models.BigIntegerField(null=True, db_default=None)
    file_name = models.CharField(max_length=60, db_default="")
    file_bytes = models.BigIntegerField(null=True, db_default=None)
    problem = models.CharField(max_length=40, db_default="")  # Why it failed: a code.
    tries = models.SmallIntegerField(db_default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+"
    )
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, db_default=None)
    done_at = models.DateTimeField(null=True, db_default=None)
    lease_until = models.DateTimeField(null=True, db_default=None)
    expires_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "reports_export"

    def __str__(self) -> str:
        return f"export #{self.pk} {self.state}"
