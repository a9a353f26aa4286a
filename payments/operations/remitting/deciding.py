"""The second person's word: a batch's money leaves what is payable, or waits for the next one."""

from datetime import datetime

from django.db import transaction

from accounts import operations as accounts
from accounts import queries as hands
from accounts.queries import SamePerson
from payments import posting
from payments.operations.controlling import limits
from payments.operations.remitting import walking
from payments.operations.remitting.building import in_force
from payments.operations.remitting.walking import TEXT_MAX, RemittanceMoved
from payments.policies import ASK_REMITTANCE, DECIDE_REMITTANCE
from payments.states import RemittanceState as M

PURPOSE = DECIDE_REMITTANCE.code


class AccountChanged(Exception):
    """Another account is in force now than the batch was built for: cancel it and build anew."""


def approve(*, remittance_id: int, by_id: int, step_up_id: int, at: datetime) -> None:
    """
    Approve a proposed batch: its money stands in transit from now on.

    :param step_up_id: of her fresh password for `PURPOSE`; used up by this
    :raises accounts.policies.NotGranted: if she may not decide, now and under the lock
    :raises accounts.operations.StepUpRefused: if the password was not shown for this, or long ago
    :raises SamePerson: if she proposed it herself
    :raises RemittanceMoved: if it does not wait for a decision
    :raises AccountChanged: if its account is no longer in force
    :raises payments.operations.controlling.limits.OverLimit: if it is above hers
    """
    with transaction.atomic():
        batch = walking.lock(remittance_id)
        walking.require_right(DECIDE_REMITTANCE.code, rail_code=batch.rail.code, by_id=by_id, at=at)
        if hands.same_hands(batch.maker_id, by_id):
            raise SamePerson
        if batch.state != M.PROPOSED:
            raise RemittanceMoved(batch.pk)
        account = in_force(batch.beneficiary_id, batch.currency)
        if account is None or account.pk != batch.account_id:
            raise AccountChanged(batch.pk)
        limits.require_within(
            account_id=by_id,
            act=DECIDE_REMITTANCE.code,
            rail_code=batch.rail.code,
            currency=batch.currency,
            amount_minor=batch.amount_minor,
            at=at,
        )
        accounts.consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=PURPOSE, at=at)
        batch.checker_id, batch.approved_at = by_id, at
        walking.move(batch, M.APPROVED, at=at, by_id=by_id)
        posting.remit(batch.pk, at=at)


def cancel(*, remittance_id: int, seen_state: str, reason: str, by_id: int, at: datetime) -> None:
    """
    Let a batch come to nothing before it is approved; its money waits for the next one.

    After that its order may be at the bank, whatever anybody says: see `ask_withdrawal`.

    :param seen_state: in which the caller saw it
    :raises accounts.policies.NotGranted: if she may not
    :raises RemittanceMoved: if it is in another state by now, or approved
    """
    with transaction.atomic():
        batch = walking.lock(remittance_id)
        act = ASK_REMITTANCE if batch.maker_id == by_id else DECIDE_REMITTANCE
        walking.require_right(act.code, rail_code=batch.rail.code, by_id=by_id, at=at)
        if batch.state != seen_state or batch.approved_at is not None:
            raise RemittanceMoved(batch.pk)
        batch.ended_at, batch.ended_because = at, reason.strip()[:TEXT_MAX]
        walking.move(batch, M.CANCELLED, at=at, by_id=by_id)
        walking.give_back(batch)
