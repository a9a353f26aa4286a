"""The month itself: payers and providers from morning to night, and the desk at seven."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from config.storm import resting
from config.storm.month import closers, outside, people, plan, staff, street
from config.storm.month.hands import Hand
from config.storm.month.house import Clock, House
from config.storm.month.outside import Books
from config.storm.month.plan import BANK, RETIRED, WALLET, Paid
from config.storm.month.post import Post
from kernel.country import country
from payments.models import LedgerDay, Rail
from payments.operations import billing
from payments.operations.importing import keeping
from payments.queries import closing
from payments.statements import csvlayout
from places.models import Beneficiary

PROGRESS_SECONDS = 5.0
# Hours up to which messages are read together; the desk works after the first.
READ_AT = (7, 9, 11, 13, 15, 17, 20, 24)
# After the month, until its last day can be signed: feasts and a weekend.
QUIET_DAYS_MAX = 12
# So many look for their money who have no reason to.
ASKING_A_DAY = 2
# What the networks keep for a day.
CHARGES = {BANK: 150, WALLET: 90}


class NothingToPlayOn(Exception):
    """The country's pack is not loaded, or the rails of the play are not in it."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    payments: int
    days: int
    seed: int
    first_day: date
    trouble: float = 1  # How many times as likely everything is that goes wrong.
    packs: Path  # A folder for the auditor's packs.


@dataclass(frozen=True)
class Played:
    house: House
    payments: int
    troubles: Counter[str]
    days: Sequence[date]
    seconds: float


def first_day() -> date | None:
    """Return the first open day of the ledger."""
    return closing.next_to_close()


def play(wanted: Plan, *, hands: Sequence[Hand] = (), tell: Callable[[str], None]) -> Played:
    """
    Play a month from its first day until each of its days is closed.

    :param hands: that deliver the news besides this process
    :param tell: is told every few seconds how far it is
    :raises NothingToPlayOn: without a country's pack
    """
    began = told = time.monotonic()
    days = [wanted.first_day + timedelta(days=number) for number in range(wanted.days)]
    house = _open(wanted, hands)
    month = _Month(house, wanted)
    staff.settle_in(house)
    was_at_rest = False  # When the morning before was over.
    for number in range(1, wanted.days + QUIET_DAYS_MAX + 1):
        today = wanted.first_day + timedelta(days=number - 1)
        is_quiet = number > wanted.days
        month.day(today, number=number, is_quiet=is_quiet)
        if time.monotonic() - told > PROGRESS_SECONDS:
            told = time.monotonic()
            tell(f"{told - began:6.0f} s  {today}  {month.payments} payments")
        if is_quiet and was_at_rest and _is_closed(days[-1]):
            break
        was_at_rest = house.is_at_rest
    closers.settle(house)
    return Played(house, month.payments, month.troubles, days, time.monotonic() - began)


def _is_closed(day: date) -> bool:
    return not LedgerDay.objects.filter(pk__lte=day, closed_at=None).exists()


class _Month:
    def __init__(self, house: House, wanted: Plan) -> None:
        self._house = house
        self._wanted = wanted
        self._later: dict[date, list[Paid]] = defaultdict(list)  # Paid on another day.
        self._codes = {name: rail.code for name, rail in house.rails.items()}
        self.payments = 0
        self.troubles: Counter[str] = Counter()

    def day(self, today: date, *, number: int, is_quiet: bool) -> None:
        house = self._house
        clock = house.clock
        clock.until(house.moment(today))
        if not is_quiet:
            self._plan(today, number)
        made = sorted(self._later.pop(today, ()), key=lambda paid: paid.at)
        self._book(made)
        calm = (one for one in made if one.rail == WALLET and one.told_at and not one.troubles)
        house.asking.extend(islice(calm, ASKING_A_DAY))
        for name, amount in CHARGES.items():
            at = house.moment(today, 23)
            house.books[name].book(outside.charge(name, today, at, amount))
        since = house.moment(today)
        for hour in READ_AT:
            until = house.moment(today, hour)
            self._tell(made, since, until)
            since = until
            if hour == READ_AT[0]:
                staff.morning(house, today=today, number=number)
        self._tell(made, since, since + timedelta(hours=1))  # A moment before midnight.
        while billing.expire_due(now=clock.tick(), limit=500):
            pass
        house.hear_news()

    def _plan(self, today: date, number: int) -> None:
        house, wanted = self._house, self._wanted
        a_day = wanted.payments / wanted.days / plan.payments_of_a_bill(wanted.trouble)
        bills = street.issue(
            round(a_day),
            seed=f"bills {wanted.seed} {today}",
            beneficiaries=house.beneficiaries,
            currency=house.currency,
            at=house.clock.tick(),
        )
        for paid in plan.payments(
            bills,
            seed=wanted.seed,
            day=today,
            number=number,
            zone=house.zone,
            trouble=wanted.trouble,
        ):
            self._later[paid.at.date()].append(paid)

    def _book(self, made: Iterable[Paid]) -> None:
        for paid in made:
            self.payments += 1
            self.troubles.update(paid.troubles)
            if paid.is_claimed:
                self._house.claimants.append(paid)
            for booking in outside.bookings(paid):
                self._house.books[paid.rail].book(booking)

    def _tell(self, made: Iterable[Paid], since: datetime, until: datetime) -> None:
        """Read what was told since, up to a moment, and let it be known."""
        clock = self._house.clock
        street.tell(
            [paid for paid in made if paid.told_at and since <= paid.told_at < until],
            rails=self._codes,
            currency=self._house.currency,
            now=clock.until(until),
        )
        self._house.hear_news()


def _open(wanted: Plan, hands: Sequence[Hand]) -> House:
    here = country()
    zone = ZoneInfo(str(here.zone))
    rails = {
        name: rail
        for name, kind in ((BANK, "bycontract"), (WALLET, "mtn"), (RETIRED, "airtel"))
        if (rail := Rail.objects.filter(kind=kind, active=True).order_by("position").first())
    }
    codes = ["treasury", *Beneficiary.objects.order_by("code").values_list("code", flat=True)]
    beneficiaries = list(dict.fromkeys(codes))[:3]
    if len(rails) < 3 or len(beneficiaries) < 3:
        raise NothingToPlayOn
    # As `load_country` does with a rail that the pack names no more.
    Rail.objects.filter(pk=rails[RETIRED].pk).update(active=False)
    rails[RETIRED].refresh_from_db()
    books = {name: Books(keeping.accounts(rail)[0], here.currency) for name, rail in rails.items()}
    begins = datetime.combine(wanted.first_day, datetime.min.time(), zone) - timedelta(hours=2)
    return House(
        clock=Clock(begins),
        zone=zone,
        currency=here.currency,
        staff=people.hire(at=begins),
        rails=rails,
        books=books,
        post=Post(books),
        layouts=[*csvlayout.house(), resting.wallets_layout()],
        beneficiaries=beneficiaries,
        packs=wanted.packs,
        hands=hands,
    )
