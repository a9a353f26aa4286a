"""Two channels pay one bill at the same moment, again and again: one allocation, one suspense."""

import threading

import pytest
from django.db import connection

from payments.models import Allocation, Movement, Refund, SuspenseItem
from payments.operations import refunding
from tests.accounts.people import officer
from tests.payments import deciding
from tests.payments.books import broken
from tests.payments.world import issue, make_world, post, state_of, telling

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 200


def race(*works, rounds=ROUNDS):
    """Run what each has to do in a round at once, round after round; return what they raised."""
    start, raised = threading.Barrier(len(works)), []

    def run(work):
        try:
            for number in range(rounds):
                start.wait(30)
                try:
                    work(number)
                except Exception as error:
                    raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    [thread.start() for thread in threads]
    [thread.join(120) for thread in threads]
    assert not any(thread.is_alive() for thread in threads)
    return raised


def test_two_channels_race_for_one_bill_and_one_of_them_pays_it():
    world = make_world()
    bills = [issue(500) for _ in range(ROUNDS)]

    def pay(rail):
        return lambda number: post(
            telling(rail, bills[number].reference, 500, external_id=f"{rail.code}{number}")
        )

    assert race(pay(world.bank), pay(world.mtn)) == []

    assert [state_of(bill) for bill in bills] == [("PAID", 500)] * ROUNDS
    for bill in bills:
        assert Allocation.objects.filter(line__bill_id=bill.id).count() == 1
        [suspended] = SuspenseItem.objects.filter(bill_id=bill.id)
        assert (suspended.reason, suspended.amount_minor) == ("ALREADY_PAID", 500)
    assert Movement.objects.count() == 2 * ROUNDS
    assert broken() == {}


def test_two_officers_race_for_one_refund_and_one_of_them_decides_it():
    rounds = 40
    world = make_world()
    maker, *checkers = officer("refund.ask"), officer("refund.decide"), officer("refund.decide")
    refunds = []
    for number in range(rounds):
        post(telling(world.bank, "nobody's", 500, external_id=f"P{number}"))
        movement = Movement.objects.get(external_id=f"P{number}")
        refunds.append(
            refunding.ask(
                movement_id=movement.pk,
                amount_minor=500,
                reason="nobody's",
                by_id=maker,
                at=movement.occurred_at,
            )
        )
    at = movement.occurred_at

    raised = race(
        lambda number: deciding.approve(refund_id=refunds[number], by_id=checkers[0], at=at),
        lambda number: refunding.decline(refund_id=refunds[number], by_id=checkers[1], at=at),
        rounds=rounds,
    )

    assert {type(error) for error in raised} <= {refunding.RefundDecided}
    assert len(raised) == rounds
    assert Refund.objects.filter(state__in=["APPROVED", "DECLINED"]).count() == rounds
    assert broken() == {}


def test_one_collection_is_promised_away_once_however_many_ask():
    rounds = 40
    world = make_world()
    makers = [officer("refund.ask") for _ in range(3)]
    for number in range(rounds):
        post(telling(world.bank, "nobody's", 500, external_id=f"P{number}"))
    movements = list(Movement.objects.order_by("pk"))

    def ask(maker):
        return lambda number: refunding.ask(
            movement_id=movements[number].pk,
            amount_minor=500,
            reason="nobody's",
            by_id=maker,
            at=movements[number].occurred_at,
        )

    raised = race(*map(ask, makers), rounds=rounds)

    assert {type(error) for error in raised} <= {refunding.NothingToRefund}
    assert Refund.objects.count() == rounds
    assert broken() == {}
