"""When an office is open, told to people: the week, today, and the feasts that close it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays

from kernel.country import Country, Hours, country
from places import working

DAYS_PER_WEEK = 7
# How far ahead the next feasts and the next opening are looked for.
DAYS_AHEAD_MAX = 400


@dataclass(frozen=True)
class Feast:
    """A day on which every office is closed, though it is a day of the working week."""

    day: date
    name: str


@dataclass(frozen=True)
class Opening:
    """
    Whether the office is open at a moment, and when that changes, in the country's zone.

    `feast` names the feast that closes it on that day, "" where none does. `changes_at` is None
    for an office that never opens.
    """

    is_open: bool
    changes_at: datetime | None
    feast: str


def hours(office_code: str) -> Hours:
    """Return from when until when the office is open on a working day."""
    here = country()
    return here.hours_by_office.get(office_code, here.office_hours)


def hours_are_assumed(office_code: str) -> bool:
    """Say whether no source gives the hours: the country's own stand in, and are an assumption."""
    here = country()
    return here.hours_assumed and office_code not in here.hours_by_office


def week() -> list[tuple[int, bool]]:
    """Return every weekday, Monday (0) first, and whether offices work on it."""
    working_week = country().working_week
    return [(day, day in working_week) for day in range(DAYS_PER_WEEK)]


def opening(office_code: str, *, at: datetime, language: str) -> Opening:
    """Return whether the office is open at a moment, until when, or when it opens next."""
    here = country()
    local = at.astimezone(here.zone)
    today = local.date()
    feast = feast_on(today, language) if today.weekday() in here.working_week else ""
    for opens_at, closes_at in _open_from(today, hours(office_code), here):
        if opens_at <= local < closes_at:
            return Opening(is_open=True, changes_at=closes_at, feast="")
        if local < opens_at:
            return Opening(is_open=False, changes_at=opens_at, feast=feast)
    return Opening(is_open=False, changes_at=None, feast=feast)


def feasts_after(day: date, *, count: int, language: str) -> list[Feast]:
    """Return the next feasts that close offices on a day of the working week, this day's too."""
    here = country()
    found: list[Feast] = []
    for ahead in range(DAYS_AHEAD_MAX):
        on = day + timedelta(days=ahead)
        if len(found) == count:
            break
        name = feast_on(on, language) if on.weekday() in here.working_week else ""
        if name:
            found.append(Feast(on, name))
    return found


def feast_on(day: date, language: str) -> str:
    """Return the name of the feast on this day, "" where there is none."""
    code = country().holidays
    return _feasts(code, language).get(day, "") if code else ""


@lru_cache(maxsize=16)
def _feasts(code: str, language: str) -> holidays.HolidayBase:
    # Each country's feasts have names in some languages only; else in its own.
    known = holidays.country_holidays(code).supported_languages
    found = next((one for one in known if one.partition("_")[0] == language), None)
    return holidays.country_holidays(code, language=found)


def _open_from(day: date, hours: Hours, here: Country) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when until when the office is open, from this local day on."""
    for ahead in range(DAYS_AHEAD_MAX):
        on = day + timedelta(days=ahead)
        if working.is_working_day(on, here):
            for opens, closes in hours:
                yield (
                    datetime.combine(on, opens, tzinfo=here.zone),
                    datetime.combine(on, closes, tzinfo=here.zone),
                )
