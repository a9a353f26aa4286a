"""What everybody is going to do on a bad day. Pure: one seed, one plan."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

# By trouble, how often in a hundred payments.
TROUBLES: dict[str, int] = {
    "none": 34,
    "told twice": 8,
    "told late": 8,
    "never told": 8,
    "forged": 5,  # Signed with nobody's key, or unsigned and a lie.
    "too little": 5,
    "too much": 4,
    "slip in the reference": 5,
    "transaction code as reference": 3,
    "paid twice": 5,
    "paid on two channels": 5,
    "taken back": 5,
    "taken back before it was told": 3,
    "says no": 2,
}
# What only somebody who types reference and amount herself can do.
BY_HAND = frozenset({"too little", "too much", "slip in the reference",
                     "transaction code as reference", "taken back before it was told"})  # fmt: skip
BY_PROMPT = frozenset({"says no"})
# What a twin calls it: its faults end in these words.
FAULTS = {
    "told twice": "twice",
    "told late": "late",
    "never told": "never",
    "taken back before it was told": "late",
}
AMOUNTS = (200, 500, 1000, 1500, 2500, 5000)


@dataclass(frozen=True, slots=True)
class Road:
    """One way to pay: a rail, the twin behind it, and whether its phone is asked."""

    rail: str
    twin: str
    by_prompt: bool


@dataclass(frozen=True, slots=True)
class Payer:
    number: int
    amount: int  # In whole units of the country's currency.
    road: Road
    other: Road  # A second channel, where she uses two.
    trouble: str
    at_seconds: float  # After the day has begun.
    payer: int  # Which phone.


@dataclass(frozen=True, slots=True)
class Weather:
    """
    A provider that answers nobody, or after longer than anybody waits, or errs, for a while.

    Where it errs, two answers of three are 500, and half of those hide something that was done.
    """

    twin: str
    what: str  # "down", "slow" or "errs".
    from_seconds: float
    for_seconds: float


def payers(roads: Sequence[Road], *, seed: int, payments: int, seconds: float) -> list[Payer]:
    """Return the payers in the order in which they pay, over so many seconds."""
    chance = random.Random(f"payers {seed}")  # noqa: S311
    return [
        _payer(chance, roads, number, seconds * number / payments) for number in range(payments)
    ]


def _payer(chance: random.Random, roads: Sequence[Road], number: int, at: float) -> Payer:
    trouble = chance.choices(list(TROUBLES), weights=list(TROUBLES.values()))[0]
    fitting = [road for road in roads if _fits(road, trouble)]
    if not fitting:
        trouble, fitting = "none", list(roads)
    road = chance.choice(fitting)
    by_hand = [one for one in roads if not one.by_prompt and one != road] or [road]
    return Payer(
        number=number,
        amount=chance.choice(AMOUNTS),
        road=road,
        other=chance.choice(by_hand),
        trouble=trouble,
        at_seconds=at + chance.uniform(0, 1),
        payer=chance.randrange(1000),
    )


def _fits(road: Road, trouble: str) -> bool:
    return not (
        (trouble in BY_HAND and road.by_prompt) or (trouble in BY_PROMPT and not road.by_prompt)
    )


def weather(roads: Sequence[Road], *, seed: int, seconds: float) -> list[Weather]:
    """Return when which network is down, slow or errs: once each, for a sixth of the day."""
    chance = random.Random(f"weather {seed}")  # noqa: S311
    return [
        Weather(twin, what, chance.uniform(0, seconds * 2 / 3), seconds / 6)
        for twin in sorted({road.twin for road in roads if road.by_prompt})
        for what in ("down", "slow", "errs")
    ]
