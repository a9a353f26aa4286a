"""
Remittances at the desk and at the bank: answered, carried out, refused, sent back.

What the bank does with an order goes by turns, so that a short play has some of each.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from config.storm.month import outside
from config.storm.month.house import House
from config.storm.month.orders import Fate, Order
from config.storm.month.outside import Booking
from config.storm.month.plan import BANK
from payments.models import Remittance, RemittanceRefusal
from payments.operations import remitting
from payments.orders.pain002 import CannotRead
from payments.queries import aftermath
from payments.states import RemittanceState

REMITS_EVERY = 7


# One after the other, as batches are handed in.
_TURNS = (
    Fate.PAID_AFTER_ALL, Fate.REFUSED, Fate.SENT_BACK, Fate.SLANDERED, Fate.CONFUSED, Fate.PAID,
)  # fmt: skip
_IS_REFUSED = (Fate.REFUSED, Fate.SLANDERED, Fate.PAID_AFTER_ALL)


def morning(house: House, *, today: date, number: int) -> None:
    """Take in what came back, remit when it is time, and let the bank do its part."""
    _take_back(house)
    if number % REMITS_EVERY == REMITS_EVERY // 2:
        _remit(house, house.beneficiaries, today)
    else:
        again, house.remit_again = sorted(house.remit_again), set()
        _remit(house, again, today)
    _let_bank_work(house, today)


def _remit(house: House, codes: Sequence[str], today: date) -> None:
    """Build what each beneficiary is owed, have it approved, and hand the orders to the bank."""
    clock, staff = house.clock, house.staff
    for code in codes:
        try:
            batch = remitting.build(
                beneficiary_code=code, currency=house.currency, by_id=staff.maker, at=clock.tick()
            )
        except (remitting.NothingToRemit, remitting.OwedBack):
            continue
        remitting.propose(remittance_id=batch.pk, by_id=staff.maker, at=clock.tick())
        remitting.approve(
            remittance_id=batch.pk,
            by_id=staff.checker,
            step_up_id=house.step_up(remitting.PURPOSE),
            at=clock.tick(),
        )
        remitting.mark_sent(
            remittance_id=batch.pk,
            bank_receipt=f"BK-{batch.pk}",
            by_id=staff.maker,
            at=clock.tick(),
        )
        house.done["batches remitted"] += 1
        _hear_bank(house, batch, code, today)


def _hear_bank(house: House, batch: Remittance, code: str, today: date) -> None:
    """Bring the bank's answer to an order, whatever it is."""
    fate = _TURNS[(house.turn("order") - 1) % len(_TURNS)]
    order = Order(
        batch.pk, batch.number, batch.end_to_end_id, batch.amount_minor, fate, not_before=today
    )
    house.done[f"batches {fate.value}"] += 1
    if fate is Fate.CONFUSED:
        _bring(house, order, b"<html>The service is not available</html>")
        _bring(house, order, outside.verdict("RM-1999-000001", "RM199900000001", "RJCT"))
    if fate not in _IS_REFUSED:
        _bring(house, order, outside.verdict(order.number, order.end_to_end, "ACCP"))
        house.orders.append(order)
        return
    _bring(house, order, outside.verdict(order.number, order.end_to_end, "RJCT"))
    _believe(house, order, approved=fate is not Fate.SLANDERED)
    if fate is Fate.REFUSED:
        house.remit_again.add(code)
        return
    if fate is Fate.PAID_AFTER_ALL:
        order.not_before = today + timedelta(days=1)
        house.numbers[order.bank_id] = order.number
    house.orders.append(order)


def _bring(house: House, order: Order, data: bytes) -> None:
    try:
        remitting.take_report(
            remittance_id=order.remittance_id,
            data=data,
            by_id=house.staff.maker,
            at=house.clock.tick(),
        )
    except (CannotRead, remitting.AnotherBatch):
        house.done["answers of the bank that are none"] += 1


def _believe(house: House, order: Order, *, approved: bool) -> None:
    """Ask the bank on the phone whether it has refused, and decide."""
    waiting = RemittanceRefusal.objects.get(remittance=order.remittance_id, decided_at=None)
    remitting.decide_refusal(
        refusal_id=waiting.pk,
        approved=approved,
        by_id=house.staff.checker,
        step_up_id=house.step_up(remitting.PURPOSE),
        at=house.clock.tick(),
    )


def _let_bank_work(house: House, today: date) -> None:
    """Let the bank carry out the orders that there is money for, and give back what came back."""
    bank, waiting = house.books[BANK], []
    for order in house.orders:
        at = house.clock.tick() + timedelta(hours=3)
        if order.not_before > today or bank.holds(at) < order.amount:
            waiting.append(order)
            continue
        bank.book(
            Booking(
                order.bank_id, at, -order.amount, outside.REMITTANCE, end_to_end=order.end_to_end
            )
        )
        if order.fate is Fate.SENT_BACK:
            house.coming_back.append(order)
    house.orders = waiting


def _take_back(house: House) -> None:
    """
    Ask of what the statement has confirmed and the bank has sent back that it be remitted anew.

    The bank sends it back in the afternoon of the day on which we have read that it was paid.
    """
    left = []
    for order in house.coming_back:
        batch = Remittance.objects.select_related("beneficiary").get(pk=order.remittance_id)
        credit = next((one for one in aftermath.credits_for(batch) if one.names_it), None)
        if batch.state != RemittanceState.CONFIRMED or credit is None:
            left.append(order)
            _send_back(house, order, is_paid=batch.state == RemittanceState.CONFIRMED)
            continue
        asked = remitting.ask_sent_back(
            remittance_id=batch.pk,
            movement_id=credit.movement.pk,
            reason="the account is closed",
            by_id=house.staff.maker,
            at=house.clock.tick(),
        )
        remitting.decide_sent_back(
            release_id=asked,
            approved=True,
            by_id=house.staff.checker,
            step_up_id=house.step_up(remitting.PURPOSE),
            at=house.clock.tick(),
        )
        house.done["batches taken back"] += 1
        house.remit_again.add(batch.beneficiary.code)
    house.coming_back = left


def _send_back(house: House, order: Order, *, is_paid: bool) -> None:
    if not is_paid or order.end_to_end in house.sent_back:
        return
    house.sent_back.add(order.end_to_end)
    house.books[BANK].book(
        Booking(
            f"B{order.end_to_end}",
            house.clock.tick() + timedelta(hours=4),
            order.amount,
            outside.SENT_BACK,
            text=f"RETURN {order.end_to_end} AC04",
            end_to_end=order.end_to_end,
        )
    )
