"""Days that a rule of a form names: a date, today and so much before or after it, or a field."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

_TODAY = re.compile(r"today(?:([+-])([0-9]{1,5})([dmy]))?")


def is_day(bound: str) -> bool:
    """Say whether it names a day by itself: "2020-01-31", "today", "today-18y"."""
    return bool(_TODAY.fullmatch(bound)) or _date(bound) is not None


def day(bound: str, answers: Mapping[str, object], *, today: date) -> date | None:
    """
    Return the day that a bound means; None while the field that it names has no answer.

    A month or year on ends with the month's last day where it has no such number, as the terms
    of papers do.
    """
    match = _TODAY.fullmatch(bound)
    if match is None:
        return _date(bound) or _date(str(answers.get(bound) or ""))
    sign, count, unit = match.groups()
    if not count:
        return today
    steps = int(count) * (-1 if sign == "-" else 1)
    try:
        if unit == "d":
            return today + timedelta(days=steps)
        return _months_on(today, steps * (12 if unit == "y" else 1))
    except (OverflowError, ValueError):
        return date.min if steps < 0 else date.max


def _months_on(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2020-01-31") else None
    except ValueError:
        return None
