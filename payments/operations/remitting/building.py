"""Building a batch of all that waits up to the cut-off, and proposing it."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from kernel import audit, outbox
from kernel.country import country
from payments import events, sql
from payments.models import Rail, Remittance, SettlementAccount
from payments.operations.remitting import walking
from payments.operations.remitting.pack import settlement
from payments.policies import ASK_REMITTANCE
from payments.states import RemittanceState as M
from places import queries as places


class NoAccountNamed(Exception):
    """Nobody has named the account that this beneficiary's money goes to."""


class NoPayingRail(Exception):
    """The pack names no bank that pays out in this currency."""


class NothingToRemit(Exception):
    """Nothing waits up to the cut-off: it stands in another batch, or has not come."""


class OwedBack(Exception):
    """As much or more was taken back as came: the beneficiary owes `amount_minor`, or nothing."""

    def __init__(self, amount_minor: int, currency: str) -> None:
        super().__init__(amount_minor)
        self.amount_minor = amount_minor
        self.currency = currency


def build(*, beneficiary_code: str, currency: str, by_id: int, at: datetime) -> Remittance:
    """
    Build a batch of all that was posted for a beneficiary up to the last cut-off.

    What was taken back since the last one, until now, is taken off: what is not there any more is
    not remitted. Charges are shown and not taken off.

    :raises accounts.policies.NotGranted: if she may not ask for remittances
    :raises NoAccountNamed, NoPayingRail, NothingToRemit, OwedBack: and nothing is built
    :raises places.queries.NoBeneficiary: for an unknown code
    """
    settled = settlement()
    beneficiary = places.beneficiary(beneficiary_code)
    rail = Rail.objects.filter(code=settled.pays_from(currency), currency=currency).first()
    if rail is None:
        raise NoPayingRail(currency)
    with transaction.atomic():
        walking.require_right(ASK_REMITTANCE.code, rail_code=rail.code, by_id=by_id, at=at)
        payable_id = walking.hold_payable(beneficiary.pk, currency)
        if payable_id is None:
            raise NothingToRemit(beneficiary_code)
        account = in_force(beneficiary.pk, currency)
        if account is None:
            raise NoAccountNamed(beneficiary_code)
        [(batch_id, allocations, gross_minor, taken_back_minor)] = sql.run(
            "build_remittance",
            payable_id=payable_id,
            beneficiary_id=beneficiary.pk,
            currency=currency,
            account_id=account.pk,
            rail_id=rail.pk,
            maker_id=by_id,
            cut_off=settled.last_cut_off(at),
            year=at.astimezone(country().zone).strftime("%Y"),
            key=uuid4(),
            at=at,
        )
        if not allocations:
            raise NothingToRemit(beneficiary_code)
        if batch_id is None:
            raise OwedBack(taken_back_minor - gross_minor, currency)
        outbox.publish(events.RemittanceBuilt(subject_id=batch_id, occurred_at=at))
        audit.record(
            act=events.RemittanceBuilt.name,
            actor_id=by_id,
            subject="payments.remittance",
            subject_id=batch_id,
            detail={"amount_minor": gross_minor - taken_back_minor, "currency": currency},
            at=at,
        )
        return Remittance.objects.get(pk=batch_id)


def propose(*, remittance_id: int, by_id: int, at: datetime) -> None:
    """
    Put a batch before a second person; whoever proposes it is its maker from now on.

    :raises accounts.policies.NotGranted: if she may not ask for remittances
    :raises RemittanceMoved: if it is proposed, or has come to nothing
    """
    with transaction.atomic():
        batch = walking.lock(remittance_id)
        walking.require_right(ASK_REMITTANCE.code, rail_code=batch.rail.code, by_id=by_id, at=at)
        batch.maker_id, batch.proposed_at = by_id, at
        walking.move(batch, M.PROPOSED, at=at, by_id=by_id)


def in_force(beneficiary_id: int, currency: str) -> SettlementAccount | None:
    """Return the account that the beneficiary's money goes to now."""
    return SettlementAccount.objects.filter(
        beneficiary_id=beneficiary_id, currency=currency, approved=True, until_at=None
    ).first()
