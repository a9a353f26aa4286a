"""What is open and since when: suspense, refunds, days. Of what is open now, never of history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import connection

from payments.models import LedgerDay
from payments.states import RefundState

# Beyond so many open items, the oldest of them are told, and that there are more.
OPEN_MAX = 100_000
DAYS_MAX = 31
# Today, 1 to 3 days, 4 to 7 days, older.
AGES = 4
_ENDED = (RefundState.DONE, RefundState.FAILED, RefundState.DECLINED)
_OPEN_REFUNDS = tuple(str(state) for state in RefundState if state not in _ENDED)

_BY_AGE = """
    SELECT currency,
        CASE WHEN since >= %(today)s THEN 0 WHEN since >= %(today)s - interval '3 days' THEN 1
            WHEN since >= %(today)s - interval '7 days' THEN 2 ELSE 3 END AS age,
        count(*), sum(amount_minor)::bigint
    FROM ({rows}) open GROUP BY 1, 2 ORDER BY 1, 2
"""
_SUSPENSE = """
    SELECT currency, amount_minor, opened_at AS since
    FROM payments_open_item ORDER BY opened_at, movement_id LIMIT %(limit)s
"""
_REFUNDS = """
    SELECT currency, amount_minor, coalesce(requested_at, proposed_at, %(today)s) AS since
    FROM payments_refund WHERE state = ANY (%(states)s) LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Aged:
    """How many and how much of one currency, by age: today, 1 to 3 days, 4 to 7, older."""

    currency: str
    counts: tuple[int, ...]
    amounts_minor: tuple[int, ...]
    is_cut: bool = False  # There are more; those told are the oldest.

    @property
    def count(self) -> int:
        return sum(self.counts)

    @property
    def amount_minor(self) -> int:
        return sum(self.amounts_minor)


@dataclass(frozen=True, slots=True)
class NotClosed:
    oldest: date | None
    days: int
    is_cut: bool


def suspense(*, now: datetime, zone: ZoneInfo) -> tuple[Aged, ...]:
    return _aged(_SUSPENSE, now, zone)


def refunds(*, now: datetime, zone: ZoneInfo) -> tuple[Aged, ...]:
    """Return the refunds that are proposed, asked for or under way, by when they were."""
    return _aged(_REFUNDS, now, zone)


def not_closed(today: date) -> NotClosed:
    """Return how many days before today may still take journals, DAYS_MAX at the most."""
    days = list(
        LedgerDay.objects.filter(closed_at=None, day__lt=today)
        .order_by("day")
        .values_list("day", flat=True)[: DAYS_MAX + 1]
    )
    return NotClosed(
        oldest=days[0] if days else None,
        days=min(len(days), DAYS_MAX),
        is_cut=len(days) > DAYS_MAX,
    )


def _aged(rows: str, now: datetime, zone: ZoneInfo) -> tuple[Aged, ...]:
    today = datetime.combine(now.astimezone(zone).date(), time(), zone)
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_AGE.format(rows=rows),
            {"today": today, "states": list(_OPEN_REFUNDS), "limit": OPEN_MAX + 1},
        )
        return tuple(_gathered(cursor.fetchall()))


def _gathered(rows: list[tuple[str, int, int, int]]) -> Iterable[Aged]:
    is_cut = sum(count for _, _, count, _ in rows) > OPEN_MAX
    for currency in sorted({row[0] for row in rows}):
        counts, amounts = [0] * AGES, [0] * AGES
        for told, age, count, amount_minor in rows:
            if told == currency:
                counts[age], amounts[age] = count, amount_minor
        yield Aged(currency, tuple(counts), tuple(amounts), is_cut)
