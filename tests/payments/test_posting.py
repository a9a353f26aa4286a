"""What each kind of money does to a bill, by a table; and the rules between bills."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from kernel import references
from kernel.models import EventRow
from payments.models import Allocation, Bill, BillLine, Difference, Evidence, Movement, SuspenseItem
from payments.operations import billing
from tests.payments.closing import days
from tests.payments.world import fee, issue, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

LATE = NOON + timedelta(days=8)


def suspended():
    return list(SuspenseItem.objects.order_by("id").values_list("reason", "amount_minor"))


def news(bill):
    return sorted(
        EventRow.objects.filter(payload__subject_id=bill.id, name__startswith="payments.bill")
        .exclude(name="payments.bill.issued")
        .values_list("name", flat=True)
    )


@pytest.mark.parametrize(
    ("amounts", "state", "paid", "in_suspense"),
    [
        ([1500], "PAID", 1500, []),
        ([500], "PART_PAID", 500, []),
        ([500, 400], "PART_PAID", 900, []),
        ([500, 1000], "PAID", 1500, []),
        ([1501], "PAID", 1500, [("OVERPAID", 1)]),
        ([1000, 1000], "PAID", 1500, [("OVERPAID", 500)]),
        ([1500, 1500], "PAID", 1500, [("ALREADY_PAID", 1500)]),
        ([1500, 1500, 10], "PAID", 1500, [("ALREADY_PAID", 1500), ("ALREADY_PAID", 10)]),
    ],
)
@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_money_fills_the_bill_and_the_rest_stands_in_suspense(
    world, commits, amounts, state, paid, in_suspense, together
):
    bill = issue(500, 1000)
    tellings = [telling(world.bank, bill.reference, amount) for amount in amounts]

    for batch in [tellings] if together else [[one] for one in tellings]:
        post(*batch)
    commits()

    assert state_of(bill) == (state, paid)
    assert suspended() == in_suspense
    assert sum(Allocation.objects.values_list("amount_minor", flat=True)) == paid


def test_parts_fill_the_lines_in_their_order(world, commits):
    bill = issue(500, 1000, 250)

    post(*(telling(world.bank, bill.reference, amount) for amount in (300, 700, 750)))
    commits()

    shares = Allocation.objects.order_by("line__line_no", "movement_id")
    assert list(shares.values_list("line__line_no", "amount_minor")) == [
        (1, 300),
        (1, 200),
        (2, 500),
        (2, 500),
        (3, 250),
    ]


def test_news_of_a_bill_is_told_once_it_is_part_paid_and_once_it_is_paid(world):
    bill = issue(500)

    post(telling(world.bank, bill.reference, 200))
    assert news(bill) == ["payments.bill.part_paid"]
    post(telling(world.bank, bill.reference, 300))
    assert news(bill) == ["payments.bill.paid", "payments.bill.part_paid"]


@pytest.mark.parametrize(
    "write",
    [
        references.spaced,
        references.rf,
        lambda reference: f"  {reference[:6]}-{reference[6:]}\n",
        lambda reference: f"pay {reference} for Birth",
        lambda reference: reference.replace("0", "O"),
    ],
)
def test_a_reference_is_read_as_people_and_banks_write_it(world, write):
    bill = issue(500)

    post(telling(world.bank, write(bill.reference), 500))

    assert state_of(bill) == ("PAID", 500)


@pytest.mark.parametrize("reference", ["", "123456789012", "nothing", "7" * 200])
def test_a_reference_that_is_nobodys_is_never_posted_by_a_guess(world, reference):
    bill = issue(500)

    posted = post(telling(world.bank, reference, 500))

    assert (posted.movements, posted.suspended) == (1, 1)
    assert suspended() == [("UNKNOWN_REFERENCE", 500)]
    assert state_of(bill) == ("OPEN", 0)
    movement = Movement.objects.get()
    assert EventRow.objects.filter(
        name="payments.collection.suspended", payload__subject_id=movement.pk
    ).exists()


def test_another_currency_opens_its_own_accounts_and_stands_in_suspense(world, commits):
    bill = issue(500)

    post(telling(world.bank, bill.reference, 500, currency="USD"))
    commits()

    assert suspended() == [("WRONG_CURRENCY", 500)]
    assert state_of(bill) == ("OPEN", 0)


def test_money_for_a_cancelled_bill_stands_in_suspense(world):
    bill = issue(500)
    billing.cancel_bill(bill_id=bill.id, at=NOON)

    post(telling(world.bank, bill.reference, 500))

    assert suspended() == [("BILL_CANCELLED", 500)]
    assert state_of(bill) == ("CANCELLED", 0)


@pytest.mark.parametrize(
    ("amount", "state", "in_suspense"),
    [
        (500, ("PAID", 500), []),
        (1500, ("OPEN", 0), [("BILL_REPLACED", 1500)]),
        (499, ("OPEN", 0), [("BILL_REPLACED", 499)]),
    ],
)
def test_money_on_a_replaced_reference_goes_to_the_last_successor_if_it_fits(
    world, commits, amount, state, in_suspense
):
    old = issue(500, 1000)
    second = billing.replace_bill(bill_id=old.id, lines=[fee(700)], at=NOON)
    third = billing.replace_bill(bill_id=second.id, lines=[fee(500)], at=NOON)

    post(telling(world.bank, old.reference, amount))
    commits()

    assert state_of(third) == state
    assert state_of(old) == ("REPLACED", 0)
    assert suspended() == in_suspense


def test_old_and_new_reference_paid_in_one_batch_pay_the_bill_once(world, commits):
    old = issue(500, 1000)
    new = billing.replace_bill(bill_id=old.id, lines=[fee(500)], at=NOON)

    post(
        telling(world.bank, new.reference, 500),
        telling(world.mtn, old.reference, 500),
    )
    commits()

    assert state_of(new) == ("PAID", 500)
    assert suspended() == [("ALREADY_PAID", 500)]


@pytest.mark.parametrize(
    ("amounts", "state", "in_suspense"),
    [
        ([500], ("PAID", 500), []),
        ([600], ("PAID", 500), [("OVERPAID", 100)]),
        ([499], ("EXPIRED", 0), [("BILL_EXPIRED", 499)]),
        ([200, 300], ("EXPIRED", 0), [("BILL_EXPIRED", 200), ("BILL_EXPIRED", 300)]),
        ([200, 500, 500], ("PAID", 500), [("BILL_EXPIRED", 200), ("ALREADY_PAID", 500)]),
    ],
)
def test_late_money_revives_a_bill_by_its_whole_due_only(
    world, commits, amounts, state, in_suspense
):
    bill = issue(500)
    assert billing.expire_due(now=LATE, limit=10) == 1

    post(*(telling(world.bank, bill.reference, amount) for amount in amounts), at=LATE)
    commits()

    assert state_of(bill) == state
    assert suspended() == in_suspense
    assert BillLine.objects.get(bill_id=bill.id).live is (state[0] == "PAID")


def test_late_money_does_not_revive_a_bill_whose_fee_has_changed(world):
    bill = issue(500)
    billing.refuse_late_money(bill_id=bill.id)
    billing.expire_due(now=LATE, limit=10)

    post(telling(world.bank, bill.reference, 500), at=LATE)

    assert state_of(bill) == ("EXPIRED", 0)
    assert suspended() == [("BILL_EXPIRED", 500)]


def test_late_money_does_not_revive_a_bill_whose_charge_was_billed_again(world):
    bill, line = issue(500), fee(500, charge_key="case:1")
    Bill.objects.filter(pk=bill.id).update(revivable=True)
    first = billing.issue_bill(
        lines=[line],
        currency="RWF",
        description={},
        payer_contact_id=None,
        at=NOON,
        expires_at=NOON + timedelta(days=1),
    )
    billing.expire_due(now=LATE, limit=10)
    again = billing.issue_bill(
        lines=[line],
        currency="RWF",
        description={},
        payer_contact_id=None,
        at=LATE,
        expires_at=LATE + timedelta(days=7),
    )

    post(telling(world.bank, first.reference, 500), at=LATE)

    assert state_of(first) == ("EXPIRED", 0)
    assert state_of(again) == ("OPEN", 0)
    assert suspended() == [("BILL_EXPIRED", 500)]


def test_a_repeat_is_more_evidence_and_no_more_money(world):
    bill = issue(500)
    first = telling(world.bank, bill.reference, 500, external_id="B1")
    repeat = telling(world.bank, bill.reference, 500, external_id="B1")

    post(first, repeat)
    again = post(telling(world.bank, bill.reference, 500, external_id="B1"))

    assert again.movements == 0
    assert Movement.objects.count() == 1
    assert Evidence.objects.count() == 3
    assert Difference.objects.count() == 0
    assert suspended() == []


def test_one_id_on_two_rails_is_two_movements(world):
    bill = issue(500)

    post(
        telling(world.bank, bill.reference, 500, external_id="1"),
        telling(world.mtn, bill.reference, 500, external_id="1"),
    )

    assert Movement.objects.count() == 2
    assert suspended() == [("ALREADY_PAID", 500)]


def test_another_amount_for_a_known_movement_is_noted_and_posts_nothing(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="B1"))

    for _ in range(2):
        post(telling(world.bank, bill.reference, 900, external_id="B1"))

    assert state_of(bill) == ("PAID", 500)
    assert list(Difference.objects.values_list("told_amount_minor", "told_currency")) == [
        (900, "RWF")
    ]
    assert Evidence.objects.count() == 3


def test_two_roads_that_tell_of_one_movement_are_two_pieces_of_evidence(world):
    bill = issue(500)
    answer = telling(world.mtn, bill.reference, 500, external_id="M1")
    # A statement carries what the network's clerk typed for a reference.
    line = replace(telling(world.mtn, "MOMO PAYMENT", 500, external_id="M1"), source="statement")

    post(answer)
    post(line)

    assert Movement.objects.count() == 1
    assert set(Evidence.objects.values_list("source", flat=True)) == {"message", "statement"}
    assert state_of(bill) == ("PAID", 500)
    assert suspended() == []


def test_money_of_a_closed_or_forgotten_day_stands_on_the_first_open_one(world):
    bill = issue(500)
    yesterday, tomorrow = NOON - timedelta(days=1), NOON + timedelta(days=1)
    days.close_through(yesterday.date())

    post(
        telling(world.bank, bill.reference, 200, occurred_at=yesterday),
        telling(world.bank, bill.reference, 200, occurred_at=NOON - timedelta(days=400)),
        telling(world.bank, bill.reference, 100),
        at=tomorrow,
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT business_day, count(*) FROM payments_journal GROUP BY 1 ORDER BY 1")
        assert cursor.fetchall() == [
            (NOON.date(), 1),
            (tomorrow.date(), 2),
        ]
