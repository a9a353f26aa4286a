"""Whoever helped, or has said that she has an interest, is kept away from a case by every road."""

import pytest
from django.db import IntegrityError, transaction

from applications import operations, queries
from applications.models import Application
from applications.states import ReassignReason
from tests.applications import world
from tests.applications.acts.world import transfer
from tests.applications.assisted.world import agreed, begin, client_of, helper
from tests.applications.packing import HOME, NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def helped(uwase, staffed):
    """A case that somebody helped with who is a supervisor and receives, too."""
    agent = helper(HOME, "case.assist", "case.supervise", "case.receive", "case.decide")
    case = agreed(agent, client_of(uwase))
    operations.save_answers_for(
        application_id=case.pk, helper_id=agent, given=world.ANSWERS[world.BIRTH], at=NOON
    )
    sent = operations.submit_for(application_id=case.pk, helper_id=agent, at=NOON)
    world.pay(sent.bill_id)
    operations.confirm_payment(bill_id=sent.bill_id, at=NOON)
    operations.route(application_id=case.pk, at=NOON)
    return world.fresh(case), agent


def test_the_helper_neither_reassigns_nor_sends_away_what_she_helped_with(helped, staffed):
    case, agent = helped
    to = staffed.bosco if case.officer_id == staffed.aline else staffed.aline
    with pytest.raises((operations.OwnCase, operations.NoSuchCase)):
        reassign(case, to, agent)
    with pytest.raises(operations.OwnCase):
        operations.hand_over(
            application_id=case.pk,
            by_id=agent,
            to_office_id=world.office_id(NEIGHBOUR),
            what="case",
            at=NOON,
        )


def test_the_helper_is_told_of_no_escalation_of_it(helped):
    case, _ = helped
    head = world.officer(HOME, "case.supervise")
    assert queries.supervisors(case.pk, at=NOON) == [head]
    operations.escalate(now=case.escalate_at)
    [told] = queries.escalations_at(case.pk, at=case.escalate_at)
    assert queries.overseers(told, at=case.escalate_at) == [head]


def test_whoever_said_that_she_has_an_interest_never_gets_the_case_back(uwase, staffed):
    case = transfer(
        world.taken(uwase, staffed.aline),
        staffed.aline,
        officer_id=staffed.bosco,
        reason_code="conflict",
    )
    head = world.officer(HOME, "case.supervise")
    with pytest.raises(operations.OwnCase):
        operations.take(application_id=case.pk, by_id=staffed.aline, at=NOON)
    with pytest.raises(operations.CannotReassign):
        reassign(case, staffed.aline, head)
    with pytest.raises(IntegrityError, match="an interest"), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(officer_id=staffed.aline)
    carine = world.officer()
    reassign(case, carine, head, reason_code=ReassignReason.CONFLICT)
    for one in (staffed.aline, staffed.bosco):
        with pytest.raises(operations.OwnCase):
            operations.take(application_id=case.pk, by_id=one, at=NOON)


def reassign(case, to_officer_id, by_id, reason_code=ReassignReason.LATE) -> None:
    operations.reassign(
        application_ids=[case.pk],
        to_officer_id=to_officer_id,
        by_id=by_id,
        reason_code=reason_code,
        at=NOON,
    )


def test_help_that_was_begun_twice_is_one(house, uwase):
    agent = helper()
    whom = client_of(uwase)
    once, again = begin(agent, whom), begin(agent, whom, at=NOON + world.MINUTE)
    assert once.pk == again.pk
    assert begin(agent, whom, fee_minor=900).pk != once.pk
