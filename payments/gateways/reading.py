"""
The words that banks share, read strictly: JSON objects, ids, amounts, times.

What could mean two things means nothing here. `Unreadable` parks a message with a short reason,
its bytes are kept, and a person or a better reader takes it up again.
"""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NoReturn

from kernel.money import NotWhole, to_minor
from payments.gateways.base import Unreadable

# East Africa Time, where banks of Kenya write times without a zone; it knows no summer time.
EAT = timezone(timedelta(hours=3), "EAT")

# "1.500" is one and a half to some banks and fifteen hundred to others, as "20.000,00" shows.
_THREE_DECIMALS = re.compile(r"\d\.\d{3}", re.ASCII)


def json_object(body: bytes) -> dict[str, Any]:
    """
    Return the object; numbers with a point stay text, digit by digit as they were written.

    :raises Unreadable: if it is no JSON, no object, or says one name twice: of two amounts a
        signature proves both, and two readers may each take another one
    """
    try:
        told = json.loads(
            body, parse_float=str, parse_constant=_no_number, object_pairs_hook=_said_once
        )
    except (ValueError, RecursionError):
        raise Unreadable("no_json") from None
    if not isinstance(told, dict):
        raise Unreadable("no_object")
    return told


def part(told: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the object of this name, empty if there is none."""
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def text(value: object) -> str:
    """Return a text or a whole number as trimmed text, "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def external_id(value: object) -> str:
    """:raises Unreadable: if it names nothing"""
    found = text(value)
    if not found:
        raise Unreadable("no_id")
    return found


def amount_minor(value: object, currency: str) -> int:
    """
    Return a positive amount: "500", 500, "500.00", "20,000.00" (commas between groups of three).

    :raises Unreadable: if it is negative, zero, not whole in the minor unit, or can be read in
        two ways: "500,00", "20.000,00", and also "1.500"
    """
    # A bool is an int to Python; `text` knows.
    found = text(value)
    if _THREE_DECIMALS.search(found):
        raise Unreadable("bad_amount")
    try:
        amount = to_minor(found, currency)
    except NotWhole:
        raise Unreadable("bad_amount") from None
    if amount <= 0:
        raise Unreadable("bad_amount")
    return amount


def moment(value: object) -> datetime:
    """
    Return an ISO 8601 time that says its offset.

    :raises Unreadable: without an offset: it would mean another moment in every office
    """
    found = iso_time(value)
    if found.tzinfo is None:
        raise Unreadable("bad_time")
    return in_utc(found)


def iso_time(value: object) -> datetime:
    """
    Return an ISO 8601 time, with an offset or without.

    :raises Unreadable: if it is none
    """
    if not isinstance(value, str):
        raise Unreadable("no_time")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise Unreadable("bad_time") from None
    # Python's reader passes over a NUL at the end.
    if not value.isprintable():
        raise Unreadable("bad_time")
    return found


def in_utc(found: datetime) -> datetime:
    """:raises Unreadable: if the moment is before or after all calendars"""
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise Unreadable("bad_time") from None


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise Unreadable("said_twice")
    return told


def _no_number(_constant: str) -> NoReturn:
    # NaN and Infinity: Python's reader would take them, JSON knows neither.
    raise Unreadable("no_json")
