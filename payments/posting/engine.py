"""The engine: from collections to movements, journals, allocations and news."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from kernel import outbox, references
from kernel.country import country
from payments import ledger, sql
from payments.gateways.base import Collection

_LOCK_ROUNDS_MAX = 16


class NoOpenDay(Exception):
    """No ledger day from today on is open, and none could be opened."""


class BillsKeptChanging(Exception):
    """The bills were replaced again and again while we waited for their locks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """One piece of evidence: a collection, who told it and where that can be read again."""

    rail_id: int
    collection: Collection
    source: str  # "message": `source_id` and `source_at` find the inbound message.
    source_id: int
    source_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    movements: int
    bills_paid: int
    bills_part_paid: int
    suspended: int
    evidence: int
    differences: int


class _Aim(NamedTuple):
    attempt_id: int | None
    bill_id: int | None
    heir_id: int | None
    is_expired: bool  # The heir, before this batch.


def post(tellings: Sequence[Telling], *, at: datetime) -> Posted:
    """
    Post what is new of these collections, keep all of it as evidence, publish what follows.

    Inside the caller's transaction. A movement that is known already, or told twice here, is
    posted once; a telling that differs from it is noted as a difference.

    :raises kernel.outbox.NotInTransaction: outside `transaction.atomic()`
    :raises NoOpenDay: if there is no day to post on
    """
    if not connection.in_atomic_block:
        raise outbox.NotInTransaction
    if not tellings:
        return Posted(
            movements=0, bills_paid=0, bills_part_paid=0, suspended=0, evidence=0, differences=0
        )
    collections = [telling.collection for telling in tellings]
    told: dict[str, list[Any]] = {
        "rail_id": [telling.rail_id for telling in tellings],
        "external_id": [collection.external_id for collection in collections],
        "currency": [collection.currency for collection in collections],
        "amount_minor": [collection.amount_minor for collection in collections],
    }
    ledger.open_rail_accounts(zip(told["rail_id"], told["currency"], strict=True))
    days = _hold_days([collection.occurred_at for collection in collections], at=at)
    aims = _hold_bills(collections)
    whole: dict[str, list[Any]] = {
        **told,
        "position": list(range(len(tellings))),
        "reference": [collection.reference for collection in collections],
        "occurred_at": [collection.occurred_at for collection in collections],
        "business_day": days,
        "attempt_id": [aim.attempt_id for aim in aims],
        "bill_id": [aim.bill_id for aim in aims],
        "heir_id": [aim.heir_id for aim in aims],
    }
    counts = [_post_piece(whole, piece, at=at) for piece in _pieces(aims)]
    movements, paid, part_paid, suspended = map(sum, zip(*counts, strict=True))
    references_told = [_digits(collection.reference) for collection in collections]
    [(evidence, differences)] = sql.run(
        "keep_evidence",
        rows=len(tellings),
        reference=references_told,
        # What is all new is known by what it tells.
        known_reference=references_told if movements == len(tellings) else _known_references(told),
        source=[telling.source for telling in tellings],
        source_id=[telling.source_id for telling in tellings],
        source_at=[telling.source_at for telling in tellings],
        at=at,
        **told,
    )
    if movements:
        outbox.wake_after_commit()
    return Posted(
        movements=movements,
        bills_paid=paid,
        bills_part_paid=part_paid,
        suspended=suspended,
        evidence=evidence,
        differences=differences,
    )


def _pieces(aims: list[_Aim]) -> Iterator[slice]:
    """
    Cut the batch where a rule asks what earlier tellings of it have left of a bill.

    The due of a successor and the state of an expired bill decide on the whole of the money, and
    one statement sees them as they were before it. Other batches stay whole.
    """
    start, aimed_at = 0, set[int | None]()
    for position, aim in enumerate(aims):
        if (aim.heir_id != aim.bill_id or aim.is_expired) and aim.heir_id in aimed_at:
            yield slice(start, position)
            start, aimed_at = position, set()
        aimed_at.add(aim.heir_id)
    yield slice(start, len(aims))


def _post_piece(
    whole: dict[str, list[Any]], piece: slice, *, at: datetime
) -> tuple[int, int, int, int]:
    values = {column: rows[piece] for column, rows in whole.items()}
    [(movements, paid, part_paid, suspended)] = sql.run(
        "post_collections", rows=len(values["position"]), at=at, **values
    )
    return movements, paid, part_paid, suspended


def _known_references(told: dict[str, list[Any]]) -> list[str]:
    rows = sql.run(
        "known_references",
        rows=len(told["rail_id"]),
        position=list(range(len(told["rail_id"]))),
        rail_id=told["rail_id"],
        external_id=told["external_id"],
    )
    return [_digits(reference) for _, reference in rows]


def _digits(reference: str) -> str:
    return references.normalise(reference) or ""


def _hold_days(moments: list[datetime], *, at: datetime) -> list[date]:
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


def _hold_bills(collections: list[Collection]) -> list[_Aim]:
    told = [_digits(collection.reference) for collection in collections]
    keys: list[UUID | None] = [collection.attempt_key for collection in collections]
    for _ in range(_LOCK_ROUNDS_MAX):
        rows = sql.run(
            "hold_bills",
            rows=len(collections),
            position=list(range(len(collections))),
            reference=told,
            attempt_key=keys,
        )
        if not any(is_outdated for *_, is_outdated in rows):
            return [_Aim(*aim) for _, *aim, _ in rows]
    raise BillsKeptChanging
