"""What goes into the engine and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from payments.gateways.base import Told


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """One piece of evidence: money that moved, who told it and where that can be read again."""

    rail_id: int
    told: Told
    source: str  # A `states.Source`; with `source_id` and `source_at` it finds the words.
    source_id: int
    source_at: datetime
    # A debit of a collection that nobody has told of yet waits for it, but not for ever.
    last_try: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """What a batch came to. Of the `movements`, all new, `debits` are no credits."""

    movements: int = 0
    bills_paid: int = 0
    bills_part_paid: int = 0
    suspended: int = 0
    evidence: int = 0
    differences: int = 0
    debits: int = 0
    bills_reopened: int = 0
    unexplained: int = 0
    # Positions of tellings that were left out: their original is not known yet.
    waiting: tuple[int, ...] = ()


def sum_up(parts: Sequence[Posted]) -> Posted:
    """Return what the parts of a batch came to together."""
    return Posted(
        movements=sum(one.movements for one in parts),
        bills_paid=sum(one.bills_paid for one in parts),
        bills_part_paid=sum(one.bills_part_paid for one in parts),
        suspended=sum(one.suspended for one in parts),
        evidence=sum(one.evidence for one in parts),
        differences=sum(one.differences for one in parts),
        debits=sum(one.debits for one in parts),
        bills_reopened=sum(one.bills_reopened for one in parts),
        unexplained=sum(one.unexplained for one in parts),
        waiting=tuple(sorted(position for one in parts for position in one.waiting)),
    )
