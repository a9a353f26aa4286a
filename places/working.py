"""
Working time: the pack's week and hours, and the country's holidays by the `holidays` package.

Islamic feasts are estimates there until the authorities have seen the moon. Working seconds are
whole and count in real time: an hour that summer time takes away is none, wherever it falls.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache

import holidays

from kernel.country import Country, Hours, country

# Nobody promises longer, and a loop needs an end.
DAYS_MAX = 2000
# What lies before or after counts for nothing: a clock that is set absurdly costs no time.
_FIRST = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
_LAST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())


@cache
def _holidays(code: str) -> holidays.HolidayBase | None:
    # The object adds years by itself as dates are asked for.
    return holidays.country_holidays(code) if code else None


@lru_cache(maxsize=4096)  # Ten years: the same days are asked for again and again.
def _is_feast(code: str, day: date) -> bool:
    feasts = _holidays(code)
    return feasts is not None and day in feasts


def is_working_day(day: date, of: Country | None = None) -> bool:
    """Say whether offices open on this local date."""
    here = of or country()
    return day.weekday() in here.working_week and not _is_feast(here.holidays, day)


def add_working_days(start: datetime, days: int) -> datetime:
    """
    Return the moment `days` working days after `start`, in the country's time zone.

    What comes in while offices are closed counts from their next opening; what comes in while
    they are open is due at the same time of day. So the answer always lies in office hours
    (closing time included).

    :raises ValueError: if days is negative or absurd
    """
    if not 0 <= days <= DAYS_MAX:
        raise ValueError(f"{days} working days")
    here = country()
    hours = here.office_hours
    local = start.astimezone(here.zone)
    day, moment = local.date(), local.time()
    if not is_working_day(day, here) or moment >= hours[-1][1]:
        day, moment = _next_working_day(day, here), hours[0][0]
    moment = next(max(moment, opens) for opens, closes in hours if moment <= closes)
    for _ in range(days):
        day = _next_working_day(day, here)
    return datetime.combine(day, moment, tzinfo=here.zone)


def working_seconds(start: datetime, end: datetime, office: str | None = None) -> int:
    """
    Return the working time between two moments, in whole seconds; 0 where the end is before.

    :param office: the code of the office whose hours count; None for the country's
    """
    first, last = _second(start), _second(end)
    total = 0
    for opens, closes in _open(first, office):
        if opens >= last:
            break
        total += max(0, min(closes, last) - max(opens, first))
    return total


def add_working_time(start: datetime, seconds: int, office: str | None = None) -> datetime:
    """
    Return the first moment in office hours by which so much working time has passed.

    `working_seconds` between the two is `seconds` again. The answer is in the country's zone.

    :raises ValueError: if there is no such moment: a negative time, or one of many years
    """
    if seconds < 0:
        raise ValueError(f"{seconds} working seconds")
    left, begun = seconds, _second(start)
    for opens, closes in _open(begun, office):
        since = max(opens, begun)
        if since > closes:
            continue
        if left <= closes - since:
            return datetime.fromtimestamp(since + left, country().zone)
        left -= closes - since
    raise ValueError(f"no moment is {seconds} working seconds later")


def _open(second: int, office: str | None) -> Iterator[tuple[int, int]]:
    """Yield from when until when the office is open, from the local day of that second on."""
    here = country()
    hours = here.hours_by_office.get(office or "", here.office_hours)
    day = datetime.fromtimestamp(second, here.zone).date()
    end = datetime.fromtimestamp(_LAST, here.zone).date()
    while day < end:
        if is_working_day(day, here):
            yield from _on(day, here, hours)
        day += timedelta(days=1)


def _on(day: date, here: Country, hours: Hours) -> Iterator[tuple[int, int]]:
    for opens, closes in hours:
        yield (
            int(datetime.combine(day, opens, tzinfo=here.zone).timestamp()),
            int(datetime.combine(day, closes, tzinfo=here.zone).timestamp()),
        )


def _second(moment: datetime) -> int:
    return min(max(int(moment.timestamp() // 1), _FIRST), _LAST)


def _next_working_day(day: date, here: Country) -> date:
    for _ in range(DAYS_MAX):
        day += timedelta(days=1)
        if is_working_day(day, here):
            return day
    raise ValueError("this country never works")
