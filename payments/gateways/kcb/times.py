"""The forms in which KCB has been seen to write a time."""

import re
from datetime import UTC, datetime, timedelta, timezone

from payments.gateways.base import Unreadable
from payments.gateways.reading import EAT, in_utc, iso_time, text

_JAVA = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<rest>\d{1,2} \d\d:\d\d:\d\d) "
    r"(?P<zone>[A-Z]{3}) (?P<year>\d{4})",
    re.ASCII,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# The zones in which KCB has branches, by the names that Java gives them.
_ZONES = {"EAT": EAT, "CAT": timezone(timedelta(hours=2)), "UTC": UTC, "GMT": UTC}
# By number of digits. KCB's own sample has thirteen, "2021111103005": its seconds are one digit.
_STAMPS = {14: "%Y%m%d%H%M%S", 13: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M"}
_MILLISECONDS_DIGITS = 13


def moment_of(value: object) -> datetime:
    """
    Return a time in any of the forms in which KCB has been seen to write one.

    ISO 8601; 14, 13 or 12 digits from the year on; 13 digits of milliseconds since 1970, which
    cannot be mistaken for a year of this century; "Mon May 19 13:30:54 EAT 2025". Without a zone
    it is East Africa's.

    :raises Unreadable: if there is none, or it has another form
    """
    told = text(value)
    if not told:
        raise Unreadable("no_time")
    try:
        if told.isascii() and told.isdigit():
            found = _digits(told)
        elif java := _JAVA.fullmatch(told):
            found = _java(java)
        else:
            found = iso_time(told)
    except (ValueError, KeyError, OverflowError):
        raise Unreadable("bad_time") from None
    return in_utc(found if found.tzinfo else found.replace(tzinfo=EAT))


def _digits(told: str) -> datetime:
    if len(told) == _MILLISECONDS_DIGITS and not told.startswith("20"):
        return datetime.fromtimestamp(int(told) / 1000, tz=UTC)
    if len(told) == _MILLISECONDS_DIGITS:
        told = f"{told[:12]}0{told[12:]}"
    # The length decides the form: strptime alone would take one digit for two.
    return datetime.strptime(told, _STAMPS[len(told)]).replace(tzinfo=EAT)


def _java(told: re.Match[str]) -> datetime:
    day, clock = told["rest"].split()
    hour, minute, second = map(int, clock.split(":"))
    month = _MONTHS.index(told["month"]) + 1
    zone = _ZONES[told["zone"]]
    return datetime(int(told["year"]), month, int(day), hour, minute, second, tzinfo=zone)
