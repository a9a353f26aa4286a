"""The kernel's tables: events and deliveries, edges, audit, stored files. None names a person."""

from django.db import models
from django.db.models.functions import Now


class EventRow(models.Model):
    name = models.CharField(max_length=100)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    relayed_at = models.DateTimeField(null=True, db_default=None)
    parked_at = models.DateTimeField(null=True, db_default=None)

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
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.handler} {self.state}"


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
    """A file kept under the SHA-256 of its bytes: it cannot change and is kept once."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "kernel_stored_file"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_named_by_its_hash"
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]
