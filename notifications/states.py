"""The life of one message."""

from django.db.models import TextChoices

from kernel.lifecycle import Lifecycle
from notifications import events


class State(TextChoices):
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


S = State

LIFECYCLE = Lifecycle[State](
    "notifications.message",
    {
        (S.QUEUED, S.SENDING): events.MessageSending,
        (S.QUEUED, S.FAILED): events.MessageFailed,
        (S.SENDING, S.SENT): events.MessageSent,
        (S.SENDING, S.QUEUED): events.MessageQueued,
        (S.SENDING, S.FAILED): events.MessageFailed,
        (S.SENDING, S.UNKNOWN): events.MessageUnknown,
        # A receipt can overtake the answer to our own request.
        (S.SENDING, S.DELIVERED): events.MessageDelivered,
        (S.UNKNOWN, S.SENT): events.MessageSent,
        (S.UNKNOWN, S.DELIVERED): events.MessageDelivered,
        (S.UNKNOWN, S.FAILED): events.MessageFailed,
        (S.SENT, S.DELIVERED): events.MessageDelivered,
        (S.SENT, S.FAILED): events.MessageFailed,
    },
)
