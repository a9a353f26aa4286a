"""
Sums of the ledger by account: what is rolled up, and what is not rolled up yet.

Each query is one statement, and so reads the sums and the rest of them at the same moment; it
reads no more of the ledger than what `rolling_up` has not come to yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

# Newest days of an account first, so many to a page.
DAYS_PAGE = 31

# What is not rolled up is summed once a statement, however often it is read there.
_REST = "WITH rest AS MATERIALIZED (SELECT * FROM payments_unrolled)"
_BALANCES = (
    "SELECT account_id, sum(minor) AS minor FROM ("
    " SELECT account_id, debit_minor - credit_minor AS minor FROM payments_account_sum"
    " UNION ALL"
    " SELECT account_id, debit_minor - credit_minor FROM rest"
    " WHERE business_day <= coalesce(%(day)s::date, 'infinity')"
    " UNION ALL"
    " SELECT account_id, credit_minor - debit_minor FROM payments_account_day"
    " WHERE business_day > coalesce(%(day)s::date, 'infinity')"
    ") moved GROUP BY account_id"
)
_DAY_AND_BALANCES = (
    f"{_REST}, part AS (SELECT * FROM payments_account_day UNION ALL SELECT * FROM rest)"  # noqa: S608 - of our own parts.
    " SELECT account_id, kind, rail_id, sum(debit_minor), sum(credit_minor), sum(journals),"
    " min(first_journal_id), max(last_journal_id) FROM part WHERE business_day = %(day)s"
    " GROUP BY account_id, kind, rail_id UNION ALL"
    f" SELECT account_id, '', 0, minor, 0, 0, 0, 0 FROM ({_BALANCES}) standing"
)


@dataclass(frozen=True, slots=True)
class DaySum:
    """
    What journals of one kind moved on an account on a day, in minor units of its currency.

    `rail_id` is the rail of those journals, also where the account is no rail's; 0: of none.
    """

    account_id: int
    kind: str
    rail_id: int
    debit_minor: int
    credit_minor: int
    journals: int
    first_journal_id: int
    last_journal_id: int

    @property
    def net_minor(self) -> int:
        """Debit is positive."""
        return self.debit_minor - self.credit_minor


@dataclass(frozen=True, slots=True)
class AccountDayView:
    """One day of one account; `balance_minor` stands at its end, debit positive."""

    day: date
    debit_minor: int
    credit_minor: int
    journals: int
    balance_minor: int


def parts_of(day: date, *, account_id: int | None = None) -> tuple[DaySum, ...]:
    """Return what moved on a day, by account, kind and rail; of all accounts, or of one."""
    return tuple(
        _day_sum(row)
        for row in _rows(
            "SELECT account_id, kind, rail_id, sum(debit_minor), sum(credit_minor), sum(journals),"
            " min(first_journal_id), max(last_journal_id) FROM payments_day_sum"
            " WHERE business_day = %s AND account_id = coalesce(%s, account_id)"
            " GROUP BY account_id, kind, rail_id ORDER BY account_id, kind, rail_id",
            [day, account_id],
        )
    )


def balances(at: date | None = None) -> dict[int, int]:
    """
    Return the balances by account, debit positive; without accounts that nothing was posted to.

    :param at: as they stood at the end of this day; None: now, later days included
    """
    return {row[0]: int(row[1]) for row in _rows(f"{_REST} {_BALANCES}", {"day": at})}


def day_and_balances(day: date) -> tuple[tuple[DaySum, ...], dict[int, int]]:
    """Return `parts_of` a day and `balances` at its end, of the same moment; with one query."""
    rows = _rows(_DAY_AND_BALANCES, {"day": day})
    parts = tuple(_day_sum(row) for row in rows if row[1])
    return parts, {row[0]: int(row[3]) for row in rows if not row[1]}


def days_of(account_id: int, *, before: date | None = None) -> tuple[AccountDayView, ...]:
    """Return days on which an account moved, the newest first, DAYS_PAGE and one at the most."""
    rows = _rows(
        # The balance at the end of a day is today's less what came after it.
        "WITH day AS ("
        " SELECT business_day, sum(debit_minor)::bigint AS debit, sum(credit_minor)::bigint AS"
        " credit, sum(journals)::bigint AS journals"
        " FROM payments_day_sum WHERE account_id = %(account)s"
        " AND business_day < coalesce(%(before)s::date, 'infinity')"
        " GROUP BY business_day ORDER BY business_day DESC LIMIT %(limit)s"
        "), standing AS ("
        " SELECT coalesce(sum(minor), 0) AS minor FROM ("
        " SELECT debit_minor - credit_minor AS minor FROM payments_account_sum"
        " WHERE account_id = %(account)s UNION ALL"
        " SELECT debit_minor - credit_minor FROM payments_unrolled WHERE account_id = %(account)s"
        " UNION ALL SELECT credit_minor - debit_minor FROM payments_day_sum"
        " WHERE account_id = %(account)s AND business_day >= coalesce(%(before)s::date, 'infinity')"
        ") part)"
        " SELECT business_day, debit, credit, journals, standing.minor"
        " - coalesce(sum(debit - credit) OVER (ORDER BY business_day DESC"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)"
        " FROM day, standing ORDER BY business_day DESC",
        {"account": account_id, "before": before, "limit": DAYS_PAGE + 1},
    )
    return tuple(AccountDayView(row[0], row[1], row[2], row[3], int(row[4])) for row in rows)


def _day_sum(row: tuple[Any, ...]) -> DaySum:
    return DaySum(row[0], row[1], row[2], int(row[3]), int(row[4]), int(row[5]), row[6], row[7])


def _rows(text: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return list(cursor.fetchall())
