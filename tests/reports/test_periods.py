"""Stretches of days, and the stretch before each."""

from datetime import date

import pytest

from reports.periods import NoPeriod, Unit, around, between


@pytest.mark.parametrize(
    ("unit", "first", "last", "before_first", "before_last"),
    [
        (Unit.DAY, "2026-03-15", "2026-03-15", "2026-03-14", "2026-03-14"),
        (Unit.MONTH, "2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"),
        (Unit.QUARTER, "2026-01-01", "2026-03-31", "2025-10-01", "2025-12-31"),
        (Unit.YEAR, "2026-01-01", "2026-12-31", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_day_has_its_month_its_quarter_and_its_year(unit, first, last, before_first, before_last):
    period = around(date(2026, 3, 15), unit)
    before = period.before()

    told = [day.isoformat() for day in (period.first, period.last, before.first, before.last)]
    assert told == [first, last, before_first, before_last]


def test_a_range_follows_on_as_many_days():
    period = between(date(2026, 3, 10), date(2026, 3, 19))

    assert (period.days, period.before()) == (10, between(date(2026, 2, 28), date(2026, 3, 9)))


@pytest.mark.parametrize("last", [date(2026, 3, 9), date(2032, 3, 9)])
def test_what_ends_before_it_begins_or_never_is_no_period(last):
    with pytest.raises(NoPeriod):
        between(date(2026, 3, 10), last)


def test_a_course_goes_by_days_and_a_long_one_by_months():
    assert len(around(date(2026, 2, 1), Unit.MONTH).steps()) == 28
    assert between(date(2025, 11, 20), date(2026, 2, 3)).steps() == [
        date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1),
    ]  # fmt: skip
