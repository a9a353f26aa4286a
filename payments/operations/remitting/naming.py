"""Which account a beneficiary's money goes to: asked by one person, decided by another."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from stdnum import bic as bics
from stdnum import iban as ibans

from accounts import policies as grants
from accounts import queries as accounts
from accounts.queries import SamePerson
from kernel import audit
from payments.models import SettlementAccount
from payments.operations.remitting.building import in_force
from payments.policies import ASK_REMITTANCE, DECIDE_REMITTANCE
from places import queries as places

TEXT_MAX = 140
REASON_MAX = 300
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/-]{0,33}")


class NotAnAccount(Exception):
    """`field` is what is wrong: "number", "bic", "holder_name", "bank_name" or "reason"."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class AlreadyAsked(Exception):
    """A change of this beneficiary's account waits for a decision."""


class AccountDecided(Exception):
    """The change does not wait for a decision any more."""


@dataclass(frozen=True)
class NewAccount:
    """As typed: the number may be an IBAN, and may hold spaces."""

    number: str
    holder_name: str
    bank_name: str
    bic: str
    reason: str  # Who says so: the treasury's letter.


def ask_account(
    *, beneficiary_code: str, currency: str, new: NewAccount, by_id: int, at: datetime
) -> int:
    """
    Ask for an account to be the one that a beneficiary's money goes to; return the change's id.

    :raises accounts.policies.NotGranted: if she may not ask for remittances
    :raises NotAnAccount: if the bank could not use it
    :raises AlreadyAsked: if another change waits
    """
    number = re.sub(r"\s", "", new.number)
    is_iban = ibans.is_valid(number.upper())
    bic = re.sub(r"\s", "", new.bic).upper()
    if not is_iban and not _NUMBER.fullmatch(number):
        raise NotAnAccount("number")
    if bic and not bics.is_valid(bic):
        raise NotAnAccount("bic")
    for field in ("holder_name", "bank_name", "reason"):
        if not getattr(new, field).strip():
            raise NotAnAccount(field)
    with transaction.atomic():
        _require(ASK_REMITTANCE.code, by_id=by_id, at=at)
        beneficiary = places.beneficiary(beneficiary_code)
        waiting = SettlementAccount.objects.filter(
            beneficiary=beneficiary, currency=currency, approved=None
        )
        if waiting.exists():
            raise AlreadyAsked(beneficiary_code)
        made = SettlementAccount.objects.create(
            beneficiary=beneficiary,
            currency=currency,
            iban=number.upper() if is_iban else "",
            account_number="" if is_iban else number,
            holder_name=new.holder_name.strip()[:TEXT_MAX],
            bank_name=new.bank_name.strip()[:TEXT_MAX],
            bic=bic,
            reason=new.reason.strip()[:REASON_MAX],
            maker_id=by_id,
            asked_at=at,
        )
        _record("settlement_account.asked", made, by_id=by_id, at=at)
        return made.pk


def decide_account(*, change_id: int, approve: bool, by_id: int, at: datetime) -> None:
    """
    Say yes or no; with a yes it is in force from now on, and the one before it no more.

    :raises accounts.policies.NotGranted: if she may not decide about remittances
    :raises SamePerson: if she asked for it herself
    :raises AccountDecided: if somebody has decided
    """
    with transaction.atomic():
        rows = SettlementAccount.objects.select_for_update(no_key=True, of=("self",))
        change = rows.get(pk=change_id)
        _require(DECIDE_REMITTANCE.code, by_id=by_id, at=at)
        if accounts.same_hands(change.maker_id, by_id):
            raise SamePerson
        if change.approved is not None:
            raise AccountDecided(change_id)
        before = in_force(change.beneficiary_id, change.currency)
        if approve and before is not None:
            before.until_at = at
            before.save(update_fields=["until_at"])
        change.decide(approved=approve, by_id=by_id, at=at)
        what = "settlement_account.approved" if approve else "settlement_account.declined"
        _record(what, change, by_id=by_id, at=at)


def _require(act: str, *, by_id: int, at: datetime) -> None:
    grants.require(account_id=by_id, act=act, area_code=None, at=at)


def _record(act: str, change: SettlementAccount, *, by_id: int, at: datetime) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="payments.settlement_account",
        subject_id=change.pk,
        detail={"beneficiary_id": change.beneficiary_id, "currency": change.currency},
        at=at,
    )
