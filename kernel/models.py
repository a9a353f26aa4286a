"""The kernel's tables: events and deliveries, edges, audit, stored files. None names a person."""

from django.db import models
from django.db.models.functions import Now

from kernel.crypto import EncryptedTextField


class EventRow(models.Model):
    name = models.CharField(max_length=100)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    relayed_at = models.DateTimeField(null=True, db_default=None)
    parked_at = models.DateTimeField(null=True, db_default=None)
    # Of what it was published: hex digits that name nobody; null where SQL wrote it by itself.
    request_id = models.CharField(max_length=32, null=True)  # noqa: DJ001
    traceparent = models.CharField(max_length=55, null=True)  # noqa: DJ001

    class Meta:
        db_table = "kernel_event"
        verbose_name = "event"
        indexes = [
            models.Index(
                fields=["id"],
                name="event_to_relay",
                condition=models.Q(relayed_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"


class DeliveryState(models.TextChoices):
    PENDING = "PENDING", "Pending"
    DONE = "DONE", "Done"
    PARKED = "PARKED", "Parked"


class Delivery(models.Model):
    """One event on its way to one handler."""

    event = models.ForeignKey(EventRow, on_delete=models.PROTECT, related_name="deliveries")
    handler = models.CharField(max_length=150)
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, db_default=DeliveryState.PENDING
    )
    attempts = models.SmallIntegerField(db_default=0)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, db_default=None)
    last_error = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="delivered_once_a_handler"),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="delivery_due",
                condition=models.Q(state=DeliveryState.PENDING),
            ),
            models.Index(
                fields=["handler", "id"],
                name="delivery_parked",
                condition=models.Q(state=DeliveryState.PARKED),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.handler} {self.state}"


class Pulse(models.Model):
    """
    How often a job has run, or a worker of a queue has worked, when it last did, and last broke.

    Written at most every few seconds, and worth as much: it says that somebody is alive.
    """

    name = models.CharField(max_length=200, primary_key=True)  # "workers.sweep", "queue:paper".
    times = models.BigIntegerField(db_default=0)
    ran_at = models.DateTimeField(null=True)
    broke_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=120, blank=True, db_default="")  # The kind of error.

    class Meta:
        db_table = "kernel_pulse"

    def __str__(self) -> str:
        return self.name


class LifecycleEdge(models.Model):
    lifecycle = models.CharField(max_length=60)
    source = models.CharField(max_length=30)
    target = models.CharField(max_length=30)

    class Meta:
        db_table = "kernel_lifecycle_edge"
        constraints = [
            models.UniqueConstraint(
                fields=["lifecycle", "source", "target"], name="lifecycle_edge_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lifecycle}: {self.source} -> {self.target}"


class StatusHistory(models.Model):
    """
    Append-only: each status that a row has had, written by PostgreSQL itself.

    For lives whose history needs no author: bills, attempts, messages. A case and a paper have
    histories of their own, with who and why.
    """

    lifecycle = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    source = models.CharField(max_length=30, db_default="")  # Empty: that is how it began.
    target = models.CharField(max_length=30)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "kernel_status_history"
        verbose_name_plural = "status history"
        indexes = [
            models.Index(fields=["lifecycle", "subject_id", "id"], name="history_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.lifecycle} #{self.subject_id}: {self.source} -> {self.target}"


class AuditEntry(models.Model):
    """Append-only: who did or read what, and why. Ids only; the actor is an account's id."""

    at = models.DateTimeField()
    act = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=120, blank=True)
    detail = models.JSONField(default=dict)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "kernel_audit_entry"
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["subject", "subject_id", "id"], name="audit_by_subject"),
            models.Index(fields=["actor_id", "id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.act}"


class StoredFile(models.Model):
    """
    A file known by the SHA-256 of its bytes: it cannot change and is kept once.

    It lies in the store as `sealed_as` (SHA-256 of the sealed bytes) under `data_key` (hex, sealed
    by the field key); one from before files were sealed has neither. An erased one has no key.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()
    sealed_as = models.CharField(max_length=64, blank=True, db_default="")
    data_key = EncryptedTextField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kernel_stored_file"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(data_key__isnull=True, sealed_as="")
                | models.Q(sealed_as__regex=r"^[0-9a-f]{64}$", data_key__isnull=False)
                | models.Q(sealed_as__regex=r"^[0-9a-f]{64}$", erased_at__isnull=False),
                name="sealed_file_has_its_key",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at=None) | models.Q(data_key=None),
                name="erased_file_has_no_key",
            ),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_named_by_its_hash"
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class RetentionRun(models.Model):
    """A night in which everything past its term was forgotten: done once a day, by this row."""

    day = models.DateField(primary_key=True)
    ended_at = models.DateTimeField()

    class Meta:
        db_table = "kernel_retention_run"

    def __str__(self) -> str:
        return str(self.day)
