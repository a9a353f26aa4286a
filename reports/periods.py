"""Stretches of business days that a report is about, and the stretch before each. Pure."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

YEARS_MAX = 5
# Beyond so many days a course is shown by months.
DAYS_SHOWN = 62


class Unit(StrEnum):
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    RANGE = "range"


MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}


class NoPeriod(Exception):
    """The days make no stretch: the end lies before the beginning, or too far off."""


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both in it."""

    unit: Unit
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def steps_by(self) -> Unit:
        """By what the course of the period is told."""
        return Unit.DAY if self.days <= DAYS_SHOWN else Unit.MONTH

    def before(self) -> "Period":
        """Return the period before: the month before a month, as many days before others."""
        last = self.first - timedelta(days=1)
        if self.unit in MONTHS:
            return around(last, self.unit)
        return Period(self.unit, self.first - timedelta(days=self.days), last)

    def steps(self) -> list[date]:
        """Return the first day of each step, as the database truncates days."""
        if self.steps_by is Unit.DAY:
            return [self.first + timedelta(days=n) for n in range(self.days)]
        months = range(_month(self.first), _month(self.last) + 1)
        return [date(month // 12, month % 12 + 1, 1) for month in months]


def around(day: date, unit: Unit) -> Period:
    """Return the day's own day, month, quarter or year."""
    if unit not in MONTHS:
        return Period(Unit.DAY, day, day)
    months = MONTHS[unit]
    month = (day.month - 1) // months * months + 1
    end = month + months - 1
    last = date(day.year, end, calendar.monthrange(day.year, end)[1])
    return Period(unit, date(day.year, month, 1), last)


def between(first: date, last: date) -> Period:
    """:raises NoPeriod: if the last day lies before the first, or more than YEARS_MAX after it"""
    if last < first or (last - first).days > YEARS_MAX * 366:
        raise NoPeriod
    return Period(Unit.RANGE, first, last)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
