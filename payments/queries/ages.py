"""What is open and since when: suspense, refunds, days. Of what is open now, never of history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from payments.models import LedgerDay

# Beyond so many open items, the oldest of them are told, and that there are more.
OPEN_MAX = 100_000
DAYS_MAX = 31
# Today, 1 to 3 days, 4 to 7 days, older.
AGES = 4

_BY_AGE = """
    SELECT currency,
        CASE WHEN since >= %(today)s THEN 0 WHEN since >= %(three_days)s THEN 1
            WHEN since >= %(seven_days)s THEN 2 ELSE 3 END AS age,
        count(*), sum(amount_minor)::bigint
    FROM ({rows}) open GROUP BY 1, 2 ORDER BY 1, 2
"""
_SUSPENSE = """
    SELECT currency, amount_minor, opened_at AS since
    FROM payments_open_item ORDER BY opened_at, movement_id LIMIT %(limit)s
"""
_REFUNDS = """
    SELECT currency, amount_minor, coalesce(requested_at, proposed_at, %(today)s) AS since
    FROM payments_refund WHERE state NOT IN ('DONE', 'FAILED', 'DECLINED') LIMIT %(limit)s
"""
# Each account's oldest is one step of an index, whatever waits behind it.
_SINCE = """
    SELECT account.id, (
        SELECT item.opened_at FROM payments_open_item item
        WHERE item.rail_id = account.rail_id AND item.currency = account.currency
        ORDER BY item.opened_at, item.movement_id LIMIT 1
    )
    FROM payments_ledger_account account
    WHERE account.id = ANY (%(accounts)s) AND account.role = 'suspense'
    UNION ALL
    SELECT account.id, min(coalesce(f.decided_at, f.requested_at))
    FROM payments_refund f
    JOIN payments_movement m ON m.id = f.movement_id
    JOIN payments_ledger_account account
        ON account.role = 'refunds_in_transit' AND account.rail_id = m.rail_id
        AND account.currency = f.currency
    WHERE f.state NOT IN ('DONE', 'FAILED', 'DECLINED')
      AND f.state IN ('APPROVED', 'SENDING', 'PENDING', 'UNKNOWN')
      AND account.id = ANY (%(accounts)s)
    GROUP BY account.id
    UNION ALL
    SELECT payable.id, j.posted_at
    FROM payments_ledger_account payable
    CROSS JOIN LATERAL (
        SELECT least(
            (
                SELECT waiting.allocation_id FROM payments_unremitted waiting
                WHERE waiting.payable_id = payable.id
                  AND (waiting.amount_minor < 0) = (payable.id = ANY (%(owed_back)s))
                ORDER BY waiting.payable_id, waiting.allocation_id LIMIT 1
            ),
            (
                SELECT min(line.allocation_id)
                FROM payments_remittance batch
                JOIN payments_remittance_line line ON line.remittance_id = batch.id
                WHERE batch.state NOT IN ('CONFIRMED', 'FAILED', 'CANCELLED')
                  AND batch.state IN ('BUILDING', 'PROPOSED')
                  AND batch.beneficiary_id = payable.beneficiary_id
                  AND batch.currency = payable.currency
                  AND payable.id <> ALL (%(owed_back)s)
            )
        ) AS allocation_id
    ) oldest
    JOIN payments_allocation a ON a.id = oldest.allocation_id
    JOIN payments_journal j ON j.id = a.journal_id
    WHERE payable.id = ANY (%(accounts)s) AND payable.role = 'payable'
    UNION ALL
    SELECT account.id, min(batch.approved_at)
    FROM payments_remittance batch
    JOIN payments_ledger_account account
        ON account.role = 'remittance_in_transit'
        AND account.beneficiary_id = batch.beneficiary_id AND account.currency = batch.currency
    WHERE batch.state NOT IN ('CONFIRMED', 'FAILED', 'CANCELLED')
      AND batch.state IN ('APPROVED', 'SENT', 'ACKNOWLEDGED')
      AND account.id = ANY (%(accounts)s)
    GROUP BY account.id
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


def since(account_ids: Iterable[int], *, owed_back_ids: Iterable[int]) -> dict[int, datetime]:
    """
    Return since when the oldest stands of what stands on each of these accounts; with one query.

    What is payable waits since it was posted, also in a batch that is not approved yet; what was
    taken back since is not held against the oldest. A batch is on its way since its approval, a
    refund since its decision. Accounts of other roles are left out.

    :param owed_back_ids: those of payables that are below nothing: since when that is so
    """
    accounts, owed_back = list(account_ids), list(owed_back_ids)
    if not accounts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, {"accounts": accounts, "owed_back": owed_back})
        return {account_id: at for account_id, at in cursor.fetchall() if at is not None}


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
    today = now.astimezone(zone).date()
    # Told and not reckoned there: a day's arithmetic for each row costs more than all the rest.
    bounds = {
        name: datetime.combine(today - timedelta(days=days), time(), zone)
        for name, days in (("today", 0), ("three_days", 3), ("seven_days", 7))
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_AGE.format(rows=rows), {**bounds, "limit": OPEN_MAX + 1})
        return tuple(_gathered(cursor.fetchall()))


def _gathered(rows: list[tuple[str, int, int, int]]) -> Iterable[Aged]:
    is_cut = sum(count for _, _, count, _ in rows) > OPEN_MAX
    for currency in sorted({row[0] for row in rows}):
        counts, amounts = [0] * AGES, [0] * AGES
        for told, age, count, amount_minor in rows:
            if told == currency:
                counts[age], amounts[age] = count, amount_minor
        yield Aged(currency, tuple(counts), tuple(amounts), is_cut)
