"""Deciding about a refund: by another person than whoever asked for it."""

from datetime import datetime

from django.db import transaction

from accounts import operations as people
from accounts import queries as accounts
from accounts.queries import SamePerson
from payments import posting
from payments.models import Refund
from payments.operations import alarms, holding_items
from payments.operations.controlling import limits
from payments.operations.refunding import bounds, walking
from payments.operations.refunding.asking import REASON_CHARS_MAX
from payments.policies import DECIDE_REFUND
from payments.states import AlarmKind
from payments.states import RefundState as R


class SaysNothing(Exception):
    """Nobody says why."""


def approve(*, refund_id: int, by_id: int, step_up_id: int, at: datetime) -> None:
    """
    Decide that it is paid back: its money leaves suspense or the bill now.

    Where the rail pays out of a float that holds less, it waits for funds and is approved then.
    Where it pays nothing back by itself, the money waits for a payee proven at a desk.

    :param step_up_id: that she showed her password just now, for `DECIDE_REFUND`
    :raises accounts.operations.StepUpRefused: if she did not, or it is used or too old
    :raises SamePerson: if she asked for it herself
    :raises OwnMoney: if it is of a bill of her own
    :raises RefundDecided: if it is not waiting for a decision
    :raises RefundInWhole: if it is a part, and the rail cannot pay that back
    :raises NothingToRefund: if the money is gone meanwhile
    :raises holding_items.HeldByAnother: if somebody else looks into it
    :raises controlling.limits.OverLimit: if it is more than may be approved at once or today
    """
    with transaction.atomic():
        refund = walking.lock(refund_id)
        walking.require_right(by_id, DECIDE_REFUND.code, refund.movement, at)
        if accounts.same_hands(refund.maker_id, by_id):
            raise SamePerson
        bounds.refuse_own(refund.bill_id, by_id=by_id, at=at)
        walking.refuse_unless(refund, R.APPROVED, only_from=(R.REQUESTED,))
        if not refund.by_hand:
            bounds.refuse_part(refund.movement, refund.amount_minor)
        bounds.require_left(refund.movement, refund.amount_minor, besides=refund.pk)
        holding_items.refuse_held(refund.movement_id, by_id=by_id, at=at)
        limits.require_within(
            account_id=by_id,
            act=DECIDE_REFUND.code,
            rail_code=refund.movement.rail.code,
            currency=refund.currency,
            amount_minor=refund.amount_minor,
            at=at,
        )
        people.consume_step_up(
            step_up_id=step_up_id, account_id=by_id, purpose=DECIDE_REFUND.code, at=at
        )
        refund.checker_id, refund.decided_at = by_id, at
        refund.by_hand = refund.by_hand or not bounds.pays_back_by(refund.movement.rail)
        if bounds.has_funds(refund):
            walking.move(refund, R.APPROVED, at=at)
            posting.hold_refund(refund.pk, at=at)
        else:
            walking.move(refund, R.AWAITING_FUNDS, at=at)


def decline(
    *, refund_id: int, by_id: int, at: datetime, reason: str = "not to be paid back"
) -> None:
    """
    Decide that it is not paid back.

    :raises SamePerson: if she asked for it herself
    :raises RefundDecided: once it has been decided
    :raises SaysNothing: without a reason
    """
    if not reason.strip():
        raise SaysNothing
    with transaction.atomic():
        refund = walking.lock(refund_id)
        walking.require_right(by_id, DECIDE_REFUND.code, refund.movement, at)
        if accounts.same_hands(refund.maker_id, by_id):
            raise SamePerson
        walking.refuse_unless(refund, R.DECLINED)
        refund.checker_id = refund.checker_id or by_id
        refund.decided_at, refund.ended_at = at, at
        refund.declined_for = reason.strip()[:REASON_CHARS_MAX]
        walking.move(refund, R.DECLINED, at=at)


def release_funded(*, limit: int, now: datetime) -> int:
    """
    Approve, oldest first, what has waited for funds and can be paid now; return how many.

    Each in a transaction of its own. One whose money was taken back meanwhile goes on waiting and
    rings until a person declines it.
    """
    waiting = Refund.objects.filter(state=R.AWAITING_FUNDS).order_by("decided_at", "pk")
    refund_ids = list(waiting.values_list("pk", flat=True)[:limit])
    return sum(_release(refund_id, at=now) for refund_id in refund_ids)


def _release(refund_id: int, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            free = Refund.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
            waiting = free.select_related("movement__rail").filter(state=R.AWAITING_FUNDS)
            refund = waiting.filter(pk=refund_id).first()
            if refund is None or not bounds.has_funds(refund):
                return False
            walking.move(refund, R.APPROVED, at=at)
            posting.hold_refund(refund_id, at=at)
    except posting.NothingLeft:
        alarms.refund_in_trouble(
            AlarmKind.REFUND_STUCK, refund_id=refund_id, reason="nothing_left", at=at
        )
        return False
    return True
