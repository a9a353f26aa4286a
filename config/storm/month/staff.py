"""
What two people at the finance desk do each morning, by the product's own operations.

One asks and another decides; what the desk needs to know of the world it learns as people do: by
statements, by letters of the provider (`outside.letter`), and at the counter.
"""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from config.storm.month import closers, outside, payers
from config.storm.month.house import House, Order
from config.storm.month.outside import Booking
from config.storm.month.plan import BANK, WALLET
from payments import operations as payments
from payments.models import Alarm, Explanation, Movement
from payments.operations import alarms, importing, remitting, rolling_up
from payments.operations.controlling import explaining, sweeping
from payments.operations.remitting import NewAccount
from payments.states import ExplanationAnswer, Leg

# What stays on the wallet for what its network may take back.
RESERVE = 20_000
REMITS_EVERY = 7
_LATELY = timedelta(days=5)


def settle_in(house: House) -> None:
    """Name the accounts that money may go to, before the first payment."""
    clock, staff = house.clock, house.staff
    named = sweeping.ask(
        rail_code=house.rails[WALLET].code,
        account=house.books[BANK].account,
        bank=house.rails[BANK].provider,
        reason="the treasury's letter",
        by_id=staff.maker,
        at=clock.tick(),
    )
    sweeping.decide(sweep_account_id=named, approved=True, by_id=staff.checker, at=clock.tick())
    for number, code in enumerate(house.beneficiaries):
        change = remitting.ask_account(
            beneficiary_code=code,
            currency=house.currency,
            new=NewAccount(
                number=f"40001{number:08d}",
                holder_name=code,
                bank_name="Bank of the month",
                bic="",
                reason="the treasury's letter",
            ),
            by_id=staff.maker,
            at=clock.tick(),
        )
        remitting.decide_account(
            change_id=change, approve=True, by_id=staff.checker, at=clock.tick()
        )


def morning(house: House, *, today: date, number: int) -> None:
    """
    Do the work of one morning: yesterday is read in, repaired, paid on and closed.

    :param number: of the day in the play, from 1
    """
    if number > 1:
        read_statements(house, today - timedelta(days=1))
    explain(house)
    payers.match_what_is_exact(house)
    payers.match_what_is_likely(house)
    payers.pay_back(house)
    sweep(house, today)
    if number % REMITS_EVERY == REMITS_EVERY // 2:
        remit(house)
    let_bank_pay(house, today)
    rolling_up.roll_up(house.clock.tick())
    house.hear_news()
    payments.watch(now=house.clock.tick())
    house.hear_news()
    answer_alarms(house)
    closers.close_days(house, today=today)


def read_statements(house: House, day: date) -> None:
    """Read both rails' statements of a day; the wallet's sweeps are known when they arrive."""
    for name in (WALLET, BANK):
        books, rail = house.books[name], house.rails[name]
        data = books.portal(day) if name == WALLET else books.camt(day)
        done = importing.import_file(
            data=data,
            name=f"{rail.code}-{day}",
            rail_code=rail.code,
            layouts=house.layouts,
            by_id=house.staff.maker,
            at=house.clock.tick(),
        )
        house.done["statement lines"] += done.lines
        house.wrong["statements held back"] += sum(bool(one.held_back) for one in done.statements)
    importing.post_waiting(now=house.clock.tick())
    house.hear_news()


def explain(house: House) -> None:
    """Say of each debit that nobody ordered what it was, by the provider's letter."""
    explained = Explanation.objects.filter(movement=OuterRef("pk")).exclude(approved=False)
    gone = Movement.objects.filter(
        ~Exists(explained), leg=Leg.WITHDRAWAL, first_heard_at__gt=house.clock.now - _LATELY
    )
    for movement in gone.order_by("pk"):
        answer, original = outside.letter(movement.external_id)
        if not _explain(house, movement.pk, answer, original):
            # It was refunded before: the rail has taken it a second time.
            _explain(house, movement.pk, ExplanationAnswer.LOSS, "")


def _explain(house: House, movement_id: int, answer: str, original: str) -> bool:
    asked = explaining.ask(
        movement_id=movement_id,
        answer=answer,
        original=original,
        reason="the provider's letter",
        by_id=house.staff.maker,
        at=house.clock.tick(),
    )
    try:
        step_up = house.step_up(explaining.PURPOSE)
        explaining.decide(
            explanation_id=asked,
            approved=True,
            by_id=house.staff.checker,
            at=house.clock.tick(),
            step_up_id=step_up,
        )
    except explaining.CannotExplain:
        explaining.decide(
            explanation_id=asked,
            approved=False,
            by_id=house.staff.checker,
            at=house.clock.tick(),
        )
        return False
    house.done[f"explained as {answer}"] += 1
    return True


def sweep(house: House, today: date) -> None:
    """Move what the wallet holds to the bank, in the network's portal."""
    now, name = house.clock.tick(), f"S{today:%Y%m%d}"
    amount = house.books[WALLET].holds(now) - RESERVE
    if amount <= 0:
        return
    arrives = now + timedelta(hours=2)
    house.books[WALLET].book(Booking(name, now, -amount, outside.SWEEP, text=name))
    house.books[BANK].book(Booking(f"A{name}", arrives, amount, outside.TRANSFER, text=name))
    house.done["swept"] += amount


def remit(house: House) -> None:
    """Build what each beneficiary is owed, have it approved, and hand the orders to the bank."""
    clock, staff = house.clock, house.staff
    for code in house.beneficiaries:
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
        house.orders.append(Order(batch.end_to_end_id, batch.amount_minor))
        house.done["batches remitted"] += 1


def let_bank_pay(house: House, today: date) -> None:
    """Let the bank carry out the orders that there is money for."""
    bank, waiting = house.books[BANK], []
    for order in house.orders:
        at = house.clock.tick() + timedelta(hours=3)
        if bank.holds(at) < order.amount:
            waiting.append(order)
            continue
        name = f"M{today:%Y%m%d}{order.end_to_end[-4:]}"
        bank.book(Booking(name, at, -order.amount, outside.REMITTANCE, end_to_end=order.end_to_end))
    house.orders = waiting


def answer_alarms(house: House) -> None:
    """Answer what rings; what two people have to explain is cleared by that."""
    for alarm in Alarm.objects.filter(cleared_at=None).order_by("pk"):
        alarms.clear(
            alarm_id=alarm.pk,
            by_id=house.staff.maker,
            at=house.clock.tick(),
            answer="allowed" if alarm.kind in alarms.NEED_ANSWER else "",
            note="asked the provider",
        )
        house.done[f"answered: {alarm.kind}"] += 1
