"""Lines into the ledger: told to the engine, and kept with what became of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from django.db import connection

from kernel.country import country
from payments import posting, sql
from payments.gateways.base import Collection
from payments.models import Movement, Rail
from payments.models import Statement as Row
from payments.operations.importing import matching
from payments.operations.importing.hands import Hands
from payments.operations.importing.lines import Line
from payments.states import Leg, LineFate, Source

# A batch's columns are in memory as lists and as the text that is sent.
BATCH_MAX = 20_000

_COPY = (
    "COPY payments_statement_line (id, statement_id, line_no, rail_id, account, is_advice,"
    " fingerprint, occurrence, booked_day, value_day, amount_minor, currency, is_reversal, kind,"
    " external_id, original_id, fate, movement_id) FROM STDIN"
)


@dataclass(slots=True)
class Booked:
    suspended: int = 0
    differences: int = 0
    bills_paid: int = 0
    legs: dict[str, int] = field(default_factory=dict)  # New movements that are no collections.


def book(
    new: Sequence[tuple[Row, Line]],
    *,
    rail: Rail,
    is_advice: bool,
    hands: Hands,
    at: datetime,
    progress: Callable[[int], None] = lambda _lines: None,
) -> Booked:
    """
    Post the new lines of a rail's statements, and keep them.

    What came in goes first, as the engine does within a batch. The bills of all are held before,
    so that batches of one transaction do not wait for each other's bills. `progress` is told how
    many lines each batch had.

    :raises payments.operations.importing.NeedsSecond: if `hands` may not make so much
    """
    booked = Booked()
    if not new:
        return booked
    lines = [line for _, line in new]
    told = matching.tell(lines, rail=rail, is_advice=is_advice, zone=country().zone, at=at)
    hands.makes(rail, sum(line.untold_minor for line in lines))
    ids = _draw_ids(len(lines))
    tellings = [
        (
            place,
            posting.Telling(
                rail_id=rail.pk,
                told=money,
                source=Source.STATEMENT.value,
                source_id=ids[place],
                source_at=new[place][0].imported_at,
            ),
        )
        for place, money in told
    ]
    del told
    for is_credit in (True, False):
        batch = [each for each in tellings if isinstance(each[1].told, Collection) is is_credit]
        for start in range(0, len(batch), BATCH_MAX):
            _post(batch[start : start + BATCH_MAX], lines, booked, at=at)
            progress(len(batch[start : start + BATCH_MAX]))
    for line in lines:
        line.fate = line.fate or LineFate.NOTHING
    _copy(ids, new)
    _count_legs(lines, booked)
    return booked


def _post(
    batch: Sequence[tuple[int, posting.Telling]],
    lines: Sequence[Line],
    booked: Booked,
    *,
    at: datetime,
) -> None:
    posted = posting.post([telling for _, telling in batch], at=at)
    ids = [telling.source_id for _, telling in batch]
    found = dict(sql.run("statement_posted_lines", first_id=min(ids), last_id=max(ids)))
    waiting = set(posted.waiting)
    for position, (place, telling) in enumerate(batch):
        line = lines[place]
        line.movement_id = found.get(telling.source_id)
        if position in waiting:
            line.fate = LineFate.WAITING
        else:
            line.fate = LineFate.MATCHED if line.is_known else LineFate.POSTED
    booked.suspended += posted.suspended
    booked.differences += posted.differences
    booked.bills_paid += posted.bills_paid


def _draw_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('payments_statement_line_id_seq') FROM generate_series(1, %s)", [count]
        )
        return [number for (number,) in cursor.fetchall()]


def _copy(ids: Sequence[int], new: Sequence[tuple[Row, Line]]) -> None:
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor, cursor.copy(_COPY) as copy:
        for line_id, (row, line) in zip(ids, new, strict=True):
            copy.write_row(
                (
                    line_id,
                    row.pk,
                    line.line_no,
                    row.rail_id,
                    row.account,
                    row.is_advice,
                    line.fingerprint,
                    line.occurrence,
                    line.booked_day,
                    line.value_day,
                    line.amount_minor,
                    line.currency,
                    line.is_reversal,
                    line.kind,
                    line.external_id or line.own_id,
                    line.original_id,
                    line.fate,
                    line.movement_id,
                )
            )


def _count_legs(lines: Sequence[Line], booked: Booked) -> None:
    """Count what is no collection by what it was posted as, which only the engine knows."""
    ids = [
        line.movement_id
        for line in lines
        if line.leg is not Leg.CREDIT and line.fate == LineFate.POSTED and line.movement_id
    ]
    for leg in Movement.objects.filter(pk__in=ids).values_list("leg", flat=True):
        booked.legs[leg] = booked.legs.get(leg, 0) + 1
