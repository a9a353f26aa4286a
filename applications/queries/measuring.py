"""How long cases really took, by service and month: what the catalogue tells of each service."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction

from applications.states import Status
from applications.story import Turn, turn
from catalogue import queries as catalogue
from catalogue.measuring import Measured
from kernel.country import country
from places import working

_MEASURED = (Path(__file__).parents[1] / "sql" / "measured.sql").read_text(encoding="utf-8")
# The rows of a month are read so many at a time: a big country has 100,000.
ROWS_AT_A_TIME = 5_000
# As the office's own clock stands still: it is the applicant's turn, an appeal's term included.
_WAITING = [
    Status.REFUSED.value,
    *(status.value for status in Status if turn(status) is Turn.APPLICANT),
]


def last_month(at: datetime) -> date:
    """Return the first day of the last month that is over, in the country's time zone."""
    first = at.astimezone(country().zone).date().replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)


def measured(month: date) -> dict[str, Measured]:
    """
    Return what each service really took, by code: the cases whose paper was there in that month.

    Working time of the country from the payment until then, as the clocks count it: the
    applicant's own time is left out, and what a counter took on paper counts from there. A service
    without such a case is left out. One statement.

    :param month: its first day
    """
    took: dict[str, list[int]] = {}
    for case in ended(month):
        took.setdefault(case.service_code, []).append(_office_seconds(case))
    day_seconds = _day_seconds()
    return {code: Measured.of(each, day_seconds=day_seconds) for code, each in took.items()}


class Ended(NamedTuple):
    """A case that got its paper; `pauses` are from when until when the office owed nothing."""

    service_code: str
    paid_at: datetime
    ended_at: datetime
    received_at: datetime | None
    typed_at: datetime
    pauses: Sequence[tuple[datetime, datetime]]


def ended(month: date) -> Iterator[Ended]:
    """Yield the cases that got their paper in the month."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_MEASURED, parameters(month))
        while rows := cursor.fetchmany(ROWS_AT_A_TIME):
            for service, paid, finished, received, typed, since, until in rows:
                pauses = tuple(zip(since or (), until or (), strict=True))
                yield Ended(service, paid, finished, received, typed, pauses)


def _office_seconds(case: Ended) -> int:
    seconds = working.working_seconds(case.paid_at, case.ended_at)
    seconds -= sum(working.working_seconds(since, until) for since, until in case.pauses)
    if case.received_at is not None:
        # It lay there on paper, until the downtime book was captured.
        seconds += working.working_seconds(case.received_at, case.typed_at)
    return max(seconds, 0)


def parameters(month: date) -> dict[str, datetime | list[int] | list[str]]:
    """Return what the statement of a month is asked with."""
    zone = country().zone
    following = (month + timedelta(days=31)).replace(day=1)
    return {
        "since": datetime.combine(month, time.min, tzinfo=zone),
        "until": datetime.combine(following, time.min, tzinfo=zone),
        "physical": catalogue.version_ids(kind="physical"),
        "waiting": _WAITING,
    }


def _day_seconds() -> int:
    """Return how long a working day of the country is."""
    any_day = date(2000, 1, 3)
    return sum(
        int((datetime.combine(any_day, closes) - datetime.combine(any_day, opens)).total_seconds())
        for opens, closes in country().office_hours
    )
