"""
Which lines that came in are sweeps of ours that arrive, or that have arrived. What decides is pure.

A sweep arrives once, and is told as often as a payment is: by an advice, by a statement, by a
notification. What tells of an arrival again is evidence of it and no money of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from payments import sql
from payments.models import Rail
from payments.operations.importing import pairing
from payments.operations.importing.lines import Line
from payments.operations.importing.pairing import Seen
from payments.states import Leg

SWEEP_DAYS_MAX = 5


@dataclass(frozen=True, slots=True)
class Sweep:
    """
    A sweep that a line may be, by its own id.

    `day`: on which it left; where it has arrived by another road, and no line of this kind tells
    of that yet, on which it arrived.
    """

    external_id: str
    amount_minor: int
    day: date
    has_arrived: bool

    def fits(self, line: Line) -> bool:
        """Say whether the line is of the day: up to five after it left, three from its arrival."""
        days = (line.booked_day - self.day).days
        if self.has_arrived:
            return abs(days) <= pairing.APART_DAYS_MAX
        return 0 <= days <= SWEEP_DAYS_MAX


def find(
    lines: Sequence[Line],
    seen: Mapping[str, Sequence[Seen]],
    rail: Rail,
    zone: ZoneInfo,
    *,
    is_advice: bool,
    words: Callable[[Line], Sequence[str]],
) -> None:
    """Take credits for arrivals; read what the lines say of themselves, and forget it."""
    credits_ = [line for line in lines if line.leg is Leg.CREDIT]
    if not credits_:
        return
    days = [line.booked_day for line in credits_]
    rows = sql.run(
        "statement_sweeps",
        rail_id=rail.pk,
        currency=rail.currency,
        is_advice=is_advice,
        zone=zone.key,
        left_from=min(days) - timedelta(days=SWEEP_DAYS_MAX),
        came_from=min(days) - timedelta(days=pairing.APART_DAYS_MAX),
        until=max(days) + timedelta(days=pairing.APART_DAYS_MAX),
    )
    pair(credits_, [Sweep(*row) for row in rows], seen, words)
    for line in credits_:
        line.texts = ()  # Read, and a burden in a large file.


def pair(
    lines: Sequence[Line],
    sweeps: Sequence[Sweep],
    seen: Mapping[str, Sequence[Seen]],
    words: Callable[[Line], Sequence[str]],
) -> None:
    """
    Take a credit for a sweep's arrival: it names the sweep, has the arrival's id, or is marked so.

    Each of them before the next, of the same amount, and one line for one sweep. A mark alone is
    of a sweep that arrived before it is of one under way; of several under way it proves nothing.
    Nor does an equal amount: such a credit stands in suspense for a person. So does one that was
    told before its sweep was known, and is told again: it is posted, and two people say what it is.
    """
    left: dict[int, list[Sweep]] = defaultdict(list)
    for sweep in sweeps:
        left[sweep.amount_minor].append(sweep)
    free = [line for line in lines if line.amount_minor in left and not _is_told(line, seen)]

    for line in free:
        said = set(words(line))
        named = [one for one in _fitting(line, left) if one.external_id in said]
        if len(named) == 1:
            _take(line, named[0], left)
    for line in free:
        ids = _arrived_by_id(line, seen) if line.leg is Leg.CREDIT else set()
        same = [one for one in left[line.amount_minor] if one.has_arrived]
        if found := next((one for one in same if one.external_id in ids), None):
            _take(line, found, left)
    for line in free:
        if line.leg is Leg.CREDIT and line.kind == "sweep":
            fits = _fitting(line, left)
            meant = [one for one in fits if one.has_arrived][:1] or fits
            if len(meant) == 1:
                _take(line, meant[0], left)


def _fitting(line: Line, left: Mapping[int, Sequence[Sweep]]) -> list[Sweep]:
    return [one for one in left[line.amount_minor] if one.fits(line)]


def _take(line: Line, sweep: Sweep, left: Mapping[int, list[Sweep]]) -> None:
    line.leg, line.external_id, line.is_known = Leg.TRANSFER, sweep.external_id, sweep.has_arrived
    left[line.amount_minor].remove(sweep)


def _names(line: Line, seen: Mapping[str, Sequence[Seen]]) -> Iterable[Seen]:
    return (
        one
        for name in (*line.ids, line.own_id)
        for one in seen.get(name, ())
        if one.amount_minor == line.amount_minor and not one.has_line
    )


def _arrived_by_id(line: Line, seen: Mapping[str, Sequence[Seen]]) -> set[str]:
    return {one.external_id for one in _names(line, seen) if one.leg == Leg.TRANSFER}


def _is_told(line: Line, seen: Mapping[str, Sequence[Seen]]) -> bool:
    """Whether it tells again, by one of its ids, of money that is posted as a collection."""
    return any(one.leg == Leg.CREDIT for one in _names(line, seen))
