"""Refunds that the network pays by itself: most at once; some fail, of some nobody knows."""

from datetime import timedelta

from django.db import transaction

from config.storm.month import outside
from config.storm.month.house import House
from payments import posting
from payments.models import Refund
from payments.operations import intake, refunding, repaying
from payments.states import Auth
from payments.states import RefundState as R

# Of so many orders the worker of one dies before anybody hears what came of it, and one fails.
_EVERY, _DIES, _FAILS = 5, 1, 2
_AT_ONCE = 100
_LEASE = timedelta(seconds=8)


def pay(house: House) -> None:
    """Order from the network what it pays back, and ask after what nobody knows of."""
    now = house.clock.tick()
    while claimed := repaying.claim_refunds(limit=_AT_ONCE, now=now, until=now + _LEASE):
        for refund_id in claimed:
            _order(house, refund_id)
        now = house.clock.tick()
    _ask_after(house)
    while posting.post_inbox(now=house.clock.tick()):
        pass


def _order(house: House, refund_id: int) -> None:
    turn = house.turn("order to the network") % _EVERY
    if turn == _DIES:
        house.done["refunds of which nobody knew"] += 1
        return
    # As `repaying` does around a call that there is nobody to take here.
    with transaction.atomic():
        refund = refunding.lock(refund_id)
        refund.handle = str(refund.key)
        refund.sent_at, refund.lease_until = house.clock.tick(), None
        refunding.move(refund, R.PENDING, at=house.clock.now)
    if turn == _FAILS:
        _has_failed(house, refund_id)
    else:
        _was_paid(house, refund_id)


def _ask_after(house: House) -> None:
    """Ask the network about each of which nobody knows: every other one had arrived."""
    for refund_id in _ids(R.UNKNOWN):
        if house.turn("asked after") % 2:
            _was_paid(house, refund_id)
            continue
        with transaction.atomic():
            refunding.fail(refunding.lock(refund_id), "not_arrived", at=house.clock.tick())
        house.failed.append(refund_id)
        house.done["refunds that never arrived"] += 1


def _was_paid(house: House, refund_id: int) -> None:
    refund = Refund.objects.get(pk=refund_id)
    body = outside.paid_out(f"O{refund_id:08d}", refund.amount_minor, refund.currency)
    _keep(house, refund_id, body)
    house.done["refunds paid by the network"] += 1


def _has_failed(house: House, refund_id: int) -> None:
    with transaction.atomic():
        refund = refunding.lock(refund_id)
        body = outside.not_paid_out(refund.amount_minor, refund.currency)
        _keep(house, refund_id, body)
        refunding.fail(refund, "payee_not_found", at=house.clock.now)
    house.failed.append(refund_id)
    house.done["refunds that failed"] += 1


def _keep(house: House, refund_id: int, body: bytes) -> None:
    refund = Refund.objects.select_related("movement__rail").get(pk=refund_id)
    rail = refund.movement.rail
    intake.receive(
        rail_code=rail.code,
        kind=f"{rail.kind}.refund",
        body=body,
        headers={},
        remote_ip=None,
        auth=Auth.VALID,
        external_hint=str(refund.key),
        at=house.clock.tick(),
    )


def _ids(state: R) -> list[int]:
    return list(Refund.objects.filter(state=state).order_by("pk").values_list("pk", flat=True))
