"""The way of the money of one bill: bytes, movement, journal, allocation."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Q

from payments.models import (
    Allocation,
    Evidence,
    InboundMessage,
    Journal,
    Movement,
    Posting,
    SuspenseItem,
)
from payments.queries.bills import BillView, bill

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One piece of evidence; the bytes are the provider's and may name a payer."""

    source: str
    source_id: int
    seen_at: datetime
    kind: str
    auth: str
    sha256: str
    body: bytes


@dataclass(frozen=True, slots=True)
class EntryLine:
    account_code: str
    currency: str
    amount_minor: int  # Debit is positive.


@dataclass(frozen=True, slots=True)
class Entry:
    journal_id: int
    business_day: date
    posted_at: datetime
    lines: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True)
class Share:
    line_no: int
    journal_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Suspended:
    reason: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class MovementProof:
    movement_id: int
    rail_code: str
    external_id: str
    currency: str
    amount_minor: int
    occurred_at: datetime
    sightings: tuple[Sighting, ...]
    entries: tuple[Entry, ...]
    shares: tuple[Share, ...]
    suspended: tuple[Suspended, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    bill: BillView
    movements: tuple[MovementProof, ...]


def proof(bill_id: int) -> Proof:
    """
    Return all money that came for a bill and where each part of it went; with eight queries.

    :raises NoBill: if there is none
    """
    view = bill(bill_id)
    movements = list(
        Movement.objects.filter(
            Q(allocations__line__bill_id=bill_id) | Q(suspense_items__bill_id=bill_id)
        )
        .select_related("rail")
        .distinct()
        .order_by("id")
    )
    ids = [movement.pk for movement in movements]
    sightings, entries = _sightings(ids), _entries(ids)
    shares = _by_movement(
        (row.movement_id, Share(row.line.line_no, row.journal_id, row.amount_minor))
        for row in Allocation.objects.filter(movement_id__in=ids, line__bill_id=bill_id)
        .select_related("line")
        .order_by("line__line_no", "id")
    )
    suspended = _by_movement(
        (row.movement_id, Suspended(row.reason, row.amount_minor))
        for row in SuspenseItem.objects.filter(movement_id__in=ids).order_by("id")
    )
    return Proof(
        bill=view,
        movements=tuple(
            MovementProof(
                movement_id=movement.pk,
                rail_code=movement.rail.code,
                external_id=movement.external_id,
                currency=movement.currency,
                amount_minor=movement.amount_minor,
                occurred_at=movement.occurred_at,
                sightings=tuple(sightings[movement.pk]),
                entries=tuple(entries[movement.pk]),
                shares=tuple(shares[movement.pk]),
                suspended=tuple(suspended[movement.pk]),
            )
            for movement in movements
        ),
    )


def _sightings(movement_ids: list[int]) -> defaultdict[int, list[Sighting]]:
    evidence = list(
        Evidence.objects.filter(movement_id__in=movement_ids, source="message").order_by(
            "source_at", "source_id"
        )
    )
    # The times lead to the partitions.
    messages = {
        message.pk: message
        for message in InboundMessage.objects.filter(
            pk__in=[each.source_id for each in evidence],
            received_at__in={each.source_at for each in evidence},
        )
    }
    return _by_movement(
        (
            each.movement_id,
            Sighting(
                source=each.source,
                source_id=each.source_id,
                seen_at=each.source_at,
                kind=messages[each.source_id].kind,
                auth=messages[each.source_id].auth,
                sha256=bytes(messages[each.source_id].body_sha256).hex(),
                body=bytes(messages[each.source_id].body),
            ),
        )
        for each in evidence
    )


def _entries(movement_ids: list[int]) -> defaultdict[int, list[Entry]]:
    journals = list(
        Journal.objects.filter(kind="collection", subject_id__in=movement_ids).order_by("id")
    )
    lines: defaultdict[int, list[EntryLine]] = defaultdict(list)
    for row in (
        Posting.objects.filter(journal__in=journals)
        .select_related("account")
        .order_by("journal_id", "line_no")
    ):
        lines[row.journal_id].append(EntryLine(row.account.code, row.currency, row.amount_minor))
    return _by_movement(
        (
            journal.subject_id,
            Entry(
                journal_id=journal.pk,
                business_day=journal.business_day_id,
                posted_at=journal.posted_at,
                lines=tuple(lines[journal.pk]),
            ),
        )
        for journal in journals
    )


def _by_movement(pairs: Iterable[tuple[int, T]]) -> defaultdict[int, list[T]]:
    grouped: defaultdict[int, list[T]] = defaultdict(list)
    for movement_id, what in pairs:
        grouped[movement_id].append(what)
    return grouped
