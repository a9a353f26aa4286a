"""The balance beside the rows of a CSV statement: its direction, its ends and its jumps."""

from dataclasses import dataclass
from datetime import datetime

from .base import Entry


@dataclass(frozen=True, slots=True)
class Found:
    """A row that is an entry, with the balance beside it where there is one."""

    entry: Entry
    moment: datetime
    balance_minor: int | None
    has_known_status: bool


def oldest_first(found: list[Found]) -> list[Found]:
    """Return the rows from old to new: by the file's dates, and where all are one, by balances."""
    if len(found) < 2:
        return found
    first, last = found[0].moment, found[-1].moment
    backwards = found[::-1]
    if first == last:
        return backwards if follow(backwards)[2] and not follow(found)[2] else found
    return backwards if first > last else found


def follow(ordered: list[Found]) -> tuple[int | None, int | None, bool]:
    """
    Follow the balance beside the rows: opening, closing, and whether it never jumps.

    Rows without a balance are summed until the next that has one; when the last booked rows have
    none, the closing balance is not known.
    """
    opening = closing = None
    is_continuous = True
    since = 0
    for each in ordered:
        if not each.entry.is_booked:
            continue
        since += each.entry.amount_minor
        if each.balance_minor is None:
            continue
        if closing is None:
            opening = each.balance_minor - since
        elif closing + since != each.balance_minor:
            is_continuous = False
        closing, since = each.balance_minor, 0
    ends_told = bool(ordered) and since == 0
    return opening, closing if ends_told else None, is_continuous
