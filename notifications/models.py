"""A message is a row before it is a message."""

from uuid import uuid4

from django.db import models

from kernel.crypto import EncryptedTextField
from notifications.states import State


class Message(models.Model):
    """One message to one contact point, in the recipient's language."""

    class Channel(models.TextChoices):
        SMS = "sms"
        EMAIL = "email"

    # What the gateway knows it by: our own, so that an answer that was lost can be asked for.
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    contact = models.ForeignKey("accounts.ContactPoint", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.SMS)
    language = models.CharField(max_length=12)
    template = models.CharField(max_length=40)
    body = EncryptedTextField(null=True)
    dedupe_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    worthless_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    inquiries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="message_waiting_has_body",
                condition=~models.Q(state="QUEUED") | models.Q(body__isnull=False),
            ),
            models.CheckConstraint(
                name="message_sending_is_leased",
                condition=~models.Q(state="SENDING") | models.Q(lease_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="message_due",
                fields=["due_at", "id"],
                condition=models.Q(state__in=["QUEUED", "UNKNOWN"]),
            ),
            models.Index(
                name="message_still_says",
                fields=["queued_at"],
                condition=models.Q(body__isnull=False),
            ),
            models.Index(
                name="message_leased",
                fields=["lease_until"],
                condition=models.Q(state="SENDING"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"


class Attempt(models.Model):
    """What came of one try to send: one row when it starts, one when it ends. Append-only."""

    class Outcome(models.TextChoices):
        SENDING = "sending"
        SENT = "sent"
        NOT_SENT = "not_sent"
        FAILED = "failed"
        UNKNOWN = "unknown"

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attempt_rows")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="attempt_starts_once",
                fields=["message", "number"],
                condition=models.Q(outcome="sending"),
            ),
            models.UniqueConstraint(
                name="attempt_ends_once",
                fields=["message", "number"],
                condition=~models.Q(outcome="sending"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.number} {self.outcome}"


class Receipt(models.Model):
    """What the gateway said later about a message it had taken. Append-only."""

    class Status(models.TextChoices):
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"
        UNHEARD = "unheard"

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="receipts")
    status = models.CharField(max_length=10, choices=Status.choices)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.message_id} {self.status}"
