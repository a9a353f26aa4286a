"""Who pays on one day, and what goes wrong. Pure: one seed, one month."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

BANK, WALLET = "bank", "wallet"
# A pay bill that was given up, and that some still pay into.
RETIRED = "retired"
# Of a hundred payments.
DUPLICATES = 1.0
WRONG_REFERENCES = 0.5
WRONG_AMOUNTS = 0.2
REVERSALS = 0.1
UNNAMED = 30.0  # Of a hundred reversals: the bank does not say what it takes back.
NEVER_TOLD = 0.3  # Only the statement tells.
TOLD_TWICE = 2.0
CLAIMED = 40.0  # Of a hundred wrong references that nobody can mend: their payers come and ask.
UNPAID = 3.0
LATE = 10.0  # Of a hundred that did not pay within the term.
LATE_BY = timedelta(days=8)
# A rail whose news stops: on which day of the month, from which hour, for how many.
OUTAGES = ((6, WALLET, 9, 5), (15, BANK, 11, 8), (23, WALLET, 16, 3))
# By the day of the month: how many still pay into the retired pay bill.
TO_RETIRED = {1: 2, 4: 2, 12: 3, 20: 1}
_NOBODYS = "100000000093"
_UNMENDABLE = {"digit", "last lost", "swapped"}
AMOUNTS = (500, 1000, 1500, 2000, 2500, 5000, 10000)


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment as it really happened; `told_at` is when we hear of it, None: never by news."""

    rail: str
    id: str
    at: datetime
    amount: int
    reference: str  # As typed.
    meant: str  # Of the bill.
    told_at: datetime | None
    told_twice: bool = False
    taken_back_at: datetime | None = None
    is_unnamed: bool = False  # Taken back without a word of what it was.
    is_claimed: bool = False  # The payer comes and asks where the money is.
    troubles: tuple[str, ...] = ()

    @property
    def phone(self) -> str:
        """Of whoever paid, E.164."""
        return f"+25078{crc32(self.id.encode()) % 10**7:07d}"


@dataclass(frozen=True, slots=True)
class Chance:
    """What happens by seed; trouble happens so many times as often as the odds say."""

    draw: random.Random
    trouble: float

    def happens(self, of_a_hundred: float) -> bool:
        return self.draw.random() * 100 < of_a_hundred * self.trouble


@dataclass(frozen=True, slots=True)
class Bill:
    reference: str
    amount: int


def payments_of_a_bill(trouble: float) -> float:
    """Return how many payments come of a bill, on the average."""
    unpaid, late = (min(1, odds * trouble / 100) for odds in (UNPAID, LATE))
    return (1 - unpaid * (1 - late)) * (1 + DUPLICATES * trouble / 100)


def payments(
    bills: Sequence[Bill],
    *,
    seed: int,
    day: date,
    number: int,
    zone: ZoneInfo,
    trouble: float = 1,
) -> list[Paid]:
    """
    Return the payments of one day in the order in which they were made.

    :param number: of the day in its month, from 1
    :param trouble: how many times as likely everything is that goes wrong
    """
    chance = Chance(random.Random(f"month {seed} {day}"), trouble)  # noqa: S311
    made = [paid for bill in bills for paid in _of_bill(bill, chance, day, number, zone)]
    _pay_into_retired(made, TO_RETIRED.get(number, 0))
    return sorted(made, key=lambda paid: paid.at)


def _pay_into_retired(made: list[Paid], many: int) -> None:
    """Let the first to whom nothing else happens pay into the retired pay bill: no news comes."""
    plain = [place for place, paid in enumerate(made) if not paid.troubles]
    for place in plain[:many]:
        paid = made[place]
        made[place] = replace(
            paid,
            rail=RETIRED,
            id=f"A{paid.id[1:]}",
            told_at=None,
            troubles=("paid into the retired pay bill",),
        )


def _of_bill(bill: Bill, chance: Chance, day: date, number: int, zone: ZoneInfo) -> Iterator[Paid]:
    late_by = timedelta()
    if chance.happens(UNPAID):
        if not chance.happens(LATE):
            return
        late_by = LATE_BY
    times = 2 if chance.happens(DUPLICATES) else 1
    for turn in range(times):
        rail = chance.draw.choice((BANK, BANK, WALLET))
        # Offices and markets are open by day; some pay at night.
        second = int(min(86_390, max(60, chance.draw.gauss(13 * 3600, 4 * 3600))))
        at = datetime.combine(day, time(), zone) + timedelta(seconds=second) + late_by
        amount = bill.amount
        if chance.happens(WRONG_AMOUNTS):
            amount = max(1, amount + chance.draw.choice((-100, 100, -amount // 2)))
        reference, slip = _typed(bill.reference, chance)
        taken_back = at + timedelta(hours=chance.draw.randint(1, 20))
        is_back = chance.happens(REVERSALS)
        told_at = _told(chance, rail, at, number if not late_by else 0)
        told_twice = chance.happens(TOLD_TWICE)
        is_claimed = slip in _UNMENDABLE and chance.happens(CLAIMED / chance.trouble)
        troubles = {
            "paid twice": turn > 0,
            "paid late": bool(late_by),
            "wrong amount": amount != bill.amount,
            f"wrong reference, {slip}": bool(slip),
            "asked after by its payer": is_claimed,
            "taken back": is_back,
            "told by no message": told_at is None,
            "told twice": told_twice and told_at is not None,
        }
        yield Paid(
            rail=rail,
            id=f"{rail[0].upper()}{day:%m%d}{chance.draw.getrandbits(40):013d}",
            at=at,
            amount=amount,
            reference=reference,
            meant=bill.reference,
            told_at=told_at,
            told_twice=told_twice,
            taken_back_at=taken_back if is_back else None,
            is_unnamed=is_back and chance.happens(UNNAMED),
            is_claimed=is_claimed,
            troubles=tuple(name for name, happened in troubles.items() if happened),
        )


def _typed(reference: str, chance: Chance) -> tuple[str, str]:
    """Return the reference as the payer typed it, and what is wrong with it."""
    if not chance.happens(WRONG_REFERENCES):
        return reference, ""
    slip = chance.draw.choice(("digit", "digit", "first lost", "last lost", "swapped", "in a text"))
    if slip == "first lost":
        return reference[1:], slip
    if slip == "last lost":
        return reference[:-1], slip
    if slip == "in a text":
        # Two runs of twelve, of which one is a bill's.
        return f"{reference} {_NOBODYS}", slip
    place = chance.draw.randrange(2, 10)
    if slip == "digit":
        other = str((int(reference[place]) + chance.draw.randint(1, 9)) % 10)
        return reference[:place] + other + reference[place + 1 :], slip
    swapped = reference[place + 1] + reference[place]
    return reference[:place] + swapped + reference[place + 2 :], slip


def _told(chance: Chance, rail: str, at: datetime, number: int) -> datetime | None:
    if chance.happens(NEVER_TOLD):
        return None
    for day, silent, hour, hours in OUTAGES:
        if (day, silent) == (number, rail) and hour <= at.hour < hour + hours:
            # What the provider kept comes in one go; half of it is lost.
            if chance.draw.random() < 0.5:
                return None
            back = at.replace(hour=min(23, hour + hours), minute=0, second=0)
            return back + timedelta(seconds=chance.draw.randint(1, 3000))
    return at + timedelta(seconds=chance.draw.randint(1, 20))
