"""Rules of what is taken back and paid out that no other test saw broken: found by mutants."""

from datetime import datetime, timedelta

import pytest

from kernel.models import EventRow
from payments.models import (
    Allocation,
    Bill,
    Difference,
    Journal,
    Movement,
    Refund,
    SuspenseItem,
)
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
EARLIER = NOON - timedelta(hours=5)


@pytest.fixture(autouse=True)
def _books_agree(db):
    yield
    check_all()


def suspense():
    return list(SuspenseItem.objects.order_by("id").values_list("reason", "amount_minor"))


# --- what is taken back


def test_a_reversal_undates_the_bill_and_is_kept_as_it_was_told(world):
    bill = issue(500, 1000)
    post(telling(world.mtn, bill.reference, 1700, external_id="C1"))

    taken = debit(
        world.mtn, Leg.REVERSAL, 600, original="C1", external_id="R1", occurred_at=EARLIER
    )
    post(taken, at=LATE)

    assert state_of(bill) == ("PART_PAID", 1100)
    assert Bill.objects.get(pk=bill.id).paid_at is None
    kept = Movement.objects.get(leg="reversal")
    assert (kept.original.external_id, kept.amount_minor, kept.currency) == ("C1", 600, "RWF")
    assert (kept.occurred_at, kept.first_heard_at) == (EARLIER, LATE)
    journal = Journal.objects.get(kind="reversal")
    assert (journal.subject_id, journal.business_day_id) == (kept.pk, EARLIER.date())
    assert (journal.occurred_at, journal.posted_at) == (EARLIER, LATE)
    item = SuspenseItem.objects.get(amount_minor__lt=0)
    assert (item.reason, item.amount_minor, item.opened_at) == ("REVERSED", -200, LATE)
    assert (item.bill_id, item.journal_id) == (bill.id, journal.pk)
    assert balance("suspense", "mtn-rw") == 0
    assert (balance("payable", "district-11"), balance("payable", "treasury")) == (-500, -600)


def test_reversals_of_several_bills_in_one_batch_take_from_their_own(world):
    first, second = issue(500, 300), issue(200, 100)
    post(
        telling(world.mtn, first.reference, 800, external_id="C1"),
        telling(world.bank, second.reference, 350, external_id="C2"),
        telling(world.bank, first.reference, 40, external_id="C3"),
    )

    posted = post(
        debit(world.mtn, Leg.REVERSAL, 800, original="C1"),
        debit(world.bank, Leg.REVERSAL, 200, original="C2"),
        debit(world.bank, Leg.REVERSAL, 40, original="C3"),
    )

    assert (state_of(first), state_of(second)) == (("OPEN", 0), ("PART_PAID", 150))
    assert posted.bills_reopened == 2
    taken = Allocation.objects.filter(amount_minor__lt=0).order_by("line__bill_id", "line__line_no")
    assert list(taken.values_list("line__bill_id", "line__line_no", "amount_minor")) == [
        (first.id, 1, -500),
        (first.id, 2, -300),
        (second.id, 1, -50),
        (second.id, 2, -100),
    ]
    assert (balance("clearing", "mtn-rw"), balance("clearing", "bank-rw")) == (0, 150)
    assert balance("suspense", "bank-rw") == 0


def test_a_refund_takes_only_what_earlier_ones_have_left_of_a_line(world):
    bill = issue(100, 200, 300)
    post(telling(world.mtn, bill.reference, 600, external_id="C1"))

    for amount in (350, 100, 150):
        in_flight(world.mtn, "C1", amount)

    taken = Allocation.objects.filter(amount_minor__lt=0)
    by_refund = taken.order_by("journal_id", "-line__line_no")
    assert list(by_refund.values_list("line__line_no", "amount_minor")) == [
        (3, -300),
        (2, -50),
        (2, -100),
        (2, -50),
        (1, -100),
    ]
    assert state_of(bill) == ("OPEN", 0)


def test_a_reversal_finds_in_suspense_what_a_refund_has_left_there(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 700, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 150)
    post(debit(world.mtn, Leg.PAYOUT, 150, key=refund.key))

    post(debit(world.mtn, Leg.REVERSAL, 550, original="C1"))

    amounts = SuspenseItem.objects.order_by("id").values_list("amount_minor", flat=True)
    assert list(amounts) == [200, -150, -50]
    assert state_of(bill) == ("OPEN", 0)
    assert balance("suspense", "mtn-rw") == 0
    # MTN pays refunds out of the float that we keep there.
    assert (balance("clearing", "mtn-rw"), balance("refund_float", "mtn-rw")) == (150, -150)


def test_all_news_of_money_says_what_it_is_about_and_when(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 700, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 100)
    post(
        debit(world.mtn, Leg.PAYOUT, 100, key=refund.key),
        debit(world.mtn, Leg.REVERSAL, 600, original="C1"),
        debit(world.mtn, Leg.WITHDRAWAL, 5),
    )

    told = EventRow.objects.filter(name__startswith="payments.").exclude(
        name="payments.bill.issued"
    )
    assert set(told.values_list("name", flat=True)) == {
        "payments.bill.paid",
        "payments.bill.reopened",
        "payments.collection.reversed",
        "payments.collection.suspended",
        "payments.debit.unexplained",
        "payments.refund.done",
    }
    for news in told:
        assert set(news.payload) == {"subject_id", "occurred_at"}
        assert datetime.fromisoformat(news.payload["occurred_at"]) == NOON == news.occurred_at


# --- what debits are known as


@pytest.mark.parametrize("state", ["SENDING", "PENDING", "UNKNOWN"])
def test_the_payout_ends_a_refund_in_whatever_way_it_is_under_way(world, state):
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 300, state="APPROVED")
    for step in {"SENDING": [], "PENDING": ["PENDING"], "UNKNOWN": ["UNKNOWN"]}[state]:
        Refund.objects.filter(pk=refund.pk).update(state="SENDING")
        Refund.objects.filter(pk=refund.pk).update(state=step)
    if state == "SENDING":
        Refund.objects.filter(pk=refund.pk).update(state="SENDING")
    Refund.objects.filter(pk=refund.pk).update(next_query_at=NOON, lease_until=NOON)

    post(debit(world.mtn, Leg.PAYOUT, 300, key=refund.key, external_id="P1"), at=LATE)

    refund.refresh_from_db()
    assert (refund.state, refund.external_id, refund.ended_at) == ("DONE", "P1", LATE)
    assert (refund.next_query_at, refund.lease_until) == (None, None)
    payout = Movement.objects.get(leg="payout")
    assert (payout.refund_id, payout.original_id) == (refund.pk, None)


def test_a_refund_that_was_never_sent_is_not_paid_out_by_a_reversal(world):
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 300, state="APPROVED")

    post(debit(world.mtn, Leg.REVERSAL, 300, original="C1", external_id="R1"))

    refund.refresh_from_db()
    assert refund.state == "APPROVED"
    assert Movement.objects.exclude(leg="credit").get().leg == "withdrawal"
    assert Difference.objects.get().movement.external_id == "C1"


def test_a_refund_that_came_back_is_not_paid_out_by_a_reversal(world):
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 500)
    give_back(refund)

    post(debit(world.mtn, Leg.REVERSAL, 500, original="C1"))

    refund.refresh_from_db()
    assert refund.state == "FAILED"
    assert Movement.objects.exclude(leg="credit").get().leg == "reversal"


def test_two_refunds_of_one_collection_are_paid_out_each_by_its_own_key(world):
    post(telling(world.mtn, "", 600, external_id="C1"))
    first, second = (in_flight(world.mtn, "C1", 200) for _ in range(2))

    post(debit(world.mtn, Leg.PAYOUT, 200, key=second.key, original="C1", external_id="P2"))
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, second.state) == ("PENDING", "DONE")
    # Told without a key it is the other one's: the older that is left.
    post(debit(world.mtn, Leg.REVERSAL, 200, original="C1", external_id="P1"))

    first.refresh_from_db()
    assert (first.state, first.external_id) == ("DONE", "P1")


def test_a_refund_in_another_currency_or_of_another_rail_is_not_paid_out(world):
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 500)

    post(
        debit(world.mtn, Leg.PAYOUT, 500, key=refund.key, currency="USD", external_id="P1"),
        debit(world.bank, Leg.PAYOUT, 500, key=refund.key, external_id="P2"),
    )

    refund.refresh_from_db()
    assert refund.state == "PENDING"
    assert set(Movement.objects.exclude(leg="credit").values_list("leg", flat=True)) == {
        "withdrawal"
    }


@pytest.mark.parametrize("other", ["rail", "leg", "id"])
def test_a_debit_is_known_by_its_rail_its_id_and_its_leg(world, other):
    post(debit(world.mtn, Leg.CHARGE, 9, external_id="D1"))

    post(
        debit(
            world.bank if other == "rail" else world.mtn,
            Leg.SWEEP if other == "leg" else Leg.CHARGE,
            9,
            external_id="D2" if other == "id" else "D1",
        )
    )

    assert Movement.objects.count() == 2


def test_a_sweep_that_was_told_as_a_withdrawal_is_known(world):
    post(debit(world.mtn, Leg.WITHDRAWAL, 90, external_id="W1"))
    post(debit(world.mtn, Leg.SWEEP, 80, external_id="S1"))

    post(
        debit(world.mtn, Leg.SWEEP, 90, external_id="W1"),
        debit(world.mtn, Leg.WITHDRAWAL, 80, external_id="S1"),
    )

    assert list(Movement.objects.order_by("pk").values_list("leg", flat=True)) == [
        "withdrawal",
        "sweep",
    ]


def test_a_payout_that_was_told_as_a_reversal_or_a_withdrawal_is_known(world):
    post(
        telling(world.mtn, "", 500, external_id="C1"), telling(world.mtn, "", 300, external_id="C2")
    )
    refund = in_flight(world.mtn, "C2", 300)
    post(
        debit(world.mtn, Leg.REVERSAL, 500, original="C1", external_id="R1"),
        debit(world.mtn, Leg.PAYOUT, 300, key=refund.key, external_id="P1"),
        debit(world.mtn, Leg.WITHDRAWAL, 20, external_id="W1"),
    )
    before = Movement.objects.count()

    post(
        debit(world.mtn, Leg.PAYOUT, 500, external_id="R1"),
        debit(world.mtn, Leg.PAYOUT, 20, external_id="W1"),
        debit(world.mtn, Leg.REVERSAL, 20, external_id="W1"),
        debit(world.mtn, Leg.REVERSAL, 300, external_id="P1", original="C2"),
        debit(world.mtn, Leg.WITHDRAWAL, 300, external_id="P1"),
    )

    assert Movement.objects.count() == before
    assert not Difference.objects.exists()


def test_debits_of_another_currency_have_accounts_of_their_own(world):
    post(
        debit(world.mtn, Leg.WITHDRAWAL, 70, currency="USD"),
        debit(world.mtn, Leg.WITHDRAWAL, 5),
        debit(world.bank, Leg.CHARGE, 3, currency="USD"),
    )

    assert balance("unexplained", "mtn-rw", "USD") == 70
    assert balance("unexplained", "mtn-rw") == 5
    assert balance("charges", "bank-rw", "USD") == 3
    assert balance("clearing", "mtn-rw", "USD") == -70


def test_a_debit_is_dated_by_when_it_moved_and_when_it_was_heard(world):
    post(debit(world.mtn, Leg.WITHDRAWAL, 70, external_id="W1", occurred_at=EARLIER), at=LATE)

    kept = Movement.objects.get()
    assert (kept.occurred_at, kept.first_heard_at) == (EARLIER, LATE)
    journal = Journal.objects.get()
    assert (journal.kind, journal.subject_id) == ("withdrawal", kept.pk)
    assert (journal.occurred_at, journal.posted_at) == (EARLIER, LATE)
    assert journal.business_day_id == EARLIER.date()
    assert EventRow.objects.get(name="payments.debit.unexplained").occurred_at == LATE
