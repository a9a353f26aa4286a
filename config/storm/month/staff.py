"""
What two people at the finance desk do each morning, by the product's own operations.

One asks and another decides; what the desk needs to know of the world it learns as people do: by
statements, by letters of the provider (`outside.letter`), and at the counter.
"""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from config.storm.month import (
    banker,
    claimants,
    closers,
    mishaps,
    outside,
    payers,
    paying_back,
)
from config.storm.month.house import House
from config.storm.month.outside import Booking
from config.storm.month.plan import BANK, RETIRED, WALLET
from payments import operations as payments
from payments.models import Alarm, Explanation, Movement
from payments.operations import alarms, importing, remitting, rolling_up
from payments.operations.controlling import explaining, limits
from payments.operations.remitting import NewAccount
from payments.policies import DECIDE_REFUND, DECIDE_REMITTANCE
from payments.states import AlarmKind, ExplanationAnswer, Leg

# What may be approved at once.
LIMITS = {DECIDE_REFUND.code: 200_000, DECIDE_REMITTANCE.code: 400_000_000}
# What stays on the wallet for what its network may take back.
RESERVE = 20_000
# What an explanation names besides: the argument of `explaining.ask`, by the answer.
_IS_ABOUT: dict[str, str] = {
    ExplanationAnswer.REVERSAL: "original",
    ExplanationAnswer.REMITTANCE: "remittance",
    ExplanationAnswer.REFUND: "refund",
}
_LATELY = timedelta(days=5)


def settle_in(house: House) -> None:
    """Name the accounts that money may go to, before the first payment."""
    clock, staff = house.clock, house.staff
    mishaps.name_account(house, WALLET)
    for act, per_act in LIMITS.items():
        asked = limits.ask(
            act=act,
            rail_code="*",
            currency=house.currency,
            per_act_minor=per_act,
            per_person_minor=20 * per_act,
            per_day_minor=20 * per_act,
            reason="a month of the play",
            by_id=staff.maker,
            at=clock.tick(),
        )
        limits.decide(limit_id=asked, approved=True, by_id=staff.head, at=clock.tick())
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
    mishaps.befall(house, today, number)
    if number > 1:
        read_statements(house, today - timedelta(days=1), number - 1)
    explain(house)
    claimants.look_for_money(house)
    claimants.hear(house, today)
    payers.match_what_is_exact(house)
    payers.match_what_is_likely(house)
    banker.morning(house, today=today, number=number)
    paying_back.pay_back(house)
    sweep(house, today)
    mishaps.empty_retired(house, today)
    rolling_up.roll_up(house.clock.tick())
    house.hear_news()
    payments.watch(now=house.clock.tick())
    house.hear_news()
    answer_alarms(house)
    closers.close_days(house, today=today)


def read_statements(house: House, day: date, number: int) -> None:
    """Read what the post brings; the wallets' sweeps are known when they arrive at the bank."""
    for letter in house.post.bring(day, number):
        done = importing.import_file(
            data=letter.body,
            name=f"{letter.account}-{letter.day}",
            rail_code=house.rails[letter.account].code,
            layouts=house.layouts,
            by_id=house.staff.maker,
            confirmed_by_id=house.staff.checker,
            at=house.clock.tick(),
        )
        held_back = sum(bool(one.held_back) for one in done.statements)
        if letter.is_sound:
            house.done["statement lines"] += done.lines
            house.wrong["statements held back"] += held_back
        else:
            house.done["statements held back, and sent again"] += held_back
            house.wrong["statements that should be held back"] += not held_back
    importing.post_waiting(now=house.clock.tick())
    house.hear_news()


def explain(house: House) -> None:
    """Say of each debit that nobody ordered what it was, by the provider's letter."""
    explained = Explanation.objects.filter(movement=OuterRef("pk")).exclude(approved=False)
    gone = Movement.objects.filter(
        ~Exists(explained), leg=Leg.WITHDRAWAL, first_heard_at__gt=house.clock.now - _LATELY
    )
    for movement in gone.order_by("pk"):
        answer, about = outside.letter(movement.external_id)
        about = about or house.numbers.get(movement.external_id, "")
        if not _explain(house, movement.pk, answer, about):
            # It was refunded before: the rail has taken it a second time.
            _explain(house, movement.pk, ExplanationAnswer.LOSS)


def _explain(house: House, movement_id: int, answer: str, about: str = "") -> bool:
    asked = explaining.ask(
        movement_id=movement_id,
        answer=answer,
        reason="the provider's letter",
        by_id=house.staff.maker,
        at=house.clock.tick(),
        **{_IS_ABOUT[answer]: about} if answer in _IS_ABOUT else {},
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


def answer_alarms(house: House) -> None:
    """Answer what rings; what two people have to explain is cleared by that."""
    for alarm in Alarm.objects.filter(cleared_at=None).order_by("pk"):
        if alarm.kind == AlarmKind.SWEEP_UNREGISTERED:
            mishaps.name_account(house, RETIRED)
        alarms.clear(
            alarm_id=alarm.pk,
            by_id=house.staff.maker,
            at=house.clock.tick(),
            answer="allowed" if alarm.kind in alarms.NEED_ANSWER else "",
            note="asked the provider",
        )
        house.done[f"answered: {alarm.kind}"] += 1
