"""What goes back to payers: what is over, came twice or for nothing; small change is left."""

from django.db.models import Sum

from config.storm.month import by_hand, by_network, outside, payers
from config.storm.month.house import House
from config.storm.month.outside import Booking
from config.storm.month.plan import WALLET
from payments.models import OpenItem, Refund
from payments.operations import floating, refunding, releasing
from payments.policies import DECIDE_REFUND
from payments.states import RefundState as R

# Nobody is called to a counter for so little.
SMALL = 100
_AT_ONCE = 100


def pay_back(house: House) -> None:
    """Ask for every refund, decide it, and pay it by the network or at the counter."""
    _take_up(house)
    _ask_anew(house)
    for item in payers.unknown(house):
        releasing.ask_refund(
            movement_id=item.pk,
            amount_minor=item.amount_minor,
            reason="nobody's bill",
            by_id=house.staff.maker,
            at=house.clock.tick(),
            by_hand=not house.pays_back(item.rail),
        )
    for refund_id in _ids(R.REQUESTED):
        _approve(house, refund_id)
    _fill_float(house)
    by_hand.pay(house)
    by_network.pay(house)


def _take_up(house: House) -> None:
    for refund in Refund.objects.filter(state=R.PROPOSED).select_related("movement__rail"):
        if refund.amount_minor <= SMALL and refund.movement.rail == house.rails[WALLET]:
            _write_off(house, refund.movement_id, refund.amount_minor)
        else:
            refunding.take_up(
                refund_id=refund.pk,
                by_id=house.staff.maker,
                at=house.clock.tick(),
                by_hand=not house.pays_back(refund.movement.rail),
            )


def _ask_anew(house: House) -> None:
    """Ask once more for what has failed: at the counter, where its payer comes to now."""
    failed, house.failed = house.failed, []
    for refund in Refund.objects.filter(pk__in=failed).select_related("movement__rail"):
        if refund.movement_id in {item.pk for item in payers.unknown(house)}:
            continue  # Fits no bill, and goes back as all of that does.
        if not OpenItem.objects.filter(pk=refund.movement_id).exists():
            continue
        try:
            refunding.ask(
                movement_id=refund.movement_id,
                amount_minor=refund.amount_minor,
                reason="it has failed",
                by_id=house.staff.maker,
                at=house.clock.tick(),
                by_hand=True,
            )
        except refunding.NothingToRefund:
            house.done["refunds that nobody owes any more"] += 1
        else:
            house.done["refunds asked for anew"] += 1


def _write_off(house: House, movement_id: int, amount_minor: int) -> None:
    asked = releasing.ask_write_off(
        movement_id=movement_id,
        amount_minor=amount_minor,
        reason="small change",
        by_id=house.staff.maker,
        at=house.clock.tick(),
    )
    releasing.approve(release_id=asked, by_id=house.staff.checker, at=house.clock.tick())
    house.done["written off"] += 1


def _approve(house: House, refund_id: int) -> None:
    try:
        refunding.approve(
            refund_id=refund_id,
            by_id=house.staff.checker,
            step_up_id=house.step_up(DECIDE_REFUND.code),
            at=house.clock.tick(),
        )
    except refunding.NothingToRefund:
        refunding.decline(
            refund_id=refund_id,
            by_id=house.staff.checker,
            at=house.clock.tick(),
            reason="taken back by the network meanwhile",
        )
        house.done["refunds declined"] += 1
    else:
        house.done["refunds approved"] += 1


def _fill_float(house: House) -> None:
    """Move to the wallet's float what approved refunds wait for, if the wallet holds it."""
    rail, books = house.rails[WALLET], house.books[WALLET]
    waiting = Refund.objects.filter(state=R.AWAITING_FUNDS, movement__rail=rail)
    needed = waiting.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    now = house.clock.tick()
    if not 0 < needed <= books.holds(now):
        return
    name = f"F{house.local:%Y%m%d}"
    books.book(Booking(name, now, -needed, outside.SWEEP, text=name))
    top_up = floating.ask(
        rail_code=rail.code,
        amount_minor=needed,
        reason=name,
        by_id=house.staff.maker,
        at=house.clock.tick(),
    )
    floating.confirm(top_up_id=top_up, by_id=house.staff.checker, at=house.clock.tick())
    while refunding.release_funded(limit=_AT_ONCE, now=house.clock.tick()):
        pass


def _ids(state: R) -> list[int]:
    return list(Refund.objects.filter(state=state).order_by("pk").values_list("pk", flat=True))
