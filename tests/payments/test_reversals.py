"""Money that is taken back: by the provider, by a refund of ours, whenever it is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kernel.models import EventRow
from payments.gateways import VENDORS
from payments.models import Allocation, Difference, Evidence, Movement, Refund, SuspenseItem
from payments.operations import billing
from payments.states import Leg
from tests.payments.books import balance, check_all
from tests.payments.world import (
    debit,
    give_back,
    in_flight,
    issue,
    post,
    state_of,
    telling,
)
from tests.world import NOON

pytestmark = pytest.mark.django_db

LATE = NOON + timedelta(days=8)


@pytest.fixture(autouse=True)
def _books_agree(db):
    yield
    check_all()


def news(name):
    return list(
        EventRow.objects.filter(name=f"payments.{name}")
        .order_by("pk")
        .values_list("payload__subject_id", flat=True)
    )


def legs():
    return list(Movement.objects.order_by("pk").values_list("leg", "amount_minor"))


def suspense():
    return list(SuspenseItem.objects.order_by("pk").values_list("reason", "amount_minor"))


def test_a_reversal_reopens_the_bill_and_tells_of_it(world):
    bill = issue(500, 1000)
    post(telling(world.mtn, bill.reference, 1500, external_id="C1"))

    posted = post(debit(world.mtn, Leg.REVERSAL, 1500, original="C1"))

    assert state_of(bill) == ("OPEN", 0)
    assert (posted.movements, posted.debits, posted.bills_reopened) == (1, 1, 1)
    assert news("bill.reopened") == [bill.id]
    assert news("collection.reversed") == [Movement.objects.get(leg="credit").pk]
    assert balance("clearing", "mtn-rw") == 0
    assert balance("payable", "district-11") == 0


def test_a_reopened_bill_can_be_paid_again(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))
    post(debit(world.mtn, Leg.REVERSAL, 500, original="C1"))

    post(telling(world.bank, bill.reference, 500))

    assert state_of(bill) == ("PAID", 500)
    assert news("bill.paid") == [bill.id, bill.id]


def test_a_reversal_in_part_takes_from_the_last_line_on(world):
    bill = issue(500, 1000, 250)
    post(telling(world.mtn, bill.reference, 1750, external_id="C1"))

    post(debit(world.mtn, Leg.REVERSAL, 600, original="C1"))

    taken = Allocation.objects.filter(amount_minor__lt=0).order_by("line__line_no")
    assert list(taken.values_list("line__line_no", "amount_minor")) == [(2, -350), (3, -250)]
    assert state_of(bill) == ("PART_PAID", 1150)


def test_a_reversal_takes_what_stands_in_suspense_first(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 700, external_id="C1"))

    post(debit(world.mtn, Leg.REVERSAL, 300, original="C1"))

    assert suspense() == [("OVERPAID", 200), ("REVERSED", -200)]
    assert state_of(bill) == ("PART_PAID", 400)


def test_a_reversal_of_suspense_alone_leaves_the_bill_as_it_is(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500))
    post(telling(world.mtn, bill.reference, 500, external_id="C2"))

    post(debit(world.mtn, Leg.REVERSAL, 500, original="C2"))

    assert state_of(bill) == ("PAID", 500)
    assert news("bill.reopened") == []
    assert balance("suspense", "mtn-rw") == 0


def test_a_reversal_of_a_part_leaves_the_bill_part_paid_or_open(world):
    bill = issue(500)
    for name, amount in (("C1", 100), ("C2", 200)):
        post(telling(world.mtn, bill.reference, amount, external_id=name))

    post(debit(world.mtn, Leg.REVERSAL, 100, original="C1"))
    assert state_of(bill) == ("PART_PAID", 200)
    assert news("bill.reopened") == []
    post(debit(world.mtn, Leg.REVERSAL, 200, original="C2"))
    assert state_of(bill) == ("OPEN", 0)
    assert news("bill.reopened") == [bill.id]


def test_parts_of_an_expired_bill_fall_where_it_stands(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 100, external_id="C1"))
    billing.expire_due(now=LATE, limit=1)

    post(debit(world.mtn, Leg.REVERSAL, 100, original="C1"), at=LATE)

    assert state_of(bill) == ("EXPIRED", 0)
    assert news("bill.reopened") == []


def test_what_is_owed_stays_owed_until_it_is_whole(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))
    post(debit(world.mtn, Leg.REVERSAL, 500, original="C1"))
    billing.Bill.objects.filter(pk=bill.id).update(state="OWED")

    post(telling(world.mtn, bill.reference, 200, external_id="C2"))
    assert state_of(bill) == ("OWED", 200)
    post(debit(world.mtn, Leg.REVERSAL, 200, original="C2"))
    assert state_of(bill) == ("OWED", 0)
    billing.expire_due(now=LATE, limit=1)
    assert state_of(bill) == ("OWED", 0)
    post(telling(world.mtn, bill.reference, 700))

    assert state_of(bill) == ("PAID", 500)
    assert suspense() == [("OVERPAID", 200)]


def test_two_reversals_of_one_bill_in_one_batch_both_fall(world):
    bill = issue(500, 300)
    post(
        telling(world.mtn, bill.reference, 600, external_id="C1"),
        telling(world.bank, bill.reference, 200, external_id="C2"),
    )

    post(
        debit(world.mtn, Leg.REVERSAL, 600, original="C1"),
        debit(world.bank, Leg.REVERSAL, 150, original="C2"),
    )

    assert state_of(bill) == ("PART_PAID", 50)
    assert news("bill.reopened") == [bill.id]


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_a_reversal_told_twice_takes_once(world, together):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))
    first = debit(world.mtn, Leg.REVERSAL, 500, original="C1", external_id="R1")
    by_statement = debit(
        world.mtn, Leg.REVERSAL, 500, original="C1", external_id="R1", source="statement"
    )

    for batch in [[first, by_statement]] if together else [[first], [by_statement]]:
        post(*batch)

    reversal = Movement.objects.get(leg="reversal")
    assert set(Evidence.objects.filter(movement=reversal).values_list("source", flat=True)) == {
        "message",
        "statement",
    }
    assert balance("clearing", "mtn-rw") == 0
    assert Difference.objects.count() == 0


def test_a_statement_that_calls_it_a_withdrawal_tells_the_same_reversal(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))
    post(debit(world.mtn, Leg.REVERSAL, 500, original="C1", external_id="R1"))

    post(debit(world.mtn, Leg.WITHDRAWAL, 500, external_id="R1", source="statement"))

    assert legs() == [("credit", 500), ("reversal", 500)]
    assert news("debit.unexplained") == []


def test_a_reversal_in_the_batch_of_its_collection_finds_it(world):
    bill = issue(500)

    posted = post(
        debit(world.mtn, Leg.REVERSAL, 500, original="C1"),
        telling(world.mtn, bill.reference, 500, external_id="C1"),
    )

    assert posted.waiting == ()
    assert state_of(bill) == ("OPEN", 0)
    assert news("bill.paid") == news("bill.reopened") == [bill.id]


def test_a_reversal_before_its_collection_waits_for_it(world):
    bill = issue(500)
    early = debit(world.mtn, Leg.REVERSAL, 500, original="C1")

    posted = post(early, telling(world.mtn, issue(70).reference, 70))
    assert posted.waiting == (0,)
    assert legs() == [("credit", 70)]
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))
    posted = post(early)

    assert posted.waiting == ()
    assert state_of(bill) == ("OPEN", 0)


def test_a_reversal_whose_collection_nobody_tells_is_a_withdrawal(world):
    lost = debit(world.mtn, Leg.REVERSAL, 500, original="C1", last_try=True)

    posted = post(lost)
    again = post(lost)

    assert (posted.debits, posted.unexplained, again.debits) == (1, 1, 0)
    assert news("debit.unexplained") == [Movement.objects.get(leg="withdrawal").pk]
    assert balance("unexplained", "mtn-rw") == 500


@pytest.mark.parametrize(
    ("amounts", "taken"),
    [([501], []), ([300, 201], [300]), ([500, 500], [500]), ([200, 200], [200])],
)
@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_more_than_is_left_or_a_second_time_is_a_withdrawal_and_a_difference(
    world, amounts, taken, together
):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))
    reversals = [debit(world.mtn, Leg.REVERSAL, amount, original="C1") for amount in amounts]

    for batch in [reversals] if together else [[one] for one in reversals]:
        post(*batch)

    reversed_minor = Movement.objects.filter(leg="reversal").values_list("amount_minor", flat=True)
    assert list(reversed_minor) == taken
    assert balance("unexplained", "mtn-rw") == sum(amounts) - sum(taken)
    assert Difference.objects.get().movement.external_id == "C1"


def test_a_refund_takes_its_money_when_it_is_approved_and_ends_with_the_payout(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 700, external_id="C1"))

    refund = in_flight(world.mtn, "C1", 300)
    assert state_of(bill) == ("PART_PAID", 400)
    assert balance("refunds_in_transit", "mtn-rw") == -300
    post(debit(world.mtn, Leg.PAYOUT, 300, key=refund.key, external_id="P1"))

    refund.refresh_from_db()
    assert (refund.state, refund.external_id, refund.ended_at) == ("DONE", "P1", NOON)
    assert news("refund.done") == [refund.pk]
    assert balance("refunds_in_transit", "mtn-rw") == 0


@pytest.mark.parametrize(("from_float", "left"), [(True, (700, -300)), (False, (400, 0))])
def test_a_payout_leaves_the_float_where_the_vendor_keeps_one(world, monkeypatch, from_float, left):
    vendor = replace(VENDORS["bycontract"], refunds_from_float=from_float)
    monkeypatch.setitem(VENDORS, "bycontract", vendor)
    post(telling(world.bank, "", 700, external_id="C1"))
    refund = in_flight(world.bank, "C1", 300)

    post(debit(world.bank, Leg.PAYOUT, 300, key=refund.key))

    assert (balance("clearing", "bank-rw"), balance("refund_float", "bank-rw")) == left


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_a_payout_told_by_our_key_under_another_id_is_the_same_payout(world, together):
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 500)
    tellings = [
        debit(world.mtn, Leg.PAYOUT, 500, key=refund.key),
        debit(world.mtn, Leg.PAYOUT, 490, key=refund.key),
    ]

    for batch in [tellings] if together else [[one] for one in tellings]:
        post(*batch)

    assert legs() == [("credit", 500), ("payout", 500)]
    assert Difference.objects.get().told_amount_minor == 490


def test_a_reversal_of_what_we_are_refunding_is_the_refunds_payout(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 500)

    posted = post(
        debit(world.mtn, Leg.REVERSAL, 500, original="C1", external_id="R1"),
        debit(world.mtn, Leg.REVERSAL, 500, original="C1", external_id="R1"),
    )

    assert posted.debits == 1
    assert legs() == [("credit", 500), ("payout", 500)]
    assert Refund.objects.get(pk=refund.pk).state == "DONE"
    # It was the refund that opened the bill, not the provider.
    assert news("collection.reversed") == []


def test_a_refund_that_is_done_already_still_gets_its_payout_and_no_second_news(world):
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 500)
    Refund.objects.filter(pk=refund.pk).update(state="DONE")

    post(debit(world.mtn, Leg.PAYOUT, 500, key=refund.key))

    assert news("refund.done") == []
    assert balance("refunds_in_transit", "mtn-rw") == 0


@pytest.mark.parametrize("amount", [499, 501])
def test_a_payout_of_another_amount_is_a_withdrawal_and_the_refund_stays_in_flight(world, amount):
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 500)

    post(debit(world.mtn, Leg.PAYOUT, amount, key=refund.key))

    assert legs()[1:] == [("withdrawal", amount)]
    assert Refund.objects.get(pk=refund.pk).state == "PENDING"
    assert Difference.objects.get().told_amount_minor == amount


def test_a_refund_that_failed_stands_in_suspense_again(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 500)

    give_back(refund)

    assert suspense() == [("REFUND_FAILED", 500)]
    assert state_of(bill) == ("OPEN", 0)
    assert balance("suspense", "mtn-rw") == -500
    assert news("collection.suspended") == [refund.movement_id]
    # And a later reversal by the provider finds it there.
    post(debit(world.mtn, Leg.REVERSAL, 500, original="C1"))
    assert balance("suspense", "mtn-rw") == balance("clearing", "mtn-rw") == 0


def test_a_movement_that_was_refunded_in_part_can_be_reversed_by_the_rest_only(world):
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 200)
    post(debit(world.mtn, Leg.PAYOUT, 200, key=refund.key))

    post(debit(world.mtn, Leg.REVERSAL, 400, original="C1"))
    post(debit(world.mtn, Leg.REVERSAL, 300, original="C1"))

    assert legs()[2:] == [("withdrawal", 400), ("reversal", 300)]
