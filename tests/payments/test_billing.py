"""Bills: issued once, replaced, cancelled, expired."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from kernel import references
from kernel.models import EventRow
from payments import queries
from payments.models import Bill, BillLine, PaymentAttempt
from payments.operations import billing
from places.queries import NoBeneficiary
from tests.payments.world import fee, issue, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

LATE = NOON + timedelta(days=8)


def bill_for(*lines):
    return billing.issue_bill(
        lines=lines,
        currency="RWF",
        description={"en": "Birth certificate"},
        payer_contact_id=None,
        at=NOON,
        expires_at=NOON + timedelta(days=7),
    )


def events_of(bill):
    return list(
        EventRow.objects.filter(payload__subject_id=bill.id, name__startswith="payments.bill")
        .order_by("id")
        .values_list("name", flat=True)
    )


def test_one_bill_has_one_reference_for_many_lines_of_many_beneficiaries(world, commits):
    bill = bill_for(fee(500, to="district-11"), fee(1200, to="treasury"))
    commits()

    assert references.is_valid(bill.reference)
    assert (bill.total_minor, bill.due_minor, bill.state) == (1700, 1700, "OPEN")
    assert [line.amount_minor for line in bill.lines] == [500, 1200]
    payables = BillLine.objects.filter(bill_id=bill.id).order_by("line_no")
    assert list(payables.values_list("payable__code", flat=True)) == [
        "payable:district-11:RWF",
        "payable:treasury:RWF",
    ]
    assert events_of(bill) == ["payments.bill.issued"]


def test_a_bill_is_found_by_id_key_and_reference_however_it_is_typed(world):
    bill = issue(500)

    assert queries.bill(bill.id) == bill
    assert queries.bill_by_key(bill.key) == bill
    assert queries.bill_by_reference(references.spaced(bill.reference)) == bill
    assert queries.bill_by_reference(references.rf(bill.reference)) == bill
    for ask in (
        lambda: queries.bill(0),
        lambda: queries.bill_by_key(uuid4()),
        lambda: queries.bill_by_reference("858961326965"),
        lambda: queries.bill_by_reference("nonsense"),
    ):
        with pytest.raises(queries.NoBill):
            ask()


@pytest.mark.parametrize("lines", [[], [0], [-5], [500, 0]])
def test_a_bill_that_asks_nothing_is_not_issued(world, lines):
    with pytest.raises(billing.NothingToBill):
        bill_for(*(fee(amount) for amount in lines))
    assert not Bill.objects.exists()


def test_an_unknown_beneficiary_is_refused_and_nothing_is_left(world):
    with pytest.raises(NoBeneficiary):
        bill_for(fee(500, to="nobody"))
    assert not Bill.objects.exists()


def test_a_charge_cannot_stand_on_two_live_bills(world):
    bill_for(fee(500, charge_key="case:1"))
    with pytest.raises(billing.ChargeAlreadyBilled):
        bill_for(fee(500, charge_key="case:1"))
    with pytest.raises(billing.ChargeAlreadyBilled):
        bill_for(fee(500, charge_key="case:2"), fee(500, charge_key="case:2"))
    assert Bill.objects.count() == 1


@pytest.mark.parametrize("end", ["cancelled", "expired"])
def test_once_a_bill_has_ended_its_charge_may_be_billed_again(world, end):
    bill = bill_for(fee(500, charge_key="case:1"))
    if end == "cancelled":
        billing.cancel_bill(bill_id=bill.id, at=NOON)
    else:
        billing.expire_due(now=LATE, limit=10)

    assert bill_for(fee(500, charge_key="case:1")).state == "OPEN"


def test_a_charge_that_was_paid_is_never_billed_again(world):
    bill = bill_for(fee(500, charge_key="case:1"))
    post(telling(world.bank, bill.reference, 500))
    with pytest.raises(billing.ChargeAlreadyBilled):
        bill_for(fee(500, charge_key="case:1"))


@pytest.mark.parametrize(
    "come_back",
    [
        lambda bill: billing.keep_as_debt(bill_id=bill.id, at=LATE),
        lambda bill: billing.prolong(bill_id=bill.id, until=LATE + timedelta(days=3), at=LATE),
    ],
    ids=["as a debt", "with more time"],
)
def test_an_expired_bill_does_not_come_back_beside_the_one_that_has_its_charges(world, come_back):
    expired = issue(1200)
    billing.expire_due(now=LATE, limit=10)
    charges = BillLine.objects.filter(bill_id=expired.id).values_list("charge_key", flat=True)
    successor = bill_for(*[fee(1200, charge_key=charge) for charge in charges])
    with pytest.raises(billing.ChargeAlreadyBilled):
        come_back(expired)
    assert [state_of(expired)[0], state_of(successor)[0]] == ["EXPIRED", "OPEN"]


def test_a_reference_that_is_taken_is_drawn_again(world, monkeypatch):
    taken = issue(500).reference
    drawn = iter([taken, taken, "858961326965"])
    monkeypatch.setattr(references, "new_reference", lambda: next(drawn))

    assert issue(500).reference == "858961326965"


def test_a_generator_that_is_stuck_is_an_error_and_no_endless_loop(world, monkeypatch):
    taken = issue(500).reference
    monkeypatch.setattr(references, "new_reference", lambda: taken)

    with pytest.raises(IntegrityError), transaction.atomic():
        issue(500)


def test_a_new_bill_takes_the_place_of_an_unpaid_one(world, commits):
    old = bill_for(fee(500, charge_key="case:1"), fee(500, charge_key="case:2"))

    new = billing.replace_bill(
        bill_id=old.id, lines=[fee(500, charge_key="case:1")], at=NOON, description={"en": "One"}
    )
    commits()

    assert state_of(old) == ("REPLACED", 0)
    assert queries.bill(old.id).successor_id == new.id
    assert (new.total_minor, new.expires_at, new.description) == (
        500,
        old.expires_at,
        {"en": "One"},
    )
    assert new.reference != old.reference
    assert events_of(old) == ["payments.bill.issued", "payments.bill.replaced"]
    assert events_of(new) == ["payments.bill.issued"]


def test_a_bill_whose_term_is_over_is_not_replaced_while_it_waits_to_expire(world):
    """Its heir would have no term. Money may be on its way by a rail that is silent just now."""
    bill = issue(500)
    for late in (bill.expires_at, bill.expires_at + timedelta(days=1)):
        with pytest.raises(billing.TermOver):
            billing.replace_bill(bill_id=bill.id, lines=[fee(500)], at=late)

    assert state_of(bill) == ("OPEN", 0)
    last_moment = bill.expires_at - timedelta(seconds=1)
    billing.replace_bill(bill_id=bill.id, lines=[fee(500)], at=last_moment)
    assert state_of(bill) == ("REPLACED", 0)


def test_a_bill_that_has_had_money_is_neither_replaced_nor_cancelled(world):
    part, paid = issue(500), issue(500)
    post(telling(world.bank, part.reference, 1), telling(world.bank, paid.reference, 500))

    for bill in (part, paid):
        with pytest.raises(billing.BillNotOpen):
            billing.replace_bill(bill_id=bill.id, lines=[fee(500)], at=NOON)
        with pytest.raises(billing.BillNotOpen):
            billing.cancel_bill(bill_id=bill.id, at=NOON)


def test_cancelling_is_safe_to_repeat_and_told_once(world):
    bill = issue(500)
    for _ in range(2):
        billing.cancel_bill(bill_id=bill.id, at=NOON)
    assert events_of(bill) == ["payments.bill.issued", "payments.bill.cancelled"]


def test_an_expired_bill_can_be_cancelled_so_that_late_money_does_not_revive_it(world):
    whole, part = issue(500), issue(500)
    post(telling(world.bank, part.reference, 100))
    billing.expire_due(now=LATE, limit=10)

    for bill in (whole, part):
        billing.cancel_bill(bill_id=bill.id, at=LATE)
        post(telling(world.bank, bill.reference, 500), at=LATE)

    assert state_of(whole) == ("CANCELLED", 0)
    assert state_of(part) == ("EXPIRED", 100)


def test_bills_expire_when_their_term_has_passed_and_not_before(world):
    bill = issue(500)

    assert billing.expire_due(now=NOON + timedelta(days=6), limit=10) == 0
    assert billing.expire_due(now=LATE, limit=10) == 1
    assert billing.expire_due(now=LATE, limit=10) == 0
    assert state_of(bill) == ("EXPIRED", 0)
    assert events_of(bill) == ["payments.bill.issued", "payments.bill.expired"]


def test_no_more_expire_at_once_than_asked_the_oldest_first(world):
    bills = [issue(500, at=NOON + timedelta(minutes=n)) for n in (2, 0, 1)]

    assert billing.expire_due(now=LATE, limit=2) == 2
    assert [state_of(bill)[0] for bill in bills] == ["OPEN", "EXPIRED", "EXPIRED"]


@pytest.mark.parametrize(
    ("state", "expires"),
    [("CREATED", 0), ("PENDING", 0), ("UNKNOWN", 0), ("FAILED", 1), ("EXPIRED", 1)],
)
def test_a_bill_whose_payer_is_being_asked_does_not_expire(world, state, expires):
    bill = issue(500)
    PaymentAttempt.objects.create(
        key=uuid4(),
        bill_id=bill.id,
        rail=world.mtn,
        phone="+250788000101",
        currency="RWF",
        amount_minor=500,
        state=state,
        created_at=NOON,
    )

    assert billing.expire_due(now=LATE, limit=10) == expires


def test_issuing_takes_the_same_number_of_queries_for_one_line_and_for_twenty(
    world, django_assert_max_num_queries
):
    issue(500, 500)
    with django_assert_max_num_queries(14) as one:
        issue(500, 500)
    with django_assert_max_num_queries(len(one)):
        issue(*range(1, 21))
