"""A missed promise is apologised for with a new date, and counted for the office that missed it."""

from datetime import date, timedelta

import pytest

from applications import operations
from applications.events import CaseLate
from applications.models import CaseSlip
from applications.operations.writing import write_slip
from applications.queries import clocks
from applications.states import SlipKind
from kernel.models import EventRow
from notifications.models import Message
from places.models import Office
from tests.accounts import people
from tests.applications import world
from tests.applications.clocks.world import ask, hours
from tests.applications.packing import FAR, NEIGHBOUR
from tests.world import NOON
from workers import messages

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.FILES_DIR = tmp_path


def test_the_message_tells_the_new_date(uwase, staffed):
    case = world.queued(uwase)
    operations.apologise(now=case.promised_at + HOUR)
    row = EventRow.objects.get(name="applications.case.late")

    messages.tell_late(CaseLate(subject_id=case.pk, occurred_at=row.occurred_at), NOON)

    said = Message.objects.get(template="late").body
    assert case.number in said
    assert "25/11/2026" in said
    assert CaseSlip.objects.get(kind=SlipKind.APOLOGY).due_at.date() == date(2026, 11, 25)


def test_in_the_applicants_turn_the_office_owes_no_apology(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline, at=NOON)
    assert operations.apologise(now=case.promised_at + timedelta(days=30)) == 0


def test_who_was_apologised_to_hears_no_second_time_after_her_own_turn(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    late = case.promised_at + HOUR
    assert operations.apologise(now=late) == 1
    ask(case, staffed.aline, at=late)
    assert operations.apologise(now=late + timedelta(days=9)) == 0


def test_a_paper_that_is_not_drawn_is_owed_an_apology_too(uwase, staffed):
    case = world.approved(uwase, staffed.aline)
    assert operations.apologise(now=case.promised_at + HOUR) == 1


def test_the_acknowledgement_carries_the_promise(uwase, staffed):
    case = world.queued(uwase)
    write_slip(kind=SlipKind.ACKNOWLEDGEMENT, application_id=case.pk, at=NOON)
    slip = CaseSlip.objects.get(kind=SlipKind.ACKNOWLEDGEMENT)
    assert slip.paper.facts["due_on"] == "2026-11-24"


def test_an_apology_counts_for_the_office_that_had_the_case_however_it_was_shuffled(uwase, staffed):
    reassigned, rerouted = world.queued(uwase), world.queued(people.citizen())
    operations.reassign(
        application_ids=[reassigned.pk],
        to_officer_id=({staffed.aline, staffed.bosco} - {reassigned.officer_id}).pop(),
        by_id=people.officer("case.supervise"), reason_code="workload", at=NOON,
    )  # fmt: skip
    late = reassigned.promised_at + HOUR
    assert operations.apologise(now=late) == 2
    month, home = date(2026, 11, 1), world.office_id()
    until = NOON + timedelta(days=60)
    assert clocks.apologies(since=NOON, until=until) == [(home, month, 2)]
    # Only what is apologised for after the office was closed is its district's.
    third = world.queued(people.citizen())
    Office.objects.filter(pk=home).update(active=False)
    operations.reroute(office_id=home, at=late)
    district = world.fresh(third).deciding_office_id
    assert district == world.fresh(rerouted).deciding_office_id != home
    assert operations.apologise(now=late) == 1
    assert set(clocks.apologies(since=NOON, until=until)) == {
        (home, month, 2), (district, month, 1),
    }  # fmt: skip


def test_apologies_are_counted_by_the_office_that_owed_them_and_by_month(uwase, staffed):
    moved = world.taken(uwase, staffed.aline)
    world.queued(people.citizen())
    late = moved.promised_at + HOUR
    operations.apologise(now=late)
    operations.transfer(
        application_id=moved.pk, by_id=staffed.aline, version=world.fresh(moved).version,
        office_id=world.office_id(NEIGHBOUR), officer_id=None, reason_code="not_ours",
        text="", at=late,
    )  # fmt: skip
    # Before midnight in Kigali, on the last day of November.
    last = NOON + timedelta(days=7) + hours(11)
    far = {"district": "11", "birth_place_code": FAR}
    world.queued(people.citizen(), **far)
    operations.apologise(now=last)
    month = date(2026, 11, 1)

    counted = clocks.apologies(since=NOON, until=NOON + timedelta(days=60))

    assert set(counted) == {
        (world.office_id(), month, 2), (world.office_id(FAR), month, 1),
    }  # fmt: skip
    assert clocks.apologies(
        since=NOON, until=NOON + timedelta(days=60), office_ids=[world.office_id(FAR)]
    ) == [(world.office_id(FAR), month, 1)]
    assert clocks.apologies(since=NOON, until=late) == []
