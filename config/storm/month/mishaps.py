"""Money that moves as it should not: from a retired pay bill, and by sweeps that nobody named."""

from datetime import date, timedelta

from config.storm.month import outside
from config.storm.month.house import House
from config.storm.month.outside import Booking
from config.storm.month.plan import BANK, RETIRED, WALLET
from payments.models import SweepAccount
from payments.operations.controlling import moving, sweeping

# By the number of the day: the network empties the wallet in part, and does not say what that was.
_UNSAID = frozenset({2, 14})
_UNSAID_AMOUNT = 3000
# The retired pay bill's network sends what is there to the bank by itself; nobody has named where
# it may go until then.
_SWEPT_BY_ITSELF = 2
_DAYS_UNDER_WAY = 1


def befall(house: House, today: date, number: int) -> None:
    """Let happen what happens this morning, before anybody at the desk knows of it."""
    if number in _UNSAID:
        _send(house, WALLET, f"U{today:%Y%m%d}", _UNSAID_AMOUNT, what=outside.DEBIT)
    if number == _SWEPT_BY_ITSELF:
        held = house.books[RETIRED].holds(house.clock.now)
        if held > 0:
            _send(house, RETIRED, f"X{today:%Y%m%d}", held, what=outside.SWEEP)


def empty_retired(house: House, today: date) -> None:
    """Order, by two people, that what the retired pay bill holds be moved; and move it there."""
    rail = house.rails[RETIRED]
    held = house.books[RETIRED].holds(house.clock.now)
    is_named = SweepAccount.objects.filter(rail=rail, approved=True).exists()
    # Not before the statement has told of it: what the books do not hold is nobody's to move.
    if not is_named or not held or house.books[RETIRED].days:
        return
    ordered = moving.ask(
        rail_code=rail.code,
        amount_minor=held,
        reason="the pay bill is given up",
        by_id=house.staff.maker,
        at=house.clock.tick(),
    )
    moving.decide(
        move_id=ordered,
        approved=True,
        by_id=house.staff.checker,
        step_up_id=house.step_up(moving.PURPOSE),
        at=house.clock.tick(),
    )
    _send(house, RETIRED, f"Y{today:%Y%m%d}", held, what=outside.SWEEP)
    house.done["moves from the retired pay bill"] += 1


def _send(house: House, name: str, code: str, amount: int, *, what: str) -> None:
    now = house.clock.tick()
    arrives = now + timedelta(days=_DAYS_UNDER_WAY, hours=5)
    house.books[name].book(Booking(code, now, -amount, what, text=code))
    house.books[BANK].book(Booking(f"A{code}", arrives, amount, outside.TRANSFER, text=code))


def name_account(house: House, name: str) -> None:
    """Name the bank account that a rail is swept to, by two people, unless it is named."""
    rail = house.rails[name]
    if SweepAccount.objects.filter(rail=rail, approved=True).exists():
        return
    named = sweeping.ask(
        rail_code=rail.code,
        account=house.books[BANK].account,
        bank=house.rails[BANK].provider,
        reason="the treasury's letter",
        by_id=house.staff.maker,
        at=house.clock.tick(),
    )
    sweeping.decide(
        sweep_account_id=named,
        approved=True,
        by_id=house.staff.checker,
        at=house.clock.tick(),
    )
