"""Asking for a refund: by a rule, or by a person."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from kernel import outbox
from payments import events, returnable
from payments.models import Refund
from payments.operations.refunding import bounds, walking
from payments.policies import ASK_REFUND
from payments.queries import returning
from payments.states import RefundState as R
from payments.states import ReturnStanding

REASON_CHARS_MAX = 300


class AskedAlready(Exception):
    """The same form was sent before: the refund stands there already."""


class AgainstItsFee(Exception):
    """What was paid says otherwise: whoever asks for it gives the reason in words."""


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
        movement = walking.lock_what_came(movement_id)
        bounds.require_left(movement, amount_minor)
        refund = Refund.objects.create(
            movement=movement,
            bill_id=bounds.bill_of(movement),
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
    :raises AgainstItsFee: if the fee that it paid says otherwise, and the reason is only a code
    """
    with transaction.atomic():
        movement = walking.lock_what_came(movement_id)
        walking.require_right(by_id, ASK_REFUND.code, movement, at)
        if stamp and Refund.objects.filter(key=stamp).exists():
            raise AskedAlready
        bill_id = bounds.bill_of(movement)
        bounds.refuse_own(bill_id, by_id=by_id, at=at)
        bounds.require_left(movement, amount_minor)
        if not by_hand:
            bounds.refuse_part(movement, amount_minor)
        reason = reason[:REASON_CHARS_MAX]
        stands = returning.standing(movement_id, amount_minor=amount_minor, reason=reason, rule="")
        if stands == ReturnStanding.AGAINST and not returnable.says_why(reason):
            raise AgainstItsFee
        refund = Refund.objects.create(
            key=stamp or uuid4(),
            by_hand=by_hand,
            movement=movement,
            bill_id=bill_id,
            currency=movement.currency,
            amount_minor=amount_minor,
            reason=reason,
            state=R.REQUESTED,
            maker_id=by_id,
            requested_at=at,
        )
        outbox.publish(events.RefundRequested(subject_id=refund.pk, occurred_at=at))
        return refund.pk


def take_up(*, refund_id: int, by_id: int, at: datetime, by_hand: bool = False) -> None:
    """
    Ask for what a rule has proposed. How it stands to its fees is asked again, as of now.

    :param by_hand: to be paid to a payee proven at a desk, whatever the rail can
    :raises OwnMoney: if it is of a bill of her own
    :raises RefundDecided: if it is no longer only proposed
    :raises RefundInWhole: if it is a part, and the rail cannot pay that back
    :raises AgainstItsFee: if the fee says otherwise: a rule gives no reason, so a person asks anew
    """
    with transaction.atomic():
        refund = walking.lock(refund_id)
        walking.require_right(by_id, ASK_REFUND.code, refund.movement, at)
        bounds.refuse_own(refund.bill_id, by_id=by_id, at=at)
        walking.refuse_unless(refund, R.REQUESTED)
        walking.lock_what_came(refund.movement_id)
        # As it stands now: what a rule found in suspense may have been asked for since.
        stands = returning.standing(
            refund.movement_id,
            amount_minor=refund.amount_minor,
            reason=refund.reason,
            rule=refund.rule,
        )
        if stands == ReturnStanding.AGAINST:
            raise AgainstItsFee
        if not by_hand:
            bounds.refuse_part(refund.movement, refund.amount_minor)
        refund.maker_id, refund.requested_at, refund.by_hand = by_id, at, by_hand
        walking.move(refund, R.REQUESTED, at=at)
