"""Opening what the ledger needs before money comes: accounts and days."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.db import connection

from kernel.country import country
from payments import sql
from payments.models import LedgerAccount
from payments.states import AccountKind, AccountRole

# How far ahead days are opened when a journal finds none.
DAYS_AHEAD = 31


def open_rail_accounts(wanted: Iterable[tuple[int, str]]) -> int:
    """Open clearing, suspense and charge accounts for (rail id, currency); return how many."""
    rail_ids, currencies = zip(*wanted, strict=True)
    return len(sql.run("open_rail_accounts", rail_id=list(rail_ids), currency=list(currencies)))


def open_payables(wanted: Collection[tuple[int, str, str]]) -> dict[tuple[int, str], int]:
    """
    Open what we owe each beneficiary, in each currency, where it is not open yet.

    :param wanted: beneficiary's id, its code, currency
    :return: the account's id by beneficiary's id and currency
    """
    held = _payables(wanted)
    missing = [one for one in wanted if (one[0], one[2]) not in held]
    if missing:
        LedgerAccount.objects.bulk_create(
            [
                LedgerAccount(
                    code=f"payable:{code}:{currency}",
                    kind=AccountKind.LIABILITY,
                    role=AccountRole.PAYABLE,
                    currency=currency,
                    beneficiary_id=beneficiary_id,
                )
                for beneficiary_id, code, currency in sorted(set(missing))
            ],
            # Somebody else may be opening them at this moment.
            ignore_conflicts=True,
        )
        held = _payables(wanted)
    return held


def open_days(first: date, last: date) -> int:
    """Open each day from the first to the last that has no row yet; return how many were opened."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_ledger_day (day)"
            " SELECT day::date FROM generate_series(%s::date, %s::date, interval '1 day') day"
            " ORDER BY day ON CONFLICT DO NOTHING",
            [first, last],
        )
        return int(cursor.rowcount)


def open_days_ahead(*, now: datetime) -> int:
    today = now.astimezone(country().zone).date()
    return open_days(today, today + timedelta(days=DAYS_AHEAD))


def _payables(wanted: Collection[tuple[int, str, str]]) -> dict[tuple[int, str], int]:
    rows = LedgerAccount.objects.filter(
        role=AccountRole.PAYABLE,
        beneficiary_id__in={beneficiary_id for beneficiary_id, _, _ in wanted},
        currency__in={currency for _, _, currency in wanted},
    ).values_list("beneficiary_id", "currency", "id")
    return {(beneficiary_id or 0, currency): account for beneficiary_id, currency, account in rows}
