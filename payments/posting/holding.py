"""What a batch takes hold of before it posts, days and bills; and the ids that we know."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from kernel import references
from kernel.country import country
from payments import ledger, sql
from payments.gateways.base import Collection

_LOCK_ROUNDS_MAX = 16


class NoOpenDay(Exception):
    """No ledger day from today on is open, and none could be opened."""


class BillsKeptChanging(Exception):
    """The bills were replaced again and again while we waited for their locks."""


class Aim(NamedTuple):
    attempt_id: int | None
    bill_id: int | None
    heir_id: int | None
    is_expired: bool  # The heir, before this batch.


class Alias(NamedTuple):
    """What another name leads to: a collection by its own id, and what it brought."""

    external_id: str
    currency: str
    amount_minor: int


def hold_days(moments: Sequence[datetime], *, at: datetime) -> list[date]:
    """
    Return the day on which each moment's money stands: its own if that is open, else the next.

    :raises NoOpenDay: if there is no day to post on
    """
    zone = country().zone
    today = at.astimezone(zone).date()
    wanted = [min(moment.astimezone(zone).date(), today) for moment in moments]
    days = _held_days(wanted, today)
    if today not in days or not any(days[day] for day in days if day >= today):
        ledger.open_days_ahead(now=at)
        days = _held_days(wanted, today)
    opened = {day for day, is_open in days.items() if is_open}
    # Money of a day that is closed, or older than the ledger, stands on the first open day.
    late = min((day for day in opened if day >= today), default=None)
    if late is None:
        raise NoOpenDay(today.isoformat())
    return [day if day in opened else late for day in wanted]


def _held_days(wanted: list[date], today: date) -> dict[date, bool]:
    """Return, of the days that the ledger has, which are open."""
    rows = sql.run("hold_days", day=sorted(set(wanted)), today=today)
    return {day: bool(is_open) for day, is_open in rows}


def hold_bills(collections: Sequence[Collection], *, also: Sequence[str] = ()) -> list[Aim]:
    """
    Hold the bills that collections name, and those with the references `also`, by their ids.

    :raises BillsKeptChanging: if the bills do not come to rest
    """
    told = [digits(collection.reference) for collection in collections] + list(also)
    keys: list[UUID | None] = [collection.attempt_key for collection in collections]
    keys += [None] * len(also)
    for _ in range(_LOCK_ROUNDS_MAX):
        rows = sql.run(
            "hold_bills",
            rows=len(told),
            position=list(range(len(told))),
            reference=told,
            attempt_key=keys,
        )
        if not any(is_outdated for *_, is_outdated in rows):
            return [Aim(*aim) for _, *aim, _ in rows[: len(collections)]]
    raise BillsKeptChanging


def known_names(ids: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Alias]:
    """
    Return, of (rail id, external id), those that are other names of a collection, each with
    what the ledger knows of that.
    """
    asked = list(dict.fromkeys(ids))
    rows = sql.run(
        "known_names",
        rows=len(asked),
        position=list(range(len(asked))),
        rail_id=[rail_id for rail_id, _ in asked],
        external_id=[external_id for _, external_id in asked],
    )
    return {asked[position]: Alias(*known) for position, *known in rows}


def known_collections(ids: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return, of (rail id, external id), those that are a collection's own."""
    asked = list(dict.fromkeys(ids))
    rows = sql.run(
        "known_collections",
        rows=len(asked),
        position=list(range(len(asked))),
        rail_id=[rail_id for rail_id, _ in asked],
        external_id=[external_id for _, external_id in asked],
    )
    return {asked[position] for (position,) in rows}


def digits(reference: str) -> str:
    return references.normalise(reference) or ""
