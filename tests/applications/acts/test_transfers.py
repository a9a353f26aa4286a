"""A case is given on with a reason, to where it can be decided, and not in a circle."""

import pytest
from django.db import IntegrityError, transaction

from applications import operations, queries, story
from applications.models import Transfer
from kernel.models import EventRow
from tests.applications import world
from tests.applications.acts.world import approve, close, take, transfer
from tests.applications.packing import FAR, NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db


def told_often(case) -> int:
    return EventRow.objects.filter(
        name="applications.case.transferred_often", payload__subject_id=case.pk
    ).count()


@pytest.fixture
def supervisor(staffed):
    return world.officer(world.HOME, "case.supervise")


def test_a_colleague_gets_the_case_with_the_reason_and_takes_it(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    given = transfer(case, staffed.aline, officer_id=staffed.bosco, text="She is away")
    assert (given.status, given.officer_id) == ("IN_QUEUE", staffed.bosco)
    assert given.deciding_office_id == case.deciding_office_id
    [row] = queries.transfers(case.pk)
    assert (row.reason_code, row.text, row.version) == ("workload", "She is away", given.version)
    assert take(given, staffed.bosco).officer_id == staffed.bosco


def test_another_office_gets_it_and_its_officer_with_the_least_to_do(uwase, staffed, commits):
    case = world.taken(uwase, staffed.aline)
    given = transfer(case, staffed.aline, office_id=world.office_id(FAR), reason_code="not_ours")
    assert (given.deciding_office.code, given.officer_id) == (f"sector-{FAR}", staffed.far)
    # Who decides also hands over; where it came in is a fact and stays.
    assert given.handing_office.code == f"sector-{FAR}"
    assert given.receiving_office.code == f"sector-{world.HOME}"
    last = queries.history(case.pk)[-1]
    assert (last.target, last.note_code, last.changed_by_id) == (
        "IN_QUEUE", "transferred", staffed.aline,
    )  # fmt: skip
    commits()


def test_an_office_without_officers_gets_it_and_its_supervisor_is_told(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    given = transfer(case, staffed.aline, office_id=world.office_id(NEIGHBOUR))
    assert given.officer_id is None
    assert EventRow.objects.filter(name="applications.case.unassigned").exists()


def test_a_closed_office_gets_nothing(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    close(world.office_id(FAR))
    for office_id in (world.office_id(FAR), 10**9):
        with pytest.raises(operations.OfficeClosed):
            transfer(case, staffed.aline, office_id=office_id)
    assert world.fresh(case).version == case.version


def test_a_case_goes_in_no_circle_unless_the_supervisor_sends_it(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    away = transfer(case, staffed.aline, office_id=world.office_id(FAR))
    held = take(away, staffed.far)
    with pytest.raises(operations.GoesInACircle):
        transfer(held, staffed.far, office_id=world.office_id())
    there = world.officer(FAR, "case.supervise")
    back = transfer(held, there, office_id=world.office_id())
    assert back.deciding_office_id == world.office_id()
    assert [row.by_supervisor for row in queries.transfers(case.pk)] == [False, True]


def test_colleagues_do_not_play_ball_either(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    hers = take(transfer(case, staffed.aline, officer_id=staffed.bosco), staffed.bosco)
    with pytest.raises(operations.GoesInACircle):
        transfer(hers, staffed.bosco, officer_id=staffed.aline)


def test_the_third_transfer_is_said_to_the_supervisor_and_in_the_story(uwase, staffed, supervisor):
    carine = world.officer(display_name="Carine")
    case = world.taken(uwase, staffed.aline)
    case = take(transfer(case, staffed.aline, officer_id=staffed.bosco), staffed.bosco)
    case = take(transfer(case, staffed.bosco, officer_id=carine), carine)
    assert told_often(case) == 0
    case = transfer(case, carine, office_id=world.office_id(FAR))
    assert told_often(case) == 1
    lines = story.tell(
        queries.history(case.pk), status=case.status, office="", promised_at=None, staff=True
    )
    given_on = [line for line in lines if line["text"] == "Given on to another office or officer"]
    assert [line["note"] for line in given_on] == [
        "", "", "for the third time or more: the supervisor must look at it",
    ]  # fmt: skip


def test_only_who_holds_it_or_her_supervisor_gives_it_on(uwase, staffed, supervisor):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.NotHeld):
        transfer(case, staffed.bosco, officer_id=staffed.bosco)
    given = transfer(case, supervisor, officer_id=staffed.bosco)
    with pytest.raises(operations.NotNow):
        transfer(given, staffed.bosco, officer_id=staffed.aline)


def test_an_officer_whose_grant_ended_a_minute_ago_gives_nothing_on(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    world.end_grants(staffed.aline, at=NOON - world.MINUTE)
    with pytest.raises(operations.NotGranted):
        transfer(case, staffed.aline, officer_id=staffed.bosco)


def test_nobody_gets_a_case_that_she_may_not_decide(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    own = world.officer(person_id=uwase.person_id)
    for nobody in (own, staffed.far, uwase.account_id):
        with pytest.raises(operations.CannotTake):
            transfer(case, staffed.aline, officer_id=nobody)
    for nowhere in (None, staffed.aline):
        with pytest.raises(operations.NoTarget):
            transfer(case, staffed.aline, officer_id=nowhere)
    with pytest.raises(operations.UnknownReason):
        transfer(case, staffed.aline, officer_id=staffed.bosco, reason_code="because")
    with pytest.raises(operations.TextRefused):
        transfer(case, staffed.aline, officer_id=staffed.bosco, text="x" * 501)


def test_an_old_page_gives_nothing_on(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    transfer(case, staffed.aline, officer_id=staffed.bosco)
    with pytest.raises(operations.StalePage):
        transfer(case, staffed.aline, office_id=world.office_id(FAR))
    with pytest.raises(operations.StalePage):
        approve(case, staffed.aline, world.birth_act(uwase))


def test_postgresql_knows_closed_offices_circles_and_reasons(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    away = take(transfer(case, staffed.aline, office_id=world.office_id(FAR)), staffed.far)
    row = {
        "application": away,
        "version": 99,
        "by_id": staffed.far,
        "by_supervisor": False,
        "from_office_id": world.office_id(FAR),
        "from_officer_id": staffed.far,
        "to_office_id": world.office_id(),
        "reason_code": "workload",
        "at": NOON,
    }
    close(world.office_id(NEIGHBOUR))
    for rule, changed in {
        "transfer_in_no_circle": {},
        "transfer_to_an_open_office": {"to_office_id": world.office_id(NEIGHBOUR)},
        "transfer_reason_known": {"by_supervisor": True, "reason_code": "because"},
        "transfer_goes_somewhere": {"to_office_id": world.office_id(FAR)},
    }.items():
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            Transfer.objects.create(**(row | changed))
        assert refusal.value.__cause__.diag.constraint_name == rule
