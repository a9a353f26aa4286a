"""The engine: from collections to movements, journals, allocations and news."""

from collections.abc import Sequence
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
    [(movements, paid, part_paid, suspended)] = sql.run(
        "post_collections",
        rows=len(tellings),
        position=list(range(len(tellings))),
        reference=[collection.reference for collection in collections],
        occurred_at=[collection.occurred_at for collection in collections],
        business_day=days,
        attempt_id=[aim.attempt_id for aim in aims],
        bill_id=[aim.bill_id for aim in aims],
        heir_id=[aim.heir_id for aim in aims],
        at=at,
        **told,
    )
    [(evidence, differences)] = sql.run(
        "keep_evidence",
        rows=len(tellings),
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


def _hold_days(moments: list[datetime], *, at: datetime) -> list[date]:
    zone = country().zone
    today = at.astimezone(zone).date()
    wanted = [min(moment.astimezone(zone).date(), today) for moment in moments]
    opened = _open_days(wanted, today)
    if not any(day >= today for day in opened):
        ledger.open_days_ahead(now=at)
        opened = _open_days(wanted, today)
    # Money of a day that is closed, or older than the ledger, stands on the first open day.
    late = min((day for day in opened if day >= today), default=None)
    if late is None:
        raise NoOpenDay(today.isoformat())
    return [day if day in opened else late for day in wanted]


def _open_days(wanted: list[date], today: date) -> set[date]:
    return {day for (day,) in sql.run("hold_days", day=sorted(set(wanted)), today=today)}


def _hold_bills(collections: list[Collection]) -> list[_Aim]:
    told: list[str] = [references.normalise(c.reference) or "" for c in collections]
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
