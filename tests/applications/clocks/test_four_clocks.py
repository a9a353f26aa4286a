"""Four clocks: each runs in working time, and each stands still in somebody else's turn."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import operations, queries, story
from applications.operations import promising
from applications.queries import clocks
from applications.states import OWED, Status
from applications.story import Turn
from catalogue import queries as catalogue
from places import queries as places
from tests.accounts import people
from tests.applications import world
from tests.applications.clocks.world import DAY, HOUR, SOON, ask, clocks_of, complete, hours
from tests.applications.packing import NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_a_case_at_the_office_runs_all_four_clocks(uwase, staffed):
    case = world.queued(uwase)

    found = clocks_of(case, NOON + hours(2))

    assert (found.state, found.office, found.promise) == (2 * HOUR, 2 * HOUR, DAY - 2 * HOUR)
    assert (found.escalation, found.turn, found.runs) == (SOON, Turn.OFFICE, True)


def test_nights_and_week_ends_are_nobodys_time(uwase, staffed):
    case = world.queued(uwase)
    assert clocks_of(case, NOON + hours(20)).office == 5 * HOUR
    missed = clocks_of(case, NOON + hours(23))
    assert missed.promise == HOUR
    assert clocks_of(case, NOON + hours(26)).promise == -2 * HOUR


def test_the_applicants_turn_stops_the_offices_clock_and_moves_its_promise(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline, at=NOON + hours(1))

    asked = clocks_of(case, NOON + hours(4))
    assert (asked.turn, asked.runs, asked.escalation) == (Turn.APPLICANT, False, None)
    assert (asked.state, asked.office, asked.promise) == (3 * HOUR, HOUR, DAY - HOUR)

    complete(case, uwase, at=NOON + hours(4))
    mended = clocks_of(case, NOON + hours(4))
    assert (mended.office, mended.promise) == (HOUR, DAY - HOUR)
    assert world.fresh(case).promised_at == case.promised_at + hours(3)
    assert mended.escalation == SOON + hours(3)


def test_a_night_in_which_nobody_works_moves_no_promise(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline, at=NOON + hours(5))
    complete(case, uwase, at=NOON + hours(20))
    assert world.fresh(case).promised_at == case.promised_at


def test_held_money_stops_the_clock_and_moves_the_promise_as_long(uwase, staffed):
    case = world.queued(uwase)
    operations.hold_payment(bill_id=case.bill_id, at=NOON + hours(1))
    held = clocks_of(case, NOON + hours(3))
    assert (held.turn, held.office, held.promise) == (Turn.APPLICANT, HOUR, DAY - HOUR)

    operations.restore_payment(bill_id=case.bill_id, at=NOON + hours(3))

    assert world.fresh(case).promised_at == case.promised_at + hours(2)
    assert clocks_of(case, NOON + hours(3)).office == HOUR


def test_money_held_in_the_applicants_own_turn_is_not_added_twice(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline, at=NOON)
    operations.hold_payment(bill_id=case.bill_id, at=NOON + hours(1))
    operations.restore_payment(bill_id=case.bill_id, at=NOON + hours(2))
    complete(case, uwase, at=NOON + hours(3))
    assert world.fresh(case).promised_at == case.promised_at + hours(3)


def test_another_offices_time_is_not_this_ones(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    operations.transfer(
        application_id=case.pk, by_id=staffed.aline, version=case.version,
        office_id=world.office_id(NEIGHBOUR), officer_id=None, reason_code="not_ours",
        text="", at=NOON + hours(2),
    )  # fmt: skip
    assert clocks_of(case, NOON + hours(5)).office == 3 * HOUR


def test_drawing_and_signing_are_the_offices_time_too(uwase, staffed, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    case = world.drawn(uwase, staffed.aline)
    found = clocks_of(case, NOON + hours(2))
    assert (case.status, found.office, found.runs) == ("AWAITING_SIGNATURE", 2 * HOUR, True)


def test_a_closed_case_has_no_promise_left_and_no_time_runs(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    operations.refuse(
        application_id=case.pk, by_id=staffed.aline, version=case.version,
        reason_code="differs", note="", at=NOON + hours(1),
    )  # fmt: skip
    found = clocks_of(case, NOON + hours(4))
    assert (found.turn, found.runs, found.promise, found.escalation) == (
        Turn.NOBODY, False, None, None,
    )  # fmt: skip
    assert found.office == HOUR


def test_before_payment_there_is_no_promise_and_it_is_her_turn(uwase, staffed):
    case = world.draft(uwase)
    world.submit(uwase, case)
    found = clocks_of(case, NOON + hours(1))
    assert (found.turn, found.office, found.promise) == (Turn.APPLICANT, 0, None)


def test_a_clock_that_is_set_back_counts_nothing_and_breaks_nothing(uwase, staffed):
    case = world.queued(uwase)
    yesterday = NOON - timedelta(days=3)
    found = clocks_of(case, yesterday)
    assert (found.state, found.office) == (0, 0)
    ask(world.taken(people.citizen(), staffed.aline), staffed.aline, at=yesterday)


def test_what_was_written_in_a_downtime_book_counts_from_when_it_came(uwase, staffed):
    case = world.queued(uwase)
    definition = catalogue.version(case.service_version_id).definition
    case.received_at = NOON - timedelta(days=3)  # Friday.

    promising.promise(case, definition, at=NOON)

    assert case.promised_at == NOON
    assert clocks.of(case, NOON).office == DAY
    assert case.escalate_at < case.promised_at


def test_until_she_pays_for_what_was_captured_it_is_her_turn(uwase, staffed):
    case = world.queued(uwase)
    definition = catalogue.version(case.service_version_id).definition
    case.received_at = case.submitted_at = NOON - timedelta(days=3)
    promising.promise(case, definition, at=NOON)
    assert case.promised_at == NOON + timedelta(days=1)


def test_the_clocks_cost_no_query_when_the_history_is_at_hand(uwase, staffed):
    case = world.queued(uwase)
    case.deciding_office = places.office(case.deciding_office_id)
    moves = queries.history(case.pk)
    with CaptureQueriesContext(connection) as asked:
        clocks.of(case, NOON, moves=moves)
    assert len(asked) == 0


@pytest.mark.parametrize("staff", [True, False])
@pytest.mark.parametrize("status", list(Status))
def test_in_every_state_it_is_said_whose_turn_it_is_and_what_comes(status, staff):
    closed = {Status.ISSUED, Status.COLLECTED, Status.REFUSED, Status.WITHDRAWN}
    assert (story.turn(status) is Turn.NOBODY) == (status in closed)
    assert story.turn_text(status, staff=staff)
    ahead = story.tell([], status=status, office="", promised_at=NOON, staff=staff)
    assert bool(ahead) == (status not in closed)
    if ahead:
        stands = status in {Status.AWAITING_COMPLETION, Status.PAYMENT_HELD}
        assert ("promised by" in ahead[0]["note"]) == (status in OWED)
        assert ("stands still" in ahead[0]["note"]) == stands
