"""Two who want the same money at the same moment, with real commits."""

import threading
from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from payments import posting
from payments.models import Allocation, Bill, Movement, Refund, SuspenseItem
from payments.states import Leg
from tests.accounts.people import staff
from tests.payments.books import balance, check_all
from tests.payments.world import debit, issue, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

RACES = 200


def race(*runners, rounds=1):
    """Let each runner run `rounds` times, all of them at the same moment; raise what one raised."""
    start = threading.Barrier(len(runners))
    raised = []

    def run(act):
        try:
            for number in range(rounds):
                start.wait(30)
                act(number)
        except Exception as error:
            raised.append(error)
            start.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert raised == []


def test_two_channels_racing_for_one_bill_are_one_allocation_and_one_suspense(world):
    bills = [issue(500) for _ in range(RACES)]

    race(
        lambda number: post(telling(world.mtn, bills[number].reference, 500)),
        lambda number: post(telling(world.bank, bills[number].reference, 500)),
        rounds=RACES,
    )

    assert Bill.objects.filter(state="PAID", paid_minor=500).count() == RACES
    assert Allocation.objects.count() == RACES
    suspended = SuspenseItem.objects.filter(reason="ALREADY_PAID", amount_minor=500)
    assert suspended.values("bill").distinct().count() == SuspenseItem.objects.count() == RACES
    check_all()


def test_two_reversals_of_one_collection_are_one_reversal_and_one_withdrawal(world):
    rounds = 40
    bills = [issue(500) for _ in range(rounds)]
    post(
        *(
            telling(world.mtn, bill.reference, 500, external_id=f"C{number}")
            for number, bill in enumerate(bills)
        )
    )

    def reverse(number):
        post(debit(world.mtn, Leg.REVERSAL, 500, original=f"C{number}"))

    race(reverse, reverse, rounds=rounds)

    legs = list(Movement.objects.values_list("leg", flat=True))
    assert legs.count("reversal") == legs.count("withdrawal") == rounds
    assert Bill.objects.filter(state="OPEN", paid_minor=0).count() == rounds
    check_all()


def test_one_reversal_told_by_message_and_statement_at_once_is_one(world):
    rounds = 40
    bill = issue(500 * rounds)
    post(
        *(
            telling(world.mtn, bill.reference, 500, external_id=f"C{number}")
            for number in range(rounds)
        )
    )

    def tell_by(source):
        def tell(number):
            post(
                debit(
                    world.mtn,
                    Leg.REVERSAL,
                    500,
                    original=f"C{number}",
                    external_id=f"R{number}",
                    source=source,
                )
            )

        return tell

    race(tell_by("message"), tell_by("statement"), rounds=rounds)

    assert Movement.objects.filter(leg="reversal").count() == rounds
    assert not Movement.objects.filter(leg="withdrawal").exists()
    assert state_of(bill) == ("OPEN", 0)
    check_all()


def test_an_arrival_told_by_message_and_statement_at_once_comes_in_once(world):
    rounds = 40
    post(*(debit(world.mtn, Leg.SWEEP, 500, external_id=f"S{each}") for each in range(rounds)))

    def by_message(number):
        notified = telling(world.bank, "", 500, external_id=f"FT{number}")
        try:
            post(notified)
        except psycopg.IntegrityError:
            # The poster comes back.
            post(notified)

    def by_line(number):
        line = debit(world.bank, Leg.TRANSFER, 500, external_id=f"S{number}", source="statement")
        named = replace(line, told=replace(line.told, other_ids=(f"FT{number}",)))
        # A refused import comes back too: it then finds a collection, which two people explain.
        with suppress(IntegrityError):
            post(named)

    race(by_message, by_line, rounds=rounds)

    assert Movement.objects.filter(rail=world.bank).count() == rounds
    assert balance("clearing", "bank-rw") == 500 * rounds
    check_all()


def test_a_refund_and_a_reversal_never_take_the_same_money(world):
    rounds = 40
    bills = [issue(500) for _ in range(rounds)]
    post(
        *(
            telling(world.mtn, bill.reference, 500, external_id=f"C{number}")
            for number, bill in enumerate(bills)
        )
    )
    maker, checker = staff(), staff()
    refunds = [
        Refund.objects.create(
            movement=Movement.objects.get(external_id=f"C{number}"),
            currency="RWF",
            amount_minor=500,
            reason="paid twice",
            state="REQUESTED",
            maker=maker,
        )
        for number in range(rounds)
    ]

    def approve(number):
        try:
            with transaction.atomic():
                posting.hold_refund(refunds[number].pk, at=NOON)
                Refund.objects.filter(pk=refunds[number].pk).update(
                    state="APPROVED", checker=checker, decided_at=NOON
                )
        except posting.NothingLeft:
            pass

    race(
        approve,
        lambda number: post(debit(world.mtn, Leg.REVERSAL, 500, original=f"C{number}")),
        rounds=rounds,
    )

    approved = Refund.objects.filter(state="APPROVED").count()
    assert approved + Movement.objects.filter(leg="reversal").count() == rounds
    assert balance("unexplained", "mtn-rw") == 500 * approved
    check_all()
