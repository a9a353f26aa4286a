"""
When a rail is too quiet, and when what it tells is too late. Pure.

What is usual in an hour is the median of the same hour on the same weekday, four weeks back;
holidays are like the day on which the country rests.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

WEEKS = 4
# One week alone may have been a feast or an outage.
SAMPLES_MIN = 2
HOUR = timedelta(hours=1)

QUIET_AFTER = timedelta(minutes=10)
# Where so many should have come and none has, it is no chance: once in three thousand (Poisson).
MISSING_MIN = 8
# By then somebody knows; and what was usual yesterday evening says little about this morning.
LOOKS_BACK = timedelta(hours=12)

LATE_AFTER = timedelta(minutes=10)
LATE_WINDOW = timedelta(minutes=30)
# Of fewer, one that was stuck makes the median.
LATE_COUNT_MIN = 3

IsHoliday = Callable[[date], bool]


def hour_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hours_of(start: datetime, end: datetime) -> list[datetime]:
    """Return the hours that a span touches, the oldest first."""
    hours = []
    hour = hour_of(start)
    while hour < end:
        hours.append(hour)
        hour += HOUR
    return hours


def like(
    hour: datetime, *, zone: ZoneInfo, is_holiday: IsHoliday, rest_weekday: int
) -> list[datetime]:
    """Return the past hours that an hour is compared with, by the clock of the country."""
    local = hour.astimezone(zone)
    day = local.date()
    rests = is_holiday(day)
    weekday = rest_weekday if rests else day.weekday()
    before = (day - timedelta(days=back) for back in range(1, 7 * WEEKS + 1))
    return [
        datetime.combine(one, local.time(), zone).astimezone(UTC)
        for one in before
        if one.weekday() == weekday and (rests or not is_holiday(one))
    ]


def usual(
    seen: Mapping[datetime, int], likes: Iterable[datetime], *, since: datetime | None
) -> float | None:
    """
    Return how many are usual; None while too little is known.

    :param seen: how many by hour; an hour without an entry had none
    :param since: the first hour that was counted at all
    """
    samples = [seen.get(hour, 0) for hour in likes if since is not None and hour >= since]
    return median(samples) if len(samples) >= SAMPLES_MIN else None


def expected(
    start: datetime, end: datetime, usual_by_hour: Mapping[datetime, float | None]
) -> float:
    """Return how many should have come in a span; an hour that nobody knows expects none."""
    total = 0.0
    for hour in hours_of(start, end):
        share = (min(end, hour + HOUR) - max(start, hour)) / HOUR
        total += share * (usual_by_hour.get(hour) or 0)
    return total


def is_quiet(
    heard_at: datetime | None, now: datetime, usual_by_hour: Mapping[datetime, float | None]
) -> bool:
    """
    Say whether a rail is silent although it should not be.

    In normal traffic, where MISSING_MIN and more come in ten minutes, that is known after ten; on
    a slower rail, or at night, when so many are missing.
    """
    since = max(heard_at or now - LOOKS_BACK, now - LOOKS_BACK)
    # Rounded: eight thirds of three are eight.
    missing = round(expected(since, now, usual_by_hour), 6)
    return now - since >= QUIET_AFTER and missing >= MISSING_MIN


def is_late(count: int, median_delay: timedelta) -> bool:
    """Say whether confirmations are late, by the delays of those heard in the last half hour."""
    return count >= LATE_COUNT_MIN and median_delay >= LATE_AFTER
