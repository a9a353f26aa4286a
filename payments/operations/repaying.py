"""
Paying approved refunds out: an errand that is once-only.

SENDING is committed before the call; what may have left is only asked after, and never sent again.
What the provider says is kept word for word, and the poster makes the refund DONE with the money.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from payments import gateways
from payments.gateways.prompt import NeverHeard, NotSent, Outcome, Refused, Unclear, Unreachable
from payments.gateways.refund import RefundAnswer, RefundGateway, RefundOrder
from payments.models import Refund
from payments.operations import health, intake, refunding
from payments.operations.prompting import Clock
from payments.states import Auth
from payments.states import RefundState as R

log = structlog.get_logger()

CALL_TIME = timedelta(seconds=20)
AGAIN_AFTER = timedelta(seconds=30)
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
# What the provider does not know of so long after the call never reached it.
ARRIVES_WITHIN = timedelta(minutes=10)


def claim_refunds(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """Take approved refunds that wait to be sent: each is SENDING, committed, when this returns."""
    with transaction.atomic():
        for refund in _due(limit, Q(state=R.SENDING, lease_until__lte=now)):
            # The worker that had it died, or its call hangs: the order may have arrived.
            _start_asking(refund, at=now)
            refunding.move(refund, R.UNKNOWN, at=now)
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        claimed = _due(limit, Q(state=R.APPROVED, by_hand=False) & free)
        for refund in claimed:
            refund.lease_until = until + CALL_TIME
            refunding.move(refund, R.SENDING, at=now)
        return [refund.pk for refund in claimed]


def send_refund(refund_id: int, *, clock: Clock) -> None:
    """
    Order a claimed refund from the provider and record what came of it; never raises for trouble
    outside or with this one.

    :raises django.db.OperationalError: if the database is in trouble
    """
    now = clock()
    ours = Refund.objects.filter(pk=refund_id, state=R.SENDING, lease_until__gt=now)
    if not ours.update(lease_until=now + CALL_TIME):
        log.warning("refund.lease_lost", refund_id=refund_id)
        return
    try:
        gateway, order = _gateway(refund_id), _order(refund_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception as trouble:
        log.error("refund.not_sent", refund_id=refund_id, trouble=type(trouble).__name__)  # noqa: TRY400
        _record_not_sent(refund_id, at=clock())
        return
    _send(refund_id, gateway, order, clock)


def claim_refund_queries(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """Take refunds whose outcome is to be asked after; each comes back at `until`."""
    with transaction.atomic():
        due = _due(limit, Q(next_query_at__lte=now, state__in=[R.PENDING, R.UNKNOWN]))
        found = [refund.pk for refund in due]
        Refund.objects.filter(pk__in=found).update(next_query_at=until)
        return found


def ask_after_refund(refund_id: int, *, clock: Clock) -> None:
    """Ask the provider about one refund and record the answer; raises as `send_refund` does."""
    try:
        _ask(refund_id, clock)
    except (OperationalError, InterfaceError):
        raise
    except Exception as trouble:
        log.error("refund.not_asked", refund_id=refund_id, trouble=type(trouble).__name__)  # noqa: TRY400
        _schedule_later(refund_id, at=clock())


def answered(*, rail_code: str, key: UUID, handle: str, body: bytes, at: datetime) -> bool:
    """
    Take what the provider says of a refund by another road; False if it is none of ours.

    Inside the transaction that keeps the answer, which is also what the poster reads: a payout is
    posted, and makes the refund DONE, from the kept bytes alone.
    """
    refund = (
        Refund.objects.select_for_update(no_key=True, of=("self",))
        .select_related("movement__rail")
        .filter(key=key, movement__rail__code=rail_code)
        .first()
    )
    if refund is None or (not refund.sent_at and refund.state != R.SENDING):
        return False
    if refund.handle and handle and refund.handle != handle:
        return False
    vendor = gateways.VENDORS[refund.movement.rail.kind]
    if vendor.read_refund is not None:
        told = vendor.read_refund(body)
        if told.outcome == "failed":
            refunding.fail(refund, told.reason, at=at)
    return True


def _send(refund_id: int, gateway: RefundGateway, order: RefundOrder, clock: Clock) -> None:
    try:
        handle = gateway.send(order)
    except Refused as refusal:
        _record_failed(refund_id, reason=refusal.failure.value, at=clock())
    except NotSent:
        _record_not_sent(refund_id, at=clock())
    except Unclear:
        _record_left(refund_id, R.UNKNOWN, at=clock())
    except Exception as trouble:
        # Nobody knows how far it came: it may have left.
        log.error("refund.send_broke", refund_id=refund_id, trouble=type(trouble).__name__)  # noqa: TRY400
        _record_left(refund_id, R.UNKNOWN, at=clock())
    else:
        _record_left(refund_id, R.PENDING, handle=handle, at=clock())


def _ask(refund_id: int, clock: Clock) -> None:
    order, gateway = _order(refund_id), _gateway(refund_id)
    rail_id = Refund.objects.values_list("movement__rail_id", flat=True).get(pk=refund_id)
    try:
        answer = gateway.status(order)
    except NeverHeard:
        health.answered(rail_id=rail_id, at=clock())
        _record_never_heard(refund_id, at=clock())
    except Unreachable:
        health.troubled(rail_id=rail_id, at=clock())
        _schedule_later(refund_id, at=clock())
    else:
        health.answered(rail_id=rail_id, at=clock())
        if answer is None or answer.outcome is Outcome.UNDECIDED:
            _schedule_later(refund_id, at=clock())
        else:
            _record_answer(refund_id, answer, at=clock())


def _record_answer(refund_id: int, answer: RefundAnswer, *, at: datetime) -> None:
    with transaction.atomic():
        refund = refunding.lock(refund_id)
        if refund.state not in {R.SENDING, R.PENDING, R.UNKNOWN}:
            return
        rail = refund.movement.rail
        intake.receive(
            rail_code=rail.code,
            kind=f"{rail.kind}.refund",
            body=answer.body,
            headers={},
            remote_ip=None,
            auth=Auth.VALID,  # The answer to our own question, under our own contract.
            external_hint=str(refund.key),
            at=at,
        )
        if answer.outcome is Outcome.FAILED:
            refunding.fail(refund, answer.reason, at=at)
        else:
            # The poster makes it DONE with the money; asked again if it cannot.
            _schedule(refund, at=at)


def _record_failed(refund_id: int, *, reason: str, at: datetime) -> None:
    with transaction.atomic():
        refunding.fail(refunding.lock(refund_id), reason, at=at)


def _record_not_sent(refund_id: int, *, at: datetime) -> None:
    with transaction.atomic():
        refund = refunding.lock(refund_id)
        if refund.state != R.SENDING:
            return
        refund.lease_until = at + AGAIN_AFTER
        refunding.move(refund, R.APPROVED, at=at)


def _record_left(refund_id: int, state: R, *, handle: str = "", at: datetime) -> None:
    with transaction.atomic():
        refund = refunding.lock(refund_id)
        if handle and not refund.handle:
            refund.handle = intake.storable(handle)
        if refund.state == R.UNKNOWN and state == R.PENDING:
            refunding.move(refund, state, at=at)  # Held to be lost, and taken all the same.
        elif refund.state != R.SENDING:
            refund.save(update_fields=["handle"])  # The answer by another road was quicker.
        else:
            _start_asking(refund, at=at)
            refunding.move(refund, state, at=at)


def _record_never_heard(refund_id: int, *, at: datetime) -> None:
    """
    The provider knows no such order: it is on its way, or it never arrived.

    What it has taken is never held to have failed, whatever it says it knows: that is asked after
    until it rings (`watching`), for a person who asks the provider.
    """
    with transaction.atomic():
        refund = refunding.lock(refund_id)
        is_over = refund.sent_at is not None and at - refund.sent_at >= ARRIVES_WITHIN
        if refund.state == R.UNKNOWN and not refund.handle and is_over:
            refunding.fail(refund, "not_arrived", at=at)
        else:
            _schedule(refund, at=at)


def _schedule_later(refund_id: int, *, at: datetime) -> None:
    with transaction.atomic():
        _schedule(refunding.lock(refund_id), at=at)


def _schedule(refund: Refund, *, at: datetime) -> None:
    if refund.state not in {R.PENDING, R.UNKNOWN}:
        return
    pause = min(FIRST_PAUSE * 2 ** min(refund.queries, 12), LONGEST_PAUSE)
    refund.next_query_at = at + pause
    refund.queries = min(refund.queries + 1, 32_000)
    refund.save(update_fields=["next_query_at", "queries"])


def _start_asking(refund: Refund, *, at: datetime) -> None:
    refund.sent_at, refund.lease_until = at, None
    refund.next_query_at = at + FIRST_PAUSE


def _due(limit: int, which: Q) -> list[Refund]:
    rows = Refund.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return list(rows.filter(which).order_by("pk")[:limit])


def _gateway(refund_id: int) -> RefundGateway:
    rail = Refund.objects.select_related("movement__rail").get(pk=refund_id).movement.rail
    return gateways.refunds(kind=rail.kind, rail_code=rail.code)


def _order(refund_id: int) -> RefundOrder:
    refund = Refund.objects.select_related("movement__attempt", "bill").get(pk=refund_id)
    movement = refund.movement
    return RefundOrder(
        key=refund.key,
        movement_id=movement.external_id,
        attempt_key=movement.attempt.key if movement.attempt else None,
        amount_minor=refund.amount_minor,
        movement_minor=movement.amount_minor,
        currency=refund.currency,
        reference=refund.bill.reference if refund.bill else "",
        handle=refund.handle,
    )
