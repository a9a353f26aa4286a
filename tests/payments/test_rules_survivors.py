"""Rules of what comes in that no other test saw broken: each was found by a mutant of the SQL."""

from datetime import timedelta

import pytest

from kernel.models import EventRow
from payments.models import (
    Allocation,
    Bill,
    BillLine,
    Journal,
    Movement,
    SuspenseItem,
)
from payments.operations import billing
from payments.states import Leg
from tests.payments.books import balance, check_all
from tests.payments.world import (
    debit,
    fee,
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


# --- what comes in


@pytest.mark.parametrize(
    ("amounts", "in_suspense"),
    [
        ([400, 400, 400], [("OVERPAID", 200)]),
        ([100, 300, 200, 500], [("OVERPAID", 100)]),
        ([600, 400, 1], [("ALREADY_PAID", 1)]),
        ([1000, 400, 400], [("ALREADY_PAID", 400), ("ALREADY_PAID", 400)]),
    ],
)
def test_each_of_many_finds_what_all_before_it_have_left(world, amounts, in_suspense):
    bill = issue(300, 700)

    post(*(telling(world.bank, bill.reference, amount) for amount in amounts))

    assert state_of(bill) == ("PAID", 1000)
    assert suspense() == in_suspense


def test_a_single_franc_is_money_too(world):
    bill = issue(1, 1, 500)

    post(telling(world.bank, bill.reference, 1, external_id="C1"))
    assert state_of(bill) == ("PART_PAID", 1)
    post(telling(world.bank, bill.reference, 500))
    post(telling(world.bank, bill.reference, 5, external_id="C3"))
    assert state_of(bill) == ("PAID", 502)
    assert suspense() == [("OVERPAID", 4)]
    assert Allocation.objects.count() == 4

    post(
        debit(world.bank, Leg.REVERSAL, 5, original="C3"),
        debit(world.bank, Leg.REVERSAL, 1, original="C1"),
    )
    assert state_of(bill) == ("PART_PAID", 500)
    assert suspense() == [("OVERPAID", 4), ("REVERSED", -4)]


def test_a_single_franc_in_suspense_is_taken_back_too(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 501, external_id="C1"))

    post(debit(world.bank, Leg.REVERSAL, 2, original="C1"))

    assert suspense() == [("OVERPAID", 1), ("REVERSED", -1)]
    assert state_of(bill) == ("PART_PAID", 499)


def test_bills_in_one_batch_do_not_touch_each_other(world):
    first, second, untouched = issue(500, 200), issue(300, 400), issue(50)

    posted = post(
        telling(world.bank, first.reference, 600),
        telling(world.bank, second.reference, 300),
        telling(world.mtn, first.reference, 200),
        telling(world.mtn, second.reference, 350),
        telling(world.mtn, "nobody's", 9),
        telling(world.bank, "nobody's", 8),
    )

    assert state_of(first) == ("PAID", 700)
    assert state_of(second) == ("PART_PAID", 650)
    assert state_of(untouched) == ("OPEN", 0)
    shares = Allocation.objects.order_by("line__bill_id", "line__line_no", "movement_id")
    assert list(shares.values_list("line__bill_id", "line__line_no", "amount_minor")) == [
        (first.id, 1, 500),
        (first.id, 2, 100),
        (first.id, 2, 100),
        (second.id, 1, 300),
        (second.id, 2, 350),
    ]
    assert balance("payable", "district-11") == -800
    assert balance("payable", "treasury") == -550
    assert (balance("clearing", "mtn-rw"), balance("suspense", "mtn-rw")) == (559, -109)
    assert (balance("clearing", "bank-rw"), balance("suspense", "bank-rw")) == (908, -8)
    assert (posted.movements, posted.bills_paid, posted.bills_part_paid) == (6, 1, 1)
    assert (posted.suspended, posted.evidence) == (3, 6)


def test_what_a_successor_still_asks_is_what_the_old_reference_must_fit(world):
    old = issue(500, 1000)
    new = billing.replace_bill(bill_id=old.id, lines=[fee(500)], at=NOON)
    post(telling(world.bank, new.reference, 200))

    post(telling(world.bank, old.reference, 500), telling(world.mtn, old.reference, 700))
    assert state_of(new) == ("PART_PAID", 200)
    post(telling(world.bank, old.reference, 300))

    assert state_of(new) == ("PAID", 500)
    assert suspense() == [("BILL_REPLACED", 500), ("BILL_REPLACED", 700)]
    assert set(SuspenseItem.objects.values_list("bill_id", flat=True)) == {old.id}


@pytest.mark.parametrize(
    ("amount", "state", "in_suspense"),
    [
        (300, ("PAID", 500), []),
        (500, ("PAID", 500), [("OVERPAID", 200)]),
        (299, ("EXPIRED", 200), [("BILL_EXPIRED", 299)]),
    ],
)
def test_an_expired_bill_that_was_paid_in_part_is_revived_by_the_rest(
    world, amount, state, in_suspense
):
    bill = issue(400, 100)
    post(telling(world.bank, bill.reference, 200))
    billing.expire_due(now=LATE, limit=10)

    post(telling(world.bank, bill.reference, amount), at=LATE)

    assert state_of(bill) == state
    assert suspense() == in_suspense


def test_strangers_bills_do_not_keep_an_expired_one_from_being_revived(world):
    """Neither a live bill for something else nor an expired one for the same."""
    line = fee(500, charge_key="case:7")
    first = _bill(line, at=NOON, days=1)
    second = _bill(fee(300), at=NOON, days=1)
    billing.expire_due(now=LATE, limit=10)
    stranger = issue(500, at=LATE)

    post(telling(world.bank, first.reference, 500), at=LATE)

    assert state_of(first) == ("PAID", 500)
    assert BillLine.objects.get(bill_id=first.id).live
    assert state_of(second) == ("EXPIRED", 0)
    assert not BillLine.objects.get(bill_id=second.id).live
    assert state_of(stranger) == ("OPEN", 0)


def test_of_two_bills_for_one_charge_late_money_revives_the_one_it_names(world):
    line = fee(500, charge_key="case:8")
    first = _bill(line, at=NOON, days=1)
    billing.expire_due(now=LATE, limit=10)
    second = _bill(line, at=LATE, days=1)
    billing.expire_due(now=LATE + timedelta(days=2), limit=10)

    post(telling(world.bank, first.reference, 500), at=LATE + timedelta(days=2))

    assert state_of(first) == ("PAID", 500)
    assert state_of(second) == ("EXPIRED", 0)


def _bill(line, *, at, days):
    return billing.issue_bill(
        lines=[line],
        currency="RWF",
        description={},
        payer_contact_id=None,
        at=at,
        expires_at=at + timedelta(days=days),
    )


def test_a_collection_is_kept_as_it_was_told_and_dated(world):
    bill = issue(500)
    spoken = f"fees {bill.reference}"

    post(telling(world.bank, spoken, 700, external_id="C1", occurred_at=EARLIER), at=NOON)

    kept = Movement.objects.get()
    assert (kept.rail_id, kept.external_id, kept.leg) == (world.bank.pk, "C1", "credit")
    assert (kept.currency, kept.amount_minor, kept.reference) == ("RWF", 700, spoken)
    assert (kept.occurred_at, kept.first_heard_at) == (EARLIER, NOON)
    journal = Journal.objects.get()
    assert (journal.kind, journal.subject_id) == ("collection", kept.pk)
    assert (journal.business_day_id, journal.occurred_at) == (EARLIER.date(), EARLIER)
    assert journal.posted_at == NOON
    item = SuspenseItem.objects.get()
    assert (item.movement_id, item.journal_id, item.bill_id) == (kept.pk, journal.pk, bill.id)
    assert (item.currency, item.opened_at) == ("RWF", NOON)
    assert Bill.objects.get(pk=bill.id).paid_at == NOON
    told = EventRow.objects.filter(name__in=["payments.bill.paid", "payments.collection.suspended"])
    assert sorted(told.values_list("name", "payload__subject_id")) == [
        ("payments.bill.paid", bill.id),
        ("payments.collection.suspended", kept.pk),
    ]
    assert set(told.values_list("occurred_at", flat=True)) == {NOON}


def test_a_bill_in_parts_is_not_dated_as_paid(world):
    bill = issue(500)

    post(telling(world.bank, bill.reference, 499))

    assert Bill.objects.get(pk=bill.id).paid_at is None
