"""A refund's life: locked, walked, ended."""

from datetime import datetime

import structlog

from accounts import policies as grants
from kernel import outbox
from payments import posting
from payments.models import Movement, Refund
from payments.posting import reserving
from payments.states import REFUND_LIFECYCLE, Leg
from payments.states import RefundState as R

log = structlog.get_logger()

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
    "ended_by",
)


class RefundDecided(Exception):
    """The refund is not waiting for this decision any more."""


def lock(refund_id: int) -> Refund:
    """Lock a refund until the transaction ends."""
    rows = Refund.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("movement__rail").get(pk=refund_id)


def lock_what_came(movement_id: int) -> Movement:
    # A movement is never updated; refunds of one are told apart by a lock on its number.
    movement = Movement.objects.select_related("rail").get(pk=movement_id, leg=Leg.CREDIT)
    reserving.hold_movement(movement_id)
    return movement


def refuse_unless(refund: Refund, target: R, *, only_from: tuple[R, ...] = ()) -> None:
    state = R(refund.state)
    if target not in REFUND_LIFECYCLE.targets(state) or (only_from and state not in only_from):
        raise RefundDecided(refund.pk)


def move(refund: Refund, target: R, *, at: datetime) -> None:
    """Walk one edge of a locked refund's life, write what has changed, and tell of it."""
    event = REFUND_LIFECYCLE.event_for(R(refund.state), target)
    refund.state = target
    refund.save(update_fields=CHANGING)
    outbox.publish(event(subject_id=refund.pk, occurred_at=at))
    log.info("refund.moved", refund_id=refund.pk, state=target.value)


def fail(refund: Refund, reason: str, *, at: datetime, by_id: int | None = None) -> None:
    """
    Bring a locked refund to its end without money; what it held returns to suspense.

    :param by_id: of one that is paid by hand: who decided so, another than who said that she paid
    """
    state = R(refund.state)
    if R.FAILED not in REFUND_LIFECYCLE.targets(state):
        return  # Done already: only the money itself, moving again, could say otherwise.
    if state == R.APPROVED and not refund.by_hand:
        return  # Nothing was sent that could have failed: it is sent again.
    refund.failure_reason, refund.ended_by_id = reason[:60], by_id
    refund.ended_at, refund.next_query_at, refund.lease_until = at, None, None
    move(refund, R.FAILED, at=at)
    posting.put_back_refund(refund.pk, at=at)


def require_right(account_id: int, act: str, movement: Movement, at: datetime) -> None:
    grants.require(
        account_id=account_id, act=act, area_code=None, rail_code=movement.rail.code, at=at
    )
