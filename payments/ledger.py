"""Opening what the ledger needs before money comes, accounts and days; closing a day."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

import structlog
from django.db import connection

from kernel.country import country
from payments import sql
from payments.models import LedgerAccount, LedgerDay
from payments.states import AccountKind, AccountRole
from places import queries as places

log = structlog.get_logger()

# How far ahead days are opened when a journal finds none.
DAYS_AHEAD = 31


class NoSuchDay(Exception):
    """The ledger has no such day."""


class DayClosed(Exception):
    """A day closes once."""


def open_rail_accounts(wanted: Iterable[tuple[int, str]]) -> int:
    """Open every account that a rail has, for (rail id, currency); return how many were opened."""
    rail_ids, currencies = zip(*wanted, strict=True)
    return len(sql.run("open_rail_accounts", rail_id=list(rail_ids), currency=list(currencies)))


def open_payables(wanted: Collection[tuple[int, str, str]]) -> dict[tuple[int, str], int]:
    """
    Open what we owe each beneficiary, in each currency, where it is not open yet.

    :param wanted: beneficiary's id, its code, currency
    :return: the account's id by beneficiary's id and currency
    """
    return _open(AccountKind.LIABILITY, AccountRole.PAYABLE, wanted)


def open_bearers(wanted: Iterable[tuple[int, str, str]]) -> dict[int, int]:
    """
    Open the charges that beneficiaries bear, by their rails' tariffs, where they are not open yet.

    :param wanted: rail id, beneficiary's code, currency
    :return: the beneficiary's id by rail id; without a rail whose bearer nobody knows
    """
    bearers: dict[int, int] = {}
    borne = set()
    for rail_id, code, currency in wanted:
        try:
            bearers[rail_id] = places.beneficiary(code).pk
        except places.NoBeneficiary:
            # Money must be posted: the rail bears it, and somebody reads this.
            log.warning("ledger.no_such_bearer", rail_id=rail_id, bearer=code)
        else:
            borne.add((bearers[rail_id], code, currency))
    _open(AccountKind.EXPENSE, AccountRole.CHARGES, borne)
    return bearers


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


def close_day(*, day: date, at: datetime) -> None:
    """
    Close one ledger day: no journal stands on it from now on. Waits for those in flight.

    Inside a transaction of the caller's that has signed it (`operations.closing`): PostgreSQL
    closes no day without two signatures, nor before an older one.

    :raises NoSuchDay: if the ledger never opened it
    :raises DayClosed: if it is closed already
    """
    # The journals in flight hold the day FOR KEY SHARE; FOR NO KEY UPDATE would not wait for them.
    held = LedgerDay.objects.select_for_update().filter(pk=day).first()
    if held is None:
        raise NoSuchDay(day.isoformat())
    if held.closed_at is not None:
        raise DayClosed(day.isoformat())
    held.closed_at = at
    held.save(update_fields=["closed_at"])
    log.info("ledger.day_closed", day=day.isoformat())


def _open(
    kind: AccountKind, role: AccountRole, wanted: Collection[tuple[int, str, str]]
) -> dict[tuple[int, str], int]:
    held = _held(role, wanted)
    missing = [one for one in wanted if (one[0], one[2]) not in held]
    if missing:
        LedgerAccount.objects.bulk_create(
            [
                LedgerAccount(
                    code=f"{role}:{code}:{currency}",
                    kind=kind,
                    role=role,
                    currency=currency,
                    beneficiary_id=beneficiary_id,
                )
                for beneficiary_id, code, currency in sorted(set(missing))
            ],
            # Somebody else may be opening them at this moment.
            ignore_conflicts=True,
        )
        held = _held(role, wanted)
    return held


def _held(
    role: AccountRole, wanted: Collection[tuple[int, str, str]]
) -> dict[tuple[int, str], int]:
    rows = LedgerAccount.objects.filter(
        role=role,
        beneficiary_id__in={beneficiary_id for beneficiary_id, _, _ in wanted},
        currency__in={currency for _, _, currency in wanted},
    ).values_list("beneficiary_id", "currency", "id")
    return {(beneficiary_id or 0, currency): account for beneficiary_id, currency, account in rows}
