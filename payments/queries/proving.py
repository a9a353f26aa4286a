"""The way of money, of a bill or a movement: bytes, movement, journal, allocation, remittance."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from payments.models import Evidence, InboundMessage, Movement, StatementLine, SuspenseItem
from payments.queries import journals
from payments.queries.bills import BillView, bill
from payments.queries.journals import JournalView
from payments.states import Source

T = TypeVar("T")

# What came for a bill; what paid its refunds, and the batches that took it to its beneficiaries.
_MOVEMENTS = """
    WITH given AS (
        SELECT a.id, a.movement_id FROM payments_allocation a
        JOIN payments_bill_line l ON l.id = a.line_id WHERE l.bill_id = %s
    )
    SELECT g.movement_id FROM given g
    UNION SELECT s.movement_id FROM payments_suspense_item s WHERE s.bill_id = %s
    UNION SELECT m.id FROM payments_movement m
        JOIN payments_refund f ON f.id = m.refund_id WHERE f.bill_id = %s
    UNION SELECT m.id FROM payments_movement m
        JOIN payments_remittance_line b ON b.remittance_id = m.remittance_id
        JOIN given g ON g.id = b.allocation_id
"""


class NoMovement(Exception):
    """No movement has this id."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """
    One piece of evidence. A message's bytes are the provider's and may name a payer; those of a
    statement's line stand in its file (`queries.evidence`), and `sha256` is the file's.
    """

    source: str
    source_id: int
    seen_at: datetime
    kind: str
    auth: str
    sha256: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Share:
    """What a movement gave to a line of a bill, and the batch that took it to its beneficiary."""

    bill_id: int
    reference: str
    line_no: int
    charge_key: str
    revenue_code: str
    beneficiary_code: str
    journal_id: int
    amount_minor: int
    remittance_key: UUID | None
    remittance_number: str
    remittance_state: str


@dataclass(frozen=True, slots=True)
class Suspended:
    reason: str
    amount_minor: int
    journal_id: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class MovementProof:
    movement_id: int
    rail_code: str
    external_id: str
    leg: str
    currency: str
    amount_minor: int
    reference: str
    occurred_at: datetime
    first_heard_at: datetime
    original_id: int | None
    sightings: tuple[Sighting, ...]
    entries: tuple[JournalView, ...]
    shares: tuple[Share, ...]
    suspended: tuple[Suspended, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    bill: BillView
    movements: tuple[MovementProof, ...]


def proof(bill_id: int) -> Proof:
    """
    Return all money that came for a bill and where each part of it went; with eleven queries.

    With what its refunds paid out, and what paid the batches that took it to its beneficiaries.

    :raises NoBill: if there is none
    """
    view = bill(bill_id)
    ids = RawSQL(_MOVEMENTS, [bill_id] * 3)  # noqa: S611 - nothing of it is typed by anybody.
    return Proof(bill=view, movements=_proofs(Movement.objects.filter(pk__in=ids), bill_id))


def of_movement(movement_id: int) -> MovementProof:
    """
    Return who told of a movement and where its money went, for whichever bills.

    :raises NoMovement: if there is none
    """
    found = _proofs(Movement.objects.filter(pk=movement_id))
    if not found:
        raise NoMovement(movement_id)
    return found[0]


def _proofs(found: QuerySet[Movement], bill_id: int | None = None) -> tuple[MovementProof, ...]:
    movements = list(found.select_related("rail").order_by("id"))
    ids = [movement.pk for movement in movements]
    sightings, entries = _sightings(ids), journals.of_movements(ids)
    shares = _shares(ids, bill_id)
    suspended = _by_movement(
        (
            row.movement_id,
            Suspended(row.reason, row.amount_minor, row.journal_id, row.opened_at),
        )
        for row in SuspenseItem.objects.filter(movement_id__in=ids).order_by("id")
    )
    return tuple(
        MovementProof(
            movement_id=movement.pk,
            rail_code=movement.rail.code,
            external_id=movement.external_id,
            leg=movement.leg,
            currency=movement.currency,
            amount_minor=movement.amount_minor,
            reference=movement.reference,
            occurred_at=movement.occurred_at,
            first_heard_at=movement.first_heard_at,
            original_id=movement.original_id,
            sightings=tuple(sightings[movement.pk]),
            entries=tuple(entries[movement.pk]),
            shares=tuple(shares[movement.pk]),
            suspended=tuple(suspended[movement.pk]),
        )
        for movement in movements
    )


def _sightings(movement_ids: Sequence[int]) -> dict[int, list[Sighting]]:
    evidence = list(
        Evidence.objects.filter(movement_id__in=movement_ids).order_by("source_at", "source_id")
    )
    told = [each for each in evidence if each.source == Source.MESSAGE]
    # The times lead to the partitions.
    messages = {
        message.pk: message
        for message in InboundMessage.objects.filter(
            pk__in=[each.source_id for each in told],
            received_at__in={each.source_at for each in told},
        )
    }
    lines = {
        line.pk: line
        for line in StatementLine.objects.filter(
            pk__in=[each.source_id for each in evidence if each.source == Source.STATEMENT]
        )
        .select_related("statement__file")
        .defer("statement__file__body")
    }
    return _by_movement(
        (each.movement_id, _sighting(each, messages, lines))
        for each in evidence
        if each.source_id in (messages if each.source == Source.MESSAGE else lines)
    )


def _sighting(
    each: Evidence, messages: dict[int, InboundMessage], lines: dict[int, StatementLine]
) -> Sighting:
    if each.source == Source.STATEMENT:
        statement = lines[each.source_id].statement
        return Sighting(
            source=each.source,
            source_id=each.source_id,
            seen_at=each.source_at,
            kind=statement.format,
            auth="",
            sha256=bytes(statement.file.sha256).hex(),
            body=b"",
        )
    message = messages[each.source_id]
    return Sighting(
        source=each.source,
        source_id=each.source_id,
        seen_at=each.source_at,
        kind=message.kind,
        auth=message.auth,
        sha256=bytes(message.body_sha256).hex(),
        body=bytes(message.body),
    )


def _shares(movement_ids: Sequence[int], bill_id: int | None) -> dict[int, list[Share]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.movement_id, l.bill_id, b.reference, l.line_no, l.charge_key,"
            " l.revenue_code, receiver.code, a.journal_id, a.amount_minor, r.key,"
            " coalesce(r.number, ''), coalesce(r.state, '')"
            " FROM payments_allocation a"
            " JOIN payments_bill_line l ON l.id = a.line_id"
            " JOIN payments_bill b ON b.id = l.bill_id"
            " JOIN places_beneficiary receiver ON receiver.id = l.beneficiary_id"
            " LEFT JOIN payments_remittance_line batched ON batched.allocation_id = a.id"
            " LEFT JOIN payments_remittance r ON r.id = batched.remittance_id"
            " WHERE a.movement_id = ANY (%s) AND l.bill_id = coalesce(%s, l.bill_id)"
            " ORDER BY b.id, l.line_no, a.id",
            [list(movement_ids), bill_id],
        )
        return _by_movement((row[0], Share(*row[1:])) for row in cursor.fetchall())


def _by_movement(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    grouped: dict[int, list[T]] = defaultdict(list)
    for movement_id, what in pairs:
        grouped[movement_id].append(what)
    return grouped
