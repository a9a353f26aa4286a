"""The text of a message goes when its time is over; that one was sent, and when, stays."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from notifications.models import Message
from notifications.states import State

TEXT_KEPT = timedelta(days=30)
"""Since it was queued: so long somebody may ask what we wrote to her. A code goes when sent."""

ON_THE_WAY = (State.QUEUED, State.SENDING, State.UNKNOWN)


def old_texts(before: datetime) -> QuerySet[Message]:
    """Return the messages of which the text still stands, and need not."""
    rows = Message.objects.filter(body__isnull=False, queued_at__lt=before)
    return rows.exclude(state__in=ON_THE_WAY)


def forget_texts(before: datetime, limit: int, now: datetime) -> int:
    """Take the text out of so many of them, the oldest first; return of how many."""
    oldest = old_texts(before).order_by("queued_at").values("pk")[:limit]
    return Message.objects.filter(pk__in=list(oldest.values_list("pk", flat=True))).update(
        body=None
    )
