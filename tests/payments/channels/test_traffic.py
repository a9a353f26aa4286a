"""When a rail is too quiet or too late, by tables."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from payments import traffic

KIGALI = ZoneInfo("Africa/Kigali")  # Two hours ahead of UTC, all year.
MONDAY = datetime(2026, 11, 23, 10, 40, tzinfo=UTC)
FEAST = date(2026, 11, 23)
SUNDAY = 6


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def every_hour(count: float | None) -> dict[datetime, float | None]:
    return dict.fromkeys(traffic.hours_of(MONDAY - timedelta(days=1), MONDAY), count)


def at_night() -> dict[datetime, float | None]:
    """Fifty an hour by day, one between ten at night and six in the morning."""
    return {
        hour: 1 if hour.astimezone(KIGALI).hour in {22, 23, 0, 1, 2, 3, 4, 5} else 50
        for hour in every_hour(0)
    }


@pytest.mark.parametrize(
    ("why", "silent_for", "usual", "is_quiet"),
    [
        ("normal traffic, ten minutes", minutes(10), every_hour(48), True),
        ("normal traffic, a moment less", minutes(9.9), every_hour(48), False),
        ("heavy traffic waits ten minutes too", minutes(2), every_hour(6000), False),
        ("a little less than normal", minutes(10), every_hour(47), False),
        ("and then a little longer", minutes(11), every_hour(47), True),
        ("slow: after three hours", timedelta(hours=3), every_hour(2), False),
        ("slow: when eight are missing", timedelta(hours=4), every_hour(2), True),
        ("never any traffic", timedelta(hours=12), every_hour(0), False),
        ("a new rail, of which nobody knows", timedelta(hours=12), every_hour(None), False),
        ("one an hour, half a day", timedelta(days=3), every_hour(1), True),
        ("less than that can be told by nobody", timedelta(days=3), every_hour(0.5), False),
    ],
)
def test_a_rail_is_quiet_when_enough_are_missing(why, silent_for, usual, is_quiet):
    assert traffic.is_quiet(MONDAY - silent_for, MONDAY, usual) is is_quiet, why


@pytest.mark.parametrize(
    ("heard", "now", "is_quiet"),
    [
        ("22:30", "03:30", False),  # Five night hours with nothing.
        ("22:30", "05:59", False),
        ("22:30", "06:20", True),  # The town is up, and it still says nothing.
        ("06:05", "06:14", False),
        ("06:05", "06:15", True),
    ],
)
def test_a_night_without_traffic_is_no_silence(heard, now, is_quiet):
    def moment(clock: str) -> datetime:
        hour, minute = map(int, clock.split(":"))
        day = 22 if hour > 12 else 23
        return datetime(2026, 11, day, hour, minute, tzinfo=KIGALI)

    assert traffic.is_quiet(moment(heard), moment(now), at_night()) is is_quiet


def test_a_rail_that_was_never_heard_is_quiet_only_where_something_is_usual():
    assert traffic.is_quiet(None, MONDAY, every_hour(None)) is False
    assert traffic.is_quiet(None, MONDAY, every_hour(20)) is True


def like(hour: datetime, *feasts: date) -> list[date]:
    found = traffic.like(
        hour, zone=KIGALI, is_holiday=lambda day: day in feasts, rest_weekday=SUNDAY
    )
    assert {one.astimezone(KIGALI).time() for one in found} == {hour.astimezone(KIGALI).time()}
    return [one.astimezone(KIGALI).date() for one in found]


def november(*days: int) -> list[date]:
    return [date(2026, 11, day) for day in days]


def test_an_hour_is_like_the_same_hour_of_the_same_weekday():
    assert like(traffic.hour_of(MONDAY)) == [*november(16, 9, 2), date(2026, 10, 26)]


def test_it_is_the_weekday_of_the_country():
    late = datetime(2026, 11, 22, 23, tzinfo=UTC)  # One in the morning of Monday there.
    assert like(late)[0] == date(2026, 11, 16)


def test_a_holiday_is_like_the_day_of_rest_and_no_example_for_others():
    assert like(traffic.hour_of(MONDAY), FEAST) == november(22, 15, 8, 1)
    next_monday = traffic.hour_of(MONDAY) + timedelta(days=7)
    assert like(next_monday, FEAST) == november(16, 9, 2)


@pytest.mark.parametrize(
    ("counts", "weeks_counted", "usual"),
    [
        ([40, 50, 60, 70], 9, 55),
        ([40, 50, 0, 60], 9, 45),  # One outage moves it little.
        ([40, 50], 9, 20),  # Two weeks in which nothing came count.
        ([40, 50], 2, 45),
        ([40], 1, None),  # One week is no custom.
        ([], 0, None),
    ],
)
def test_usual_is_the_median_of_the_weeks_that_were_counted(counts, weeks_counted, usual):
    hours = [traffic.hour_of(MONDAY) - timedelta(days=7 * week) for week in (1, 2, 3, 4)]
    seen = {hour: count for hour, count in zip(hours, counts, strict=False) if count}
    since = traffic.hour_of(MONDAY) - timedelta(days=7 * weeks_counted)
    assert traffic.usual(seen, hours, since=since) == usual
    assert traffic.usual(seen, hours, since=None) is None


def test_what_is_expected_follows_the_hours():
    usual = {
        datetime(2026, 11, 23, 9, tzinfo=UTC): 60,
        datetime(2026, 11, 23, 10, tzinfo=UTC): 12,
    }
    start = datetime(2026, 11, 23, 9, 55, tzinfo=UTC)
    assert traffic.expected(start, start + minutes(10), usual) == pytest.approx(5 + 1)


@pytest.mark.parametrize(
    ("count", "delay", "is_late"),
    [
        (3, minutes(10), True),
        (3, minutes(9), False),
        (2, minutes(90), False),
        (500, minutes(40), True),
        (500, minutes(0), False),
    ],
)
def test_confirmations_are_late_by_their_median(count, delay, is_late):
    assert traffic.is_late(count, delay) is is_late
