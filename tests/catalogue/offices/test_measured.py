"""What is told of the time a service took: sums by tables, kept once a month, few cases untold."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from catalogue import measuring
from catalogue.measuring import Measured
from catalogue.models import MeasuredTime, Service
from catalogue.operations import measuring as operations
from tests.world import NOON

HOUR = 3600
DAY = 9 * HOUR
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
SOME = Measured(12, Decimal("1.5"), Decimal("4.0"))

SUMS = [
    # hours that each case took, cases, median, ninth decile
    ([9, 9, 9, 9, 9], 5, "1.0", "1.0"),
    ([1, 2, 2, 3, 9], 5, "0.2", "1.0"),
    ([9 * n for n in range(1, 11)], 10, "5.0", "9.0"),
    ([9 * n for n in range(1, 12)], 11, "6.0", "10.0"),
    ([0, 0, 0, 0, 0, 90], 6, "0.0", "10.0"),
]


@pytest.mark.parametrize(("hours", "cases", "median", "ninth"), SUMS)
def test_half_and_nine_of_ten_were_done_within(
    hours: list[int], cases: int, median: str, ninth: str
) -> None:
    found = Measured.of([n * HOUR for n in reversed(hours)], day_seconds=DAY)
    assert found == Measured(cases, Decimal(median), Decimal(ninth))


@pytest.mark.parametrize("cases", [0, 1, 4])
def test_few_cases_are_too_few_to_tell(cases: int) -> None:
    assert Measured.of([DAY] * cases, day_seconds=DAY) == Measured(cases, None, None)


@pytest.mark.django_db
def test_the_newest_month_is_told(tiny) -> None:
    operations.keep({"boat-licence": Measured(3, None, None)}, month=NOVEMBER, at=NOON)
    operations.keep({"boat-licence": SOME}, month=OCTOBER, at=NOON)
    told = measuring.told()["boat-licence"]
    assert (told.month, told.cases, told.too_few) == (NOVEMBER, 3, True)
    assert measuring.told(["tide-table"]) == {}


@pytest.mark.django_db
def test_measuring_a_month_again_replaces_what_stood(tiny) -> None:
    both = {"boat-licence": SOME, "tide-table": SOME}
    assert operations.keep(both, month=NOVEMBER, at=NOON) == 2
    again = {"boat-licence": Measured(3, None, None), "no-such": SOME}
    assert operations.keep(again, month=NOVEMBER, at=NOON) == 1
    kept = MeasuredTime.objects.get()
    assert (kept.cases, kept.median_working_days) == (3, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"cases": 4}, "measured_tells_of_enough_cases"),
        ({"median_working_days": None}, "measured_tells_of_enough_cases"),
        ({"ninth_decile": "1.0"}, "measured_tells_of_enough_cases"),
        ({"median_working_days": "-1"}, "measured_tells_of_enough_cases"),
        ({"month": date(2026, 11, 2)}, "measured_by_whole_months"),
        ({"month": OCTOBER}, "measured_once_a_month"),
    ],
)
def test_postgresql_says_the_same(tiny, changed: dict[str, object], rule: str) -> None:
    operations.keep({"boat-licence": SOME}, month=OCTOBER, at=NOON)
    row = {
        "service": Service.objects.get(code="boat-licence"),
        "month": NOVEMBER,
        "cases": 12,
        "median_working_days": "1.5",
        "ninth_decile": "4.0",
        "measured_at": NOON,
    }
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        MeasuredTime.objects.create(**row | changed)
    MeasuredTime.objects.create(**row)
