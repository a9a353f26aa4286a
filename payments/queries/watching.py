"""What the operator's page asks: alarms, the last check, what waits and what was set aside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from payments.models import Alarm, Check, Inbox, UnpostedMessage

ALARMS_MAX = 100
# Beyond this many, how many exactly is no news.
WAITING_MAX = 10_000
ASIDE_SINCE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiting:
    messages: int
    oldest_at: datetime | None
    put_off: int  # Of them; their time has not come yet.


@dataclass(frozen=True, slots=True)
class Aside:
    reason: str
    messages: int
    last_at: datetime


def open_alarms() -> list[Alarm]:
    """Return the alarms that stand, the newest first, at most ALARMS_MAX."""
    return list(Alarm.objects.filter(cleared_at=None).order_by("-raised_at", "-pk")[:ALARMS_MAX])


def last_check() -> list[Check]:
    """Return what the last check of the invariants found, those that do not hold first."""
    last = Check.objects.order_by("-checked_at").values("checked_at")[:1]
    return list(Check.objects.filter(checked_at=last).order_by("-offending", "code"))


def inbox_waiting(*, now: datetime) -> Waiting:
    rows = list(
        Inbox.objects.order_by("message_id").values_list("received_at", "due_at")[:WAITING_MAX]
    )
    return Waiting(
        messages=len(rows),
        oldest_at=rows[0][0] if rows else None,
        put_off=sum(due_at is not None and due_at > now for _, due_at in rows),
    )


def set_aside(*, now: datetime) -> list[Aside]:
    """Return why messages posted nothing of late, the most frequent reason first."""
    lately = UnpostedMessage.objects.filter(read_at__gt=now - ASIDE_SINCE)
    counted = lately.values("reason").annotate(messages=Count("pk"), last_at=Max("read_at"))
    return [Aside(**row) for row in counted.order_by("-messages", "reason")]
