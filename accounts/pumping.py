"""
Whether somebody has codes sent that nobody types: he earns by every message, and we pay.

Counted by ranges of a million numbers in slots of ten minutes, which name no person. A range is
alarmed while, of the codes of its last hour that are old enough to have been typed, too few were.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet, Sum

from accounts.models import CODE_LIFE, CodeTraffic

SENT_ENOUGH = 100
USED_PERCENT_MIN = 20
"""Of honest people most type their code; of messages to numbers that pay, nobody does."""
LOOKED_BACK = timedelta(hours=1)


@dataclass(frozen=True)
class Alarm:
    """A range of numbers (E.164 without the last six digits) whose codes are not typed."""

    number_range: str
    sent: int
    used: int


def alarms(*, at: datetime) -> list[Alarm]:
    """Return the ranges that are alarmed now, the most sent first; for the operator's page."""
    rows = (
        _looked_at(at)
        .values("number_range")
        .annotate(all_sent=Sum("sent"), all_used=Sum("used"))
        .filter(all_sent__gte=SENT_ENOUGH)
        .order_by("-all_sent", "number_range")
    )
    found = [Alarm(row["number_range"], row["all_sent"], row["all_used"]) for row in rows]
    return [alarm for alarm in found if _too_few(alarm.sent, alarm.used)]


def is_alarmed(number_range: str, *, at: datetime) -> bool:
    """Return whether this range is alarmed, by one query."""
    counted = _looked_at(at).filter(number_range=number_range)
    told = counted.aggregate(sent=Sum("sent", default=0), used=Sum("used", default=0))
    return bool(told["sent"] >= SENT_ENOUGH and _too_few(told["sent"], told["used"]))


def slot_of(at: datetime) -> datetime:
    """Return when the ten minutes began that this moment lies in."""
    seconds = int(CODE_LIFE.total_seconds())
    begun = int(at.timestamp()) // seconds * seconds
    return datetime.fromtimestamp(begun, tz=UTC)


def _looked_at(at: datetime) -> QuerySet[CodeTraffic]:
    # Who asked a moment ago has had no time to type: the slot that is running does not count.
    until = slot_of(at)
    return CodeTraffic.objects.filter(slot_at__gte=until - LOOKED_BACK, slot_at__lt=until)


def _too_few(sent: int, used: int) -> bool:
    return used * 100 < sent * USED_PERCENT_MIN
