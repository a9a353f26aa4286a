"""The bytes behind a movement, as they came: a provider's message, a line of a statement."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import connection

from payments.models import Evidence, InboundMessage, StatementFile, StatementLine
from payments.states import Source

# Around the id of a line in its file: no bank's entry is longer.
WINDOW = 64 * 1024
# An id that stands in more places than these is no id of one entry.
PLACES_MAX = 16
# How an entry begins and ends in its file, by the beginning of the format's name.
_EDGES: tuple[tuple[str, tuple[bytes, ...], tuple[bytes, ...]], ...] = (
    ("camt", (b"<Ntry>", b"<Ntry ", b":Ntry>"), (b"</Ntry>", b":Ntry>")),
    ("mt94", (b"\n:61:",), (b"\n:61:", b"\n:62", b"\n-}")),
    ("csv", (b"\n",), (b"\n",)),
)


class NoEvidence(Exception):
    """The movement has no such piece of evidence."""


@dataclass(frozen=True, slots=True)
class MessageView:
    id: int
    received_at: datetime
    rail_code: str
    kind: str
    auth: str
    headers: dict[str, str]
    body: bytes
    sha256: str
    is_whole: bool  # Its bytes are those of the hash that was kept with them.


@dataclass(frozen=True, slots=True)
class LineView:
    """`body` is the line as it stands in the file; empty where it cannot be told apart there."""

    id: int
    line_no: int
    statement_id: int
    number: str
    format: str
    file_id: int
    file_name: str
    file_bytes: int
    file_sha256: str
    booked_day: date
    amount_minor: int
    currency: str
    fate: str
    body: bytes


def message(movement_id: int, message_id: int) -> MessageView:
    """:raises NoEvidence: if the movement is not told by this message"""
    told = _told(movement_id, Source.MESSAGE, message_id)
    row = InboundMessage.objects.filter(pk=message_id, received_at=told.source_at).first()
    if row is None:
        raise NoEvidence(message_id)
    body = bytes(row.body)
    return MessageView(
        id=row.pk,
        received_at=row.received_at,
        rail_code=row.rail_code,
        kind=row.kind,
        auth=row.auth,
        headers=dict(row.headers),
        body=body,
        sha256=bytes(row.body_sha256).hex(),
        is_whole=sha256(body).digest() == bytes(row.body_sha256),
    )


def line(movement_id: int, line_id: int) -> LineView:
    """:raises NoEvidence: if the movement is not told by this line"""
    _told(movement_id, Source.STATEMENT, line_id)
    rows = StatementLine.objects.select_related("statement__file").defer("statement__file__body")
    row = rows.filter(pk=line_id).first()
    if row is None:
        raise NoEvidence(line_id)
    file = row.statement.file
    return LineView(
        id=row.pk,
        line_no=row.line_no,
        statement_id=row.statement_id,
        number=row.statement.number,
        format=row.statement.format,
        file_id=file.pk,
        file_name=file.name,
        file_bytes=file.bytes,
        file_sha256=bytes(file.sha256).hex(),
        booked_day=row.booked_day,
        amount_minor=row.amount_minor,
        currency=row.currency,
        fate=row.fate,
        body=_cut(file.pk, row.statement.format, row.external_id),
    )


def file_of(line_id: int) -> tuple[str, bytes]:
    """Return the name and the bytes of the file that a line stands in."""
    row = StatementFile.objects.get(statements__lines=line_id)
    return row.name, bytes(row.body)


def _told(movement_id: int, source: Source, source_id: int) -> Evidence:
    found = Evidence.objects.filter(
        movement_id=movement_id, source=source, source_id=source_id
    ).first()
    if found is None:
        raise NoEvidence(source_id)
    return found


def _cut(file_id: int, format_name: str, external_id: str) -> bytes:
    """Return the one entry of the file that names this id; nothing where none or several do."""
    wanted = external_id.encode()
    edges = next((edge[1:] for edge in _EDGES if format_name.startswith(edge[0])), None)
    found: set[bytes] = set()
    at = 0
    for _ in range(PLACES_MAX if edges else 0):
        at = _found(file_id, wanted, at + 1)
        if at == 0:
            break
        first = max(1, at - WINDOW)
        window = _read(file_id, first)
        if edges and is_word(window, at - first, len(wanted)):
            found.add(between(window, at - first, *edges))
    found.discard(b"")
    return found.pop() if len(found) == 1 and at == 0 else b""


def is_word(window: bytes, place: int, length: int) -> bool:
    """Tell whether what stands there is a whole id, and not a piece of a longer one; pure."""
    around = window[max(0, place - 1) : place] + window[place + length : place + length + 1]
    return not any(chr(one).isalnum() for one in around)


def between(window: bytes, place: int, begins: tuple[bytes, ...], ends: tuple[bytes, ...]) -> bytes:
    """Return the entry around a place of a file, with its marks; pure."""
    start = max(window.rfind(mark, 0, place) for mark in begins)
    if b"Ntry" in begins[0] and start >= 0:
        start = window.rfind(b"<", 0, start + 1)
    # The first line of a file has no new line before it.
    start = max(start, 0) if begins == (b"\n",) else start
    stops = [
        found + (len(mark) if b"Ntry" in mark else 0)
        for mark in ends
        if (found := window.find(mark, place)) >= 0
    ]
    if start < 0 or (not stops and ends != (b"\n",)):
        return b""
    return window[start : min(stops, default=len(window))].strip(b"\r\n")


def _found(file_id: int, wanted: bytes, from_byte: int) -> int:
    """Return at which byte, from one, the file says this from there on; 0: nowhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position(%s::bytea IN substring(body FROM %s)) FROM payments_statement_file"
            " WHERE id = %s",
            [wanted, from_byte, file_id],
        )
        (place,) = cursor.fetchone()
    return int(place) and int(place) + from_byte - 1


def _read(file_id: int, from_byte: int) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substring(body FROM %s FOR %s) FROM payments_statement_file WHERE id = %s",
            [from_byte, 2 * WINDOW, file_id],
        )
        (read,) = cursor.fetchone()
    return bytes(read)
