"""
Paying a collection back: proposed by a rule or asked for by a person, decided by another.

The money leaves suspense or the bill when it is approved, stands in transit until the provider's
own word (`repaying`, `posting`), and returns to suspense if the provider will not. What a rail
cannot pay back is paid by hand, to a payee proven at a desk (`paying_out`).
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.db import transaction
from django.db.models import QuerySet, Sum

from accounts import operations as people
from accounts import policies as grants
from accounts import queries as accounts
from kernel import outbox
from payments import events, gateways, posting
from payments.models import (
    Allocation,
    Bill,
    Explanation,
    LedgerAccount,
    Movement,
    Posting,
    Rail,
    Refund,
    Release,
    SuspenseItem,
)
from payments.operations import alarms
from payments.operations.controlling import limits
from payments.policies import ASK_REFUND, DECIDE_REFUND
from payments.posting import reserving
from payments.states import REFUND_LIFECYCLE, AccountRole, AlarmKind, Leg
from payments.states import RefundState as R

log = structlog.get_logger()

REASON_CHARS_MAX = 300
CHANGING = (
    "state",
    "maker",
    "checker",
    "handle",
    "external_id",
    "failure_reason",
    "requested_at",
    "decided_at",
    "sent_at",
    "ended_at",
    "next_query_at",
    "queries",
    "lease_until",
    "by_hand",
    "declined_for",
)


class NothingToRefund(Exception):
    """The collection is gone already, or less of it is left than is asked for."""


class RefundInWhole(Exception):
    """This rail pays a collection back in whole or not at all."""


class RefundDecided(Exception):
    """The refund is not waiting for this decision any more."""


class AskedAlready(Exception):
    """The same form was sent before: the refund stands there already."""


class SaysNothing(Exception):
    """Nobody says why."""


class SamePerson(Exception):
    """Whoever asked for a refund does not decide it."""


class OwnMoney(Exception):
    """Nobody asks for, or decides, a refund of what she was billed herself."""


def propose(*, movement_id: int, amount_minor: int, rule: str, reason: str, at: datetime) -> int:
    """
    Propose, by a rule, that a collection be paid back; return the refund's id.

    Safe to repeat: a rule proposes a movement once, whatever became of it. A refund that failed
    rings (`watching`), and a person asks anew. A part may be proposed on any rail: where only the
    whole can be ordered it is not taken up, and a person pays it at a desk.

    :raises NothingToRefund: if less than that is left of it
    """
    with transaction.atomic():
        proposed = Refund.objects.filter(movement_id=movement_id, rule=rule).first()
        if proposed is not None:
            return proposed.pk
        movement = _lock_what_came(movement_id)
        _require_left(movement, amount_minor)
        refund = Refund.objects.create(
            movement=movement,
            bill_id=_bill_of(movement),
            currency=movement.currency,
            amount_minor=amount_minor,
            reason=reason[:REASON_CHARS_MAX],
            rule=rule,
            state=R.PROPOSED,
            proposed_at=at,
        )
        outbox.publish(events.RefundProposed(subject_id=refund.pk, occurred_at=at))
        return refund.pk


def ask(
    *,
    movement_id: int,
    amount_minor: int,
    reason: str,
    by_id: int,
    at: datetime,
    by_hand: bool = False,
    stamp: UUID | None = None,
) -> int:
    """
    Ask for a refund without a proposal; return its id.

    :param by_hand: to be paid to a payee proven at a desk, whatever the rail can
    :param stamp: of the form that asks: a form asks once
    :raises AskedAlready: if the form has asked before
    :raises accounts.policies.NotGranted: if she may not
    :raises OwnMoney: if it is of a bill of her own
    :raises NothingToRefund: if less than that is left of the collection
    :raises RefundInWhole: if the rail cannot pay back a part
    """
    with transaction.atomic():
        movement = _lock_what_came(movement_id)
        _require(by_id, ASK_REFUND.code, movement, at)
        if stamp and Refund.objects.filter(key=stamp).exists():
            raise AskedAlready
        bill_id = _bill_of(movement)
        refuse_own(bill_id, by_id=by_id, at=at)
        _require_left(movement, amount_minor)
        if not by_hand:
            _refuse_part(movement, amount_minor)
        refund = Refund.objects.create(
            key=stamp or uuid4(),
            by_hand=by_hand,
            movement=movement,
            bill_id=bill_id,
            currency=movement.currency,
            amount_minor=amount_minor,
            reason=reason[:REASON_CHARS_MAX],
            state=R.REQUESTED,
            maker_id=by_id,
            requested_at=at,
        )
        outbox.publish(events.RefundRequested(subject_id=refund.pk, occurred_at=at))
        return refund.pk


def take_up(*, refund_id: int, by_id: int, at: datetime, by_hand: bool = False) -> None:
    """
    Ask for what a rule has proposed.

    :param by_hand: to be paid to a payee proven at a desk, whatever the rail can
    :raises OwnMoney: if it is of a bill of her own
    :raises RefundDecided: if it is no longer only proposed
    :raises RefundInWhole: if it is a part, and the rail cannot pay that back
    """
    with transaction.atomic():
        refund = lock(refund_id)
        _require(by_id, ASK_REFUND.code, refund.movement, at)
        refuse_own(refund.bill_id, by_id=by_id, at=at)
        _refuse_unless(refund, R.REQUESTED)
        if not by_hand:
            _refuse_part(refund.movement, refund.amount_minor)
        refund.maker_id, refund.requested_at, refund.by_hand = by_id, at, by_hand
        move(refund, R.REQUESTED, at=at)


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
    :raises controlling.limits.OverLimit: if it is more than may be approved at once or today
    """
    with transaction.atomic():
        refund = lock(refund_id)
        _require(by_id, DECIDE_REFUND.code, refund.movement, at)
        if accounts.same_hands(refund.maker_id, by_id):
            raise SamePerson
        refuse_own(refund.bill_id, by_id=by_id, at=at)
        _refuse_unless(refund, R.APPROVED, only_from=(R.REQUESTED,))
        if not refund.by_hand:
            _refuse_part(refund.movement, refund.amount_minor)
        _require_left(refund.movement, refund.amount_minor, besides=refund.pk)
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
        refund.by_hand = refund.by_hand or not _pays_back(refund.movement.rail)
        if _has_funds(refund):
            move(refund, R.APPROVED, at=at)
            posting.hold_refund(refund.pk, at=at)
        else:
            move(refund, R.AWAITING_FUNDS, at=at)


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
        refund = lock(refund_id)
        _require(by_id, DECIDE_REFUND.code, refund.movement, at)
        if accounts.same_hands(refund.maker_id, by_id):
            raise SamePerson
        _refuse_unless(refund, R.DECLINED)
        refund.checker_id = refund.checker_id or by_id
        refund.decided_at, refund.ended_at = at, at
        refund.declined_for = reason.strip()[:REASON_CHARS_MAX]
        move(refund, R.DECLINED, at=at)


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
            if refund is None or not _has_funds(refund):
                return False
            move(refund, R.APPROVED, at=at)
            posting.hold_refund(refund_id, at=at)
    except posting.NothingLeft:
        alarms.refund_in_trouble(
            AlarmKind.REFUND_STUCK, refund_id=refund_id, reason="nothing_left", at=at
        )
        return False
    return True


def fail(refund: Refund, reason: str, *, at: datetime) -> None:
    """Bring a locked refund to its end without money; what it held returns to suspense."""
    state = R(refund.state)
    if R.FAILED not in REFUND_LIFECYCLE.targets(state):
        return  # Done already: only the money itself, moving again, could say otherwise.
    if state == R.APPROVED and not refund.by_hand:
        return  # Nothing was sent that could have failed: it is sent again.
    refund.failure_reason = reason[:60]
    refund.ended_at, refund.next_query_at, refund.lease_until = at, None, None
    move(refund, R.FAILED, at=at)
    posting.return_refund(refund.pk, at=at)


def move(refund: Refund, target: R, *, at: datetime) -> None:
    """Walk one edge of a locked refund's life, write what has changed, and tell of it."""
    event = REFUND_LIFECYCLE.event_for(R(refund.state), target)
    refund.state = target
    refund.save(update_fields=CHANGING)
    outbox.publish(event(subject_id=refund.pk, occurred_at=at))
    log.info("refund.moved", refund_id=refund.pk, state=target.value)


def _refuse_unless(refund: Refund, target: R, *, only_from: tuple[R, ...] = ()) -> None:
    state = R(refund.state)
    if target not in REFUND_LIFECYCLE.targets(state) or (only_from and state not in only_from):
        raise RefundDecided(refund.pk)


def pays_back(*, kind: str, rail_code: str) -> bool:
    """Say whether a rail can be ordered to pay a collection back, under the contract we hold."""
    try:
        gateways.refunds(kind=kind, rail_code=rail_code)
    except gateways.NoGateway:
        return False
    return True


def _pays_back(rail: Rail) -> bool:
    return pays_back(kind=rail.kind, rail_code=rail.code)


def _refuse_part(movement: Movement, amount_minor: int) -> None:
    # An order of such a rail names no amount: it would pay back the whole.
    vendor = gateways.VENDORS.get(movement.rail.kind)
    if amount_minor < movement.amount_minor and not (vendor and vendor.refunds_in_part):
        raise RefundInWhole(movement.pk)


def refuse_own(bill_id: int | None, *, by_id: int, at: datetime) -> None:
    if bill_id is None:
        return  # Nobody was billed: that money fits no bill.
    contact_id = Bill.objects.values_list("payer_contact_id", flat=True).get(pk=bill_id)
    if contact_id and accounts.is_reached_at(account_id=by_id, contact_id=contact_id, at=at):
        raise OwnMoney


def lock(refund_id: int) -> Refund:
    """Lock a refund until the transaction ends."""
    rows = Refund.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("movement__rail").get(pk=refund_id)


def _lock_what_came(movement_id: int) -> Movement:
    # A movement is never updated; refunds of one are told apart by a lock on its number.
    movement = Movement.objects.select_related("rail").get(pk=movement_id, leg=Leg.CREDIT)
    reserving.hold_movement(movement_id)
    return movement


def left_minor(movement_id: int, *, besides: int | None = None) -> int:
    """
    Return what of a collection could still go back: what stands, less what is promised.

    What was taken back, refunded or released stands nowhere any more. Whatever waits for a second
    person is a promise: other refunds, releases, explanations that take it back.
    """
    stands = (
        _sum_minor(rows.objects.filter(movement_id=movement_id))
        for rows in (Allocation, SuspenseItem)
    )
    refunds = Refund.objects.filter(
        movement_id=movement_id, state__in=[R.REQUESTED, R.AWAITING_FUNDS]
    )
    promised = (
        _sum_minor(refunds.exclude(pk=besides or 0)),
        _sum_minor(Release.objects.filter(movement_id=movement_id, approved=None)),
        _sum_minor(
            Explanation.objects.filter(original_id=movement_id, approved=None),
            of="movement__amount_minor",
        ),
    )
    return sum(stands) - sum(promised)


def _sum_minor(rows: QuerySet[Any], *, of: str = "amount_minor") -> int:
    return int(rows.aggregate(sum=Sum(of))["sum"] or 0)


def _require_left(movement: Movement, amount_minor: int, *, besides: int | None = None) -> None:
    """:raises NothingToRefund: if less than that could still go back"""
    if not 0 < amount_minor <= left_minor(movement.pk, besides=besides):
        raise NothingToRefund(movement.pk)


def _bill_of(movement: Movement) -> int | None:
    suspended = movement.suspense_items.filter(bill__isnull=False).values_list("bill_id", flat=True)
    paid = movement.allocations.values_list("line__bill_id", flat=True)
    return paid.first() or suspended.first()


def _has_funds(refund: Refund) -> bool:
    rail = refund.movement.rail
    vendor = gateways.VENDORS.get(rail.kind)
    if vendor is None or not vendor.refunds_from_float:
        return True
    reserving.hold_float(rail.pk)
    account = LedgerAccount.objects.filter(
        rail=rail, role=AccountRole.REFUND_FLOAT, currency=refund.currency
    ).first()
    held = Posting.objects.filter(account=account).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    in_transit = Refund.objects.filter(
        movement__rail=rail,
        currency=refund.currency,
        state__in=[R.APPROVED, R.SENDING, R.PENDING, R.UNKNOWN],
    ).aggregate(sum=Sum("amount_minor"))["sum"]
    return bool(held - (in_transit or 0) >= refund.amount_minor)


def _require(account_id: int, act: str, movement: Movement, at: datetime) -> None:
    grants.require(
        account_id=account_id, act=act, area_code=None, rail_code=movement.rail.code, at=at
    )
