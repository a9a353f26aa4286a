"""A file as it came, once; the accounts that it is of, and a row for each of its statements."""

import hashlib
import re
import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import psycopg
import structlog
from django.db import connection, transaction

from payments import gateways
from payments.models import Rail, StatementFile
from payments.models import Statement as Row
from payments.posting.soundness import storable
from payments.statements import Statement
from payments.states import StatementFileState

log = structlog.get_logger()

NAME_MAX = 200
_NO_PART_OF_IT = re.compile(r"[^0-9A-Z]+")


_COPY = (
    "COPY payments_statement_file (sha256, name, bytes, body, by_id, imported_at)"
    " FROM STDIN (FORMAT binary)"
)
_COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_SLICE = 1024 * 1024


def keep(*, data: bytes, name: str, by_id: int | None, at: datetime) -> StatementFile:
    """Keep the bytes, in a transaction of its own, unless they are kept; return their row."""
    sha256 = hashlib.sha256(data).digest()
    kept = StatementFile.objects.defer("body").select_related("rail").filter(sha256=sha256)
    if (file := kept.first()) is not None:
        return file
    try:
        with transaction.atomic(durable=True):
            _copy(sha256, storable(name)[-NAME_MAX:], data, by_id, at)
    except psycopg.errors.UniqueViolation:
        pass  # Somebody else has kept the same file meanwhile.
    return kept.get()


def _copy(sha256: bytes, name: str, data: bytes, by_id: int | None, at: datetime) -> None:
    """
    Write the row slice by slice: as a parameter a large file would be in memory several times.

    By PostgreSQL's binary form of COPY: each field is its length and its bytes.
    """
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor, cursor.copy(_COPY) as copy:
        moment = (at - _EPOCH) // timedelta(microseconds=1)
        copy.write(_COPY_HEAD + struct.pack("!h", 6) + _field(sha256) + _field(name.encode()))
        copy.write(_field(struct.pack("!i", len(data))) + struct.pack("!i", len(data)))
        for start in range(0, len(data), _SLICE):
            copy.write(data[start : start + _SLICE])
        copy.write(_field(None if by_id is None else struct.pack("!q", by_id)))
        copy.write(_field(struct.pack("!q", moment)) + _COPY_END)


def _field(value: bytes | None) -> bytes:
    return struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value


def note_unreadable(file_id: int, reason: str) -> None:
    log.warning("statement.unreadable", file_id=file_id, reason=reason)
    StatementFile.objects.filter(pk=file_id).exclude(state=StatementFileState.POSTED).update(
        state=StatementFileState.UNREADABLE, problem=reason
    )


def rows(file: StatementFile, statements: Sequence[Statement], *, at: datetime) -> list[Row]:
    """Return a row for each statement of the file, in its order; made where there is none yet."""
    standing = {row.place: row for row in Row.objects.filter(file=file)}
    made = [
        Row(
            file=file,
            place=place,
            account=one.account,
            is_advice=not one.has_balances,
            format=one.format,
            currency=currency(one),
            number=one.number,
            from_day=one.from_day,
            to_day=one.to_day,
            opening_minor=one.opening_minor,
            closing_minor=one.closing_minor,
            entries=len(one.entries),
            difference_minor=one.difference_minor,
            problems=list(one.problems),
            imported_at=at,
        )
        for place, one in enumerate(statements)
        if place not in standing
    ]
    Row.objects.bulk_create(made)
    standing |= {row.place: row for row in made}
    return [standing[place] for place in range(len(statements))]


def currency(statement: Statement) -> str:
    return statement.currency or next((entry.currency for entry in statement.entries), "")


def rail_of(statement: Statement, rails: Iterable[Rail]) -> tuple[Rail | None, str | None]:
    """
    Return whose account it is, and the key of the account; None where no rail, or several, have it.

    :param rails: one that somebody named, or all: then the file must name the account itself
    """
    rails = list(rails)
    is_named = len(rails) == 1
    mine = [
        (rail, key)
        for rail in rails
        if (key := account_key(statement.account, rail)) is not None
        and (is_named or statement.account.strip())
    ]
    if len(mine) == 1:
        return mine[0]
    return (rails[0] if is_named else None), None


def accounts(rail: Rail) -> list[str]:
    """Return our accounts on a rail: those of the country pack, and those of the contract."""
    contract = gateways.contract(rail.code) or {}
    return list(dict.fromkeys([*map(str, rail.accounts), *contract.get("accounts", ())]))


def account_key(told: str, rail: Rail) -> str | None:
    """
    Return the rail's own name of an account; None if it is none of the rail's.

    A file that names none is of the rail's only one.
    """
    owned = accounts(rail)
    if not told.strip():
        return owned[0] if len(owned) == 1 else None
    # SWIFT writes the bank before the account, and some banks the currency behind it.
    forms = {_plain(part) for part in (told, *told.split("/"))}
    forms |= {form.removesuffix(rail.currency) for form in forms}
    return next((own for own in owned if _plain(own) in forms), None)


def _plain(account: str) -> str:
    return _NO_PART_OF_IT.sub("", account.upper())
