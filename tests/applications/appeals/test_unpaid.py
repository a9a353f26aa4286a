"""An appeal is not heard for nothing: money that was taken back meanwhile holds the case."""

from datetime import timedelta

import pytest
import time_machine

from payments import queries as bills
from payments.operations import billing
from tests.applications import world
from tests.applications.appeals.test_told import deliver
from tests.applications.appeals.world import above, appeal, refused
from tests.payments.reversing import take_back
from tests.world import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _later():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def lost(uwase, staffed):
    """A case that was paid, and refused."""
    above()
    case = refused(uwase, staffed.aline)
    deliver(LATER)
    return case


def test_what_was_taken_back_while_it_was_refused_holds_the_appeal_until_it_is_paid(lost, uwase):
    take_back(at=LATER)
    deliver(LATER)
    assert world.fresh(lost).status == "REFUSED"
    appeal(lost, uwase, at=LATER)
    deliver(LATER)
    held = world.fresh(lost)
    assert (held.status, held.held_from) == ("PAYMENT_HELD", "IN_QUEUE")
    world.pay(lost.bill_id, at=LATER)
    deliver(LATER)
    assert world.fresh(lost).status == "IN_QUEUE"


def test_so_does_what_is_taken_back_before_the_appeal_is_laid_before_anybody(lost, uwase):
    appeal(lost, uwase, at=LATER)
    take_back(at=LATER)
    deliver(LATER)
    assert world.fresh(lost).status == "PAYMENT_HELD"


def test_a_bill_whose_term_ended_meanwhile_is_owed_and_holds_it_too(lost, uwase):
    take_back(at=LATER)
    deliver(LATER)
    after_its_term = NOON + timedelta(days=8)
    billing.expire_due(now=after_its_term, limit=10)
    with time_machine.travel(after_its_term, tick=False):
        appeal(lost, uwase, at=after_its_term)
        deliver(after_its_term)
    assert world.fresh(lost).status == "PAYMENT_HELD"
    assert bills.bill(lost.bill_id).state == "OWED"


def test_a_paid_appeal_goes_on(lost, uwase):
    appeal(lost, uwase, at=LATER)
    deliver(LATER)
    assert world.fresh(lost).status == "IN_QUEUE"
