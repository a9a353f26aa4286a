"""An appeal is a hearing of its own: it is escalated and apologised for as the first one was."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from applications import operations
from applications.events import CaseLate
from applications.models import CaseSlip, Escalation
from applications.queries import clocks
from applications.states import EscalationLevel, SlipKind
from kernel.models import EventRow
from notifications.models import Message
from places import queries as places
from tests.accounts import people
from tests.applications import world
from tests.applications.appeals.world import appeal, appealed, change_service, refuse
from tests.applications.clocks.world import ask
from tests.world import NOON
from workers import messages

pytestmark = pytest.mark.django_db
MOMENT = timedelta(minutes=1)
LATE = timedelta(days=30)


def told(case) -> list[tuple[int, int]]:
    rows = Escalation.objects.filter(application=case).order_by("pk")
    return list(rows.values_list("hearing", "level"))


def both_levels(at) -> None:
    operations.escalate(now=at)
    operations.escalate(now=at + MOMENT)


@pytest.fixture
def case(uwase, house):
    """A case that was late at its first hearing, was refused, and is heard by the same office."""
    office = places.office_by_code("national-nppa")
    for _ in range(2):
        people.officer("case.decide", area_code=None, office_id=office.pk)
    change_service(world.CRIMINAL, time={"unit": "working_days", "value": 2})
    made = world.queued(uwase, world.CRIMINAL)
    late = NOON + LATE
    both_levels(late)
    operations.apologise(now=late)
    operations.take(application_id=made.pk, by_id=made.officer_id, at=late)
    taken = world.fresh(made)
    appeal(refuse(taken, taken.officer_id, at=late), uwase, at=late)
    operations.queue_appeal(application_id=made.pk, at=late)
    heard = world.fresh(made)
    assert heard.deciding_office_id == office.pk
    return heard


def test_an_appeal_heard_by_the_same_office_is_escalated_to_both_levels_again(case):
    first, above = EscalationLevel.SUPERVISOR, EscalationLevel.ABOVE
    assert told(case) == [(0, first), (0, above)]
    both_levels(case.promised_at + MOMENT)
    assert told(case) == [(0, first), (0, above), (1, first), (1, above)]
    assert world.fresh(case).escalated_to == above


def test_a_missed_promise_of_the_appeal_is_apologised_for_once_more_and_told(case):
    later = case.promised_at + MOMENT
    assert [operations.apologise(now=later), operations.apologise(now=later)] == [1, 0]
    first, second = CaseSlip.objects.filter(kind=SlipKind.APOLOGY).order_by("pk")
    assert (first.hearing, second.hearing) == (0, 1)
    assert clocks.new_date(case.pk) == second.due_at
    for row in EventRow.objects.filter(name="applications.case.late").order_by("pk"):
        event = CaseLate(subject_id=case.pk, occurred_at=row.occurred_at)
        for _ in range(2):
            messages.tell_late(event, later)
    assert Message.objects.filter(template="late").count() == 2


def test_a_case_that_nobody_appealed_is_apologised_for_once(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    late = case.promised_at + MOMENT
    assert operations.apologise(now=late) == 1
    ask(case, staffed.aline, at=late)
    assert operations.apologise(now=late + LATE) == 0


def test_postgresql_knows_which_hearing_it_is(uwase, staffed):
    case = appealed(uwase, staffed.aline)
    with pytest.raises(IntegrityError, match="hearing"), transaction.atomic():
        Escalation.objects.create(
            application=case,
            hearing=0,
            level=EscalationLevel.SUPERVISOR,
            cause="late_soon",
            office_id=case.deciding_office_id,
            at=case.escalate_at,
        )
