"""Lines that post nothing, kept for whoever looks for the fate of every line of a file."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import psycopg
from django.db import connection

from payments.models import Statement as Row
from payments.models import UnpostedLine
from payments.operations.importing.chain import Place
from payments.operations.importing.lines import Line
from payments.statements import Entry, Statement

_COPY = (
    "COPY payments_unposted_line (statement_id, line_no, booked_day, amount_minor, currency,"
    " external_id, fate) FROM STDIN"
)


class Told(NamedTuple):
    line_no: int
    booked_day: date | None
    amount_minor: int
    currency: str
    external_id: str


def keep(row: Row, place: Place, statement: Statement) -> None:
    """Keep what a statement's posting left out, instead of what was kept of it before."""
    UnpostedLine.objects.filter(statement=row).delete()
    if row.held_back:
        # Lines are made of it only when its account is ours and nothing speaks against it.
        booked = (entry for entry in statement.entries if entry.is_booked)
        lines = map(_of_line, place.told) if place.told else map(_of_entry, booked)
        _copy(row, lines, UnpostedLine.REFUSED)
        return
    new = {line.line_no for line in place.new}
    known = (_of_line(line) for line in place.told if line.line_no not in new)
    _copy(row, known, UnpostedLine.KNOWN)


def _of_line(line: Line) -> Told:
    external_id = line.ids[0] if line.ids else ""
    return Told(line.line_no, line.booked_day, line.amount_minor, line.currency, external_id)


def _of_entry(entry: Entry) -> Told:
    # Perhaps of somebody else's account: no more of it than it needs to be found in the file.
    day = entry.booked_day or entry.value_day
    return Told(entry.line_no, day, entry.amount_minor, entry.currency, "")


def _copy(row: Row, lines: Iterable[Told], fate: str) -> None:
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor, cursor.copy(_COPY) as copy:
        for line in lines:
            copy.write_row((row.pk, *line, fate))
