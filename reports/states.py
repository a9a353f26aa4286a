"""How far a report in the background is."""

from django.db.models import TextChoices


class ExportState(TextChoices):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
