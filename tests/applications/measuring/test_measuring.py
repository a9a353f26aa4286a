"""How long cases really took, as the clocks count: from the payment until the paper was there."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from applications import operations
from applications.models import Application
from applications.queries import measuring
from catalogue.measuring import Measured
from catalogue.models import MeasuredTime
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.clocks.world import ask, complete, hours
from tests.applications.collection import world as collection
from tests.world import NOON
from workers import errands

pytestmark = pytest.mark.django_db

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
DECEMBER_2 = NOON + timedelta(days=9)


def issue(case: Application, *, after: float) -> None:
    operations.conclude(application_id=case.pk, at=NOON + hours(after))


def approve(case: Application, citizen: Citizen, by_id: int, *, at: datetime) -> None:
    operations.approve(
        application_id=case.pk,
        by_id=by_id,
        version=world.fresh(case).version,
        entry=world.entry_for(citizen),
        at=at,
    )


def test_the_applicants_own_time_is_left_out(uwase, staffed) -> None:
    for after in (1, 2, 3, 24):
        issue(world.approved(people.citizen(), staffed.aline), after=after)
    asked = world.taken(uwase, staffed.aline)
    ask(asked, staffed.aline, at=NOON + hours(1))
    complete(asked, uwase, at=NOON + hours(25))
    approve(asked, uwase, staffed.aline, at=NOON + hours(25))
    issue(asked, after=26)

    # 1, 2, 3 and 9 hours, and 2 of hers, of days that have nine.
    assert measuring.measured(NOVEMBER) == {
        world.BIRTH: Measured(5, Decimal("0.2"), Decimal("1.0"))
    }
    assert measuring.measured(OCTOBER) == {}


def test_few_cases_are_counted_and_nothing_is_told(uwase, staffed) -> None:
    issue(world.approved(uwase, staffed.aline), after=1)
    world.taken(people.citizen(), staffed.aline)  # Not ended.
    assert measuring.measured(NOVEMBER) == {world.BIRTH: Measured(1, None, None)}


def test_a_physical_document_has_ended_when_it_lies_ready(uwase, staffed) -> None:
    collection.make_physical()
    case = collection.issued(uwase, staffed.aline)
    assert measuring.measured(NOVEMBER) == {}
    collection.lay_out(case, collection.counter(), at=NOON + hours(24))
    (ended,) = measuring.ended(NOVEMBER)
    assert (ended.paid_at, ended.ended_at, ended.pauses) == (NOON, NOON + hours(24), ())


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (datetime(2026, 12, 2, 1, tzinfo=UTC), NOVEMBER),
        (datetime(2026, 11, 30, 22, 30, tzinfo=UTC), NOVEMBER),  # December in Kigali.
        (datetime(2026, 11, 30, 21, 30, tzinfo=UTC), OCTOBER),
        (datetime(2026, 1, 15, tzinfo=UTC), date(2025, 12, 1)),
    ],
)
def test_the_last_month_is_that_of_the_country(at: datetime, month: date) -> None:
    assert measuring.last_month(at) == month


def test_the_catalogue_is_told_once_a_night(uwase, staffed) -> None:
    issue(world.approved(uwase, staffed.aline), after=1)
    errands.measure_times(now=DECEMBER_2)
    errands.measure_times(now=DECEMBER_2 + hours(1))
    told = MeasuredTime.objects.get()
    assert (told.service.code, told.month, told.cases) == (world.BIRTH, NOVEMBER, 1)
    assert told.measured_at == DECEMBER_2

    errands.measure_times(now=DECEMBER_2 + hours(24))
    assert MeasuredTime.objects.get().measured_at == DECEMBER_2 + hours(24)
