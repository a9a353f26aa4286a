"""
Working time: the pack's week and hours, and the country's holidays by the `holidays` package.

Islamic feasts are estimates there until the authorities have seen the moon.
"""

from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from kernel.country import Country, country

# Nobody promises longer, and a loop needs an end.
DAYS_MAX = 2000


@cache
def _holidays(code: str) -> holidays.HolidayBase | None:
    # The object adds years by itself as dates are asked for.
    return holidays.country_holidays(code) if code else None


def is_working_day(day: date, of: Country | None = None) -> bool:
    """Say whether offices open on this local date."""
    here = of or country()
    feasts = _holidays(here.holidays)
    return day.weekday() in here.working_week and not (feasts is not None and day in feasts)


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
    opens, closes = _hours(here)
    local = start.astimezone(here.zone)
    day, moment = local.date(), local.time()
    if not is_working_day(day, here) or moment >= closes:
        day, moment = _next_working_day(day, here), opens
    moment = max(moment, opens)
    for _ in range(days):
        day = _next_working_day(day, here)
    return datetime.combine(day, moment, tzinfo=here.zone)


def _next_working_day(day: date, here: Country) -> date:
    for _ in range(DAYS_MAX):
        day += timedelta(days=1)
        if is_working_day(day, here):
            return day
    raise ValueError("this country never works")


def _hours(here: Country) -> tuple[time, time]:
    opens, closes = here.office_hours
    return time.fromisoformat(opens), time.fromisoformat(closes)
