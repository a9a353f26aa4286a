"""Ledger accounts that are opened on first need, besides those that every rail has."""

from payments import sql
from payments.models import LedgerAccount, Rail
from payments.states import AccountKind, AccountRole

_KINDS = {
    AccountRole.LOSSES: AccountKind.EXPENSE,
    AccountRole.WRITTEN_OFF: AccountKind.INCOME,
    AccountRole.UNCLAIMED: AccountKind.LIABILITY,
    AccountRole.PAYABLE: AccountKind.LIABILITY,
    AccountRole.REMITTANCE_IN_TRANSIT: AccountKind.LIABILITY,
}


class NoTreasury(Exception):
    """The country names nobody who keeps what is not claimed."""


def of_rail(role: AccountRole, rail: Rail, currency: str) -> int:
    """Return a rail's account; the rail's usual ones are open (`ledger.open_rail_accounts`)."""
    return _account(role, currency, rail.code, rail_id=rail.pk)


def of_beneficiary(role: AccountRole, beneficiary_id: int, code: str, currency: str) -> int:
    return _account(role, currency, code, beneficiary_id=beneficiary_id)


def of_house(role: AccountRole, currency: str) -> int:
    return LedgerAccount.objects.get(role=role, currency=currency, rail=None, beneficiary=None).pk


def of_treasury(role: AccountRole, currency: str) -> int:
    """:raises NoTreasury: if no beneficiary is of that kind"""
    rows = sql.run("treasury")
    if not rows:
        raise NoTreasury
    [(beneficiary_id, code)] = rows
    return of_beneficiary(role, beneficiary_id, code, currency)


def _account(
    role: AccountRole,
    currency: str,
    owner: str,
    *,
    rail_id: int | None = None,
    beneficiary_id: int | None = None,
) -> int:
    open_ = LedgerAccount.objects.filter(
        role=role, currency=currency, rail=rail_id, beneficiary=beneficiary_id
    ).values_list("pk", flat=True)
    found = open_.first()
    if found is not None:
        return found
    # Somebody else may be opening it at this moment.
    LedgerAccount.objects.bulk_create(
        [
            LedgerAccount(
                code=f"{role}:{owner}:{currency}",
                kind=_KINDS[role],
                role=role,
                currency=currency,
                rail_id=rail_id,
                beneficiary_id=beneficiary_id,
            )
        ],
        ignore_conflicts=True,
    )
    return open_.get()
