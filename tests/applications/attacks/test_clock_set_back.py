"""A clock that was set back by an hour makes nothing impossible, and nothing shorter."""

from datetime import timedelta

import pytest

from applications import operations
from tests.applications import world
from tests.applications.appeals.world import appeal, refused
from tests.applications.clocks.world import ask, complete
from tests.applications.packing import NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db
EARLIER = NOON - timedelta(hours=1)


def test_what_arrives_before_it_left_arrives_when_it_left(uwase, staffed, commits):
    case = world.queued(uwase)
    there = world.officer(NEIGHBOUR, at=EARLIER)
    sent = operations.hand_over(
        application_id=case.pk,
        by_id=staffed.aline,
        to_office_id=world.office_id(NEIGHBOUR),
        what="case",
        at=NOON,
    )
    operations.acknowledge_arrival(hand_over_id=sent, by_id=there, at=NOON - world.MINUTE)
    assert world.fresh(case).officer_id == there
    commits()


def test_a_completion_answered_before_it_was_asked_shortens_no_promise(uwase, staffed, commits):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline, at=NOON)
    complete(case, uwase, at=NOON - world.MINUTE)
    assert world.fresh(case).promised_at == case.promised_at
    commits()


def test_an_appeal_before_its_refusal_is_one_of_the_same_moment(uwase, staffed, commits):
    case = refused(uwase, staffed.aline)
    appeal(case, uwase, at=NOON - world.MINUTE)
    assert world.fresh(case).status == "UNDER_APPEAL"
    commits()


def test_a_hold_outlives_no_clock_that_was_set_back(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.HeldByAnother):
        operations.take(
            application_id=case.pk, by_id=staffed.bosco, at=EARLIER + timedelta(hours=1)
        )
    operations.take(application_id=case.pk, by_id=staffed.bosco, at=case.held_until)
