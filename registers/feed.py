"""
What a register's list of events says: read from its bytes, once they are kept.

    POST {base}/events {"after": "<cursor>"}
    200 {"events": [{"id", "kind", "entry_kind", "happened_on", "recorded_at", "national_ids"}],
         "cursor": "<where to go on>"}

`kind` is death, marriage, move or correction; of a correction `entry_kind` says what was
corrected: birth, marriage, population or criminal. `recorded_at` bears its zone. A cursor is the
register's own word and is handed back as it came; the same one again means that there is no more.

Nothing was recorded later than a day after we heard of it (a clock may be fast, or a zone wrong),
nor happened later, and neither before 1900.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeGuard

from kernel.crypto import blind_index
from registers.entries import REGISTERS
from registers.matching import clean_national_id

CURSOR_CHARACTERS_MAX = 200
_ID_CHARACTERS_MAX = 100
_PEOPLE_MAX = 20
KINDS = frozenset({"death", "marriage", "move", "correction"})
ENTRY_KINDS = frozenset(REGISTERS)
# PostgreSQL says both again (register_event_in_our_time).
FIRST_YEAR = 1900
AHEAD_MAX = timedelta(days=1)
_EARLIEST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)


class NotUnderstood(Exception):
    """The answer is no list of events; the message says how, never with what."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One event as the register tells it."""

    source_id: str
    kind: str
    entry_kind: str
    happened_on: date
    recorded_at: datetime
    national_ids: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Place:
    """Where in an answer an event stands, from 0, and the keyed hash of what is said there."""

    position: int
    digest: bytes = field(repr=False)


@dataclass(frozen=True)
class Page:
    """The events of one answer, the places of those not understood, and where to go on."""

    events: tuple[tuple[Place, Told], ...]
    cursor: str
    unread: tuple[Place, ...]


def read(body: bytes, *, received_at: datetime) -> Page:
    """
    Return what the answer tells; an event that cannot be understood keeps none of the others.

    :raises NotUnderstood: if it is no list of events with a cursor
    """
    try:
        answer = json.loads(body)
        places = _places(answer)
    except (ValueError, RecursionError):
        # The chain is cut: a parser's error quotes what it could not read.
        raise NotUnderstood("not JSON") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("events"), list):
        raise NotUnderstood("no list of events")
    cursor = answer.get("cursor")
    if not _can_be_kept(cursor) or len(cursor) > CURSOR_CHARACTERS_MAX:
        raise NotUnderstood("no cursor")
    found = [(place, _told(row, received_at)) for place, row in places]
    return Page(
        tuple((place, one) for place, one in found if one is not None),
        cursor,
        unread=tuple(place for place, one in found if one is None),
    )


def _places(answer: Any) -> list[tuple[Place, Any]]:
    rows = answer.get("events") if isinstance(answer, dict) else None
    return [
        # Sorted, and the same row has the same hash wherever it comes again.
        (Place(position, blind_index("register_event", json.dumps(row, sort_keys=True))), row)
        for position, row in enumerate(rows if isinstance(rows, list) else [])
    ]


def _can_be_kept(text: object) -> TypeGuard[str]:
    """Say whether PostgreSQL can hold it: JSON may bear NUL, and halves of characters."""
    if not isinstance(text, str) or "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _told(row: Any, received_at: datetime) -> Told | None:
    try:
        return _event(row, received_at)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def _event(row: Mapping[str, Any], received_at: datetime) -> Told:
    source_id, kind, entry_kind = row["id"], row["kind"], row.get("entry_kind") or ""
    recorded_at = datetime.fromisoformat(row["recorded_at"])
    happened_on = date.fromisoformat(row["happened_on"])
    if not isinstance(row["national_ids"], list):
        raise TypeError
    numbers = tuple(sorted({clean_national_id(number) for number in row["national_ids"]}))
    is_known = kind in KINDS and (entry_kind in ENTRY_KINDS if kind == "correction" else True)
    if (
        not _can_be_kept(source_id)
        or not 0 < len(source_id) <= _ID_CHARACTERS_MAX
        or not is_known
        or recorded_at.tzinfo is None
        or not _EARLIEST <= recorded_at <= received_at + AHEAD_MAX
        or not _EARLIEST.date() <= happened_on <= (received_at.astimezone(UTC) + AHEAD_MAX).date()
        or not 0 < len(numbers) <= _PEOPLE_MAX
        or not all(number and _can_be_kept(number) for number in numbers)
    ):
        raise ValueError
    return Told(
        source_id=source_id,
        kind=kind,
        entry_kind=entry_kind if kind == "correction" else "",
        happened_on=happened_on,
        recorded_at=recorded_at.astimezone(UTC),
        national_ids=numbers,
    )
