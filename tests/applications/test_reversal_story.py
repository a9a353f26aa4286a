"""One case whose money is taken back, from the first payment to the paper, by the routes alone."""

from datetime import datetime, timedelta

import pytest

from applications import operations
from notifications.models import Message
from payments import queries as bills
from payments.models import Refund
from tests.applications import world
from tests.payments.reversing import take_back
from tests.world import NOON
from workers import relay
from workers.routes import ROUTES

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def deliver(*, at: datetime) -> None:
    """Let the relay deliver until there is no news."""
    while relay.fan_out(routes=ROUTES, now=at) + relay.drain(routes=ROUTES, now=at):
        continue


def receipts(bill_id: int) -> list[bool]:
    """Return, for each official receipt of the bill, whether it is in force."""
    return [one.cancelled_at is None for one in bills.receipts(bill_id)]


def told() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("template", flat=True))


def test_money_taken_back_and_paid_again_holds_the_case_and_lets_it_go_on(uwase, staffed):
    case = world.draft(uwase)
    bill_id = world.submit(uwase, case).bill_id
    world.pay(bill_id)
    deliver(at=NOON)
    assert world.fresh(case).status == "IN_QUEUE"
    assert receipts(bill_id) == [True]

    take_back(at=NOON + HOUR)
    deliver(at=NOON + HOUR)
    assert world.fresh(case).status == "PAYMENT_HELD"
    assert receipts(bill_id) == [False]
    assert told()[-1] == "payment_held"

    world.pay(bill_id, at=NOON + 2 * HOUR)
    deliver(at=NOON + 2 * HOUR)
    assert world.fresh(case).status == "IN_QUEUE"
    assert receipts(bill_id) == [True, False]
    assert told()[-1] == "payment_restored"


def test_taking_a_paid_case_back_proposes_a_refund_that_two_people_decide(uwase, staffed):
    case = world.draft(uwase)
    bill_id = world.submit(uwase, case).bill_id
    world.pay(bill_id)
    deliver(at=NOON)
    operations.withdraw(
        application_id=case.pk, holder_id=uwase.person_id, by_id=uwase.account_id, at=NOON
    )
    deliver(at=NOON)
    [refund] = Refund.objects.all()
    assert (refund.state, refund.maker_id, refund.bill_id) == ("PROPOSED", None, bill_id)


def test_money_taken_back_before_anybody_heard_of_it_pays_no_case(uwase, staffed):
    case = world.draft(uwase)
    bill_id = world.submit(uwase, case).bill_id
    world.pay(bill_id)
    take_back()

    deliver(at=NOON)

    assert world.fresh(case).status == "AWAITING_PAYMENT"
    assert receipts(bill_id) == []
    world.pay(bill_id, at=NOON + HOUR)
    deliver(at=NOON + HOUR)
    assert world.fresh(case).status == "IN_QUEUE"
    assert receipts(bill_id) == [True]
