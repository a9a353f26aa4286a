"""
Which line of a statement tells of which movement that we know already. Pure.

A bank often tells a payment twice under two names: by its callback's id when it happens, and by
the account's own id when the statement is written. If the second were taken for a second payment,
the payer would be credited, and the money proposed for refund, twice. So a line is evidence of a
movement that was told before: by any of the bank's ids that both carry and, where they share none,
by reference, amount and currency within three days, the first line for the first such movement, the
second for the second; an id that the payer chose tells which of such equals it is, and no more.
A movement is told by one line of its account at the most: two lines that look the same are two
payments, and where only one has been told, the other is new.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from payments.operations.importing.lines import Line
from payments.states import Leg

APART_DAYS_MAX = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """A movement that the ledger knows, by one of its ids or by its bill."""

    movement_id: int
    leg: str
    external_id: str
    amount_minor: int
    currency: str
    has_line: bool  # A line of such a statement tells of it already.


@dataclass(frozen=True, slots=True)
class Sighted:
    """A movement that says what a line says, and the local day on which it happened."""

    position: int  # Of the line.
    movement_id: int
    external_id: str
    day: date


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge that no line has told, its local day and the id of what it is for ("": unknown)."""

    movement_id: int
    external_id: str
    amount_minor: int
    currency: str
    day: date
    original_id: str


def by_ids(
    lines: Sequence[Line], seen: Mapping[str, Sequence[Seen]], legs: Mapping[str, Sequence[str]]
) -> set[int]:
    """
    Match lines and movements that share an id; return the movements that are taken.

    An id, a leg and the same amount are proof. With another amount only the bank's best id is: it
    is the same money, told in two ways, and the engine notes the difference.

    :param legs: under which legs a line of a leg may be known
    """
    taken: set[int] = set()
    for is_exact in (True, False):
        for line in lines:
            if line.is_known:
                continue
            names = (*line.ids, line.own_id) if is_exact else line.ids[:1]
            for one in _alike(line, names, seen, legs):
                if one.movement_id not in taken and (
                    not is_exact or one.amount_minor == abs(line.amount_minor)
                ):
                    match(line, one.external_id)
                    taken.add(one.movement_id)
                    break
    return taken


def _alike(
    line: Line,
    names: Iterable[str],
    seen: Mapping[str, Sequence[Seen]],
    legs: Mapping[str, Sequence[str]],
) -> Iterable[Seen]:
    return (
        one
        for name in names
        for one in seen.get(name, ())
        if not one.has_line and one.currency == line.currency and one.leg in legs[line.leg or ""]
    )


def by_sight(lines: Sequence[Line], sighted: Iterable[Sighted], taken: set[int]) -> None:
    """
    Match the n-th line with the n-th movement that says the same, at most three days apart.

    :param sighted: by line, movements in the order in which they happened
    """
    found = defaultdict(list)
    for one in sighted:
        found[one.position].append(one)
    for position in sorted(found, key=lambda each: (lines[each].booked_day, each)):
        line = lines[position]
        # A stable order: what the payer's id names first, the others as they happened.
        for one in sorted(found[position], key=lambda each: each.external_id not in line.payer_ids):
            apart = abs(one.day - line.booked_day)
            if one.movement_id not in taken and apart <= timedelta(days=APART_DAYS_MAX):
                match(line, one.external_id)
                taken.add(one.movement_id)
                break


def charges(lines: Sequence[Line], known: Sequence[Charge], taken: set[int]) -> None:
    """
    Match charges that were told under other ids: of the same collection, then of the same amount.

    Banks often book a charge under an id of its own and do not say what it is for. Nobody's bill
    hangs on it: the n-th line is the n-th such charge that no other line has taken, at most three
    days apart.

    :param known: in the order in which they happened
    """
    collections = {one.original_id for one in known if one.original_id}
    for is_named in (True, False):
        left: dict[tuple[object, ...], deque[Charge]] = defaultdict(deque)
        for one in known:
            if one.movement_id not in taken:
                name = one.original_id if is_named else ""
                left[name, one.currency, one.amount_minor].append(one)
        asked = [line for line in lines if line.leg is Leg.CHARGE and not line.is_known]
        for line in sorted(asked, key=lambda each: each.booked_day):
            is_of_one = line.original_id in collections
            if is_of_one is not is_named:
                continue
            name = line.original_id if is_named else ""
            found = left[name, line.currency, -line.amount_minor]
            _take_charge(line, found, taken)


def _take_charge(line: Line, found: deque[Charge], taken: set[int]) -> None:
    apart = timedelta(days=APART_DAYS_MAX)
    # Lines come by their days: what is too old for this one is too old for the next.
    while found and found[0].day < line.booked_day - apart:
        found.popleft()
    if found and found[0].day <= line.booked_day + apart:
        one = found.popleft()
        match(line, one.external_id)
        taken.add(one.movement_id)


def match(line: Line, external_id: str) -> None:
    """Take the line for what the ledger knows by this id; a name of the bank's own is kept."""
    if line.external_id in line.ids and line.external_id != external_id:
        line.other_ids = (*line.other_ids, line.external_id)
    line.is_known, line.external_id = True, external_id


def name(
    lines: Sequence[Line], seen: Mapping[str, Sequence[Seen]], legs: Mapping[str, Sequence[str]]
) -> None:
    """
    Give every line that is new an id that is its own, and each its other names.

    The bank's best id, if no other movement of its kind has it: a payer may choose the same text as
    another, and a bank repeat its own. Else an id made of what the line says.
    """
    given: set[tuple[str, str]] = set()
    for line in lines:
        alike = legs[line.leg or ""]
        free = [
            each
            for each in dict.fromkeys(line.ids)
            if not any((leg, each) in given for leg in alike)
            and not any(one.leg in alike for one in seen.get(each, ()))
        ]
        if not line.external_id:
            line.external_id = free[0] if free else line.own_id
        line.other_ids = tuple(each for each in free if each != line.external_id)
        given.update((line.leg or "", each) for each in (line.external_id, *line.other_ids))
