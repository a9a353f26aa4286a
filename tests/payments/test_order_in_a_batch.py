"""A batch comes to what its tellings come to one after the other."""

import pytest

from payments.models import SuspenseItem
from payments.posting import ordering
from payments.states import Leg
from tests.payments.books import check_all
from tests.payments.test_reversals import news
from tests.payments.world import debit, issue, post, state_of, telling

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books_agree(db):
    yield
    check_all()


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_a_payment_after_a_reversal_finds_the_bill_open_again(world, together):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))
    told = [
        debit(world.mtn, Leg.REVERSAL, 500, original="C1"),
        telling(world.bank, bill.reference, 500),
    ]

    for batch in [told] if together else [[one] for one in told]:
        post(*batch)

    assert state_of(bill) == ("PAID", 500)
    assert not SuspenseItem.objects.exists()
    assert news("bill.paid") == [bill.id, bill.id]


def test_a_payment_before_the_reversal_finds_it_paid(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))

    post(
        telling(world.bank, bill.reference, 500),
        debit(world.mtn, Leg.REVERSAL, 500, original="C1"),
    )

    assert SuspenseItem.objects.get().reason == "ALREADY_PAID"
    assert state_of(bill) == ("OPEN", 0)


def test_again_and_again_in_one_batch(world):
    bill = issue(500)
    told = [
        each
        for number in range(4)
        for each in (
            telling(world.mtn, bill.reference, 500, external_id=f"C{number}"),
            debit(world.mtn, Leg.REVERSAL, 500, original=f"C{number}", external_id=f"R{number}"),
        )
    ]

    posted = post(*told, telling(world.bank, bill.reference, 500))

    assert (posted.movements, posted.debits, posted.suspended) == (9, 4, 0)
    assert (posted.bills_paid, posted.bills_reopened, posted.evidence) == (5, 4, 9)
    assert state_of(bill) == ("PAID", 500)


def test_a_second_reversal_across_pieces_is_still_the_second(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))

    posted = post(
        debit(world.mtn, Leg.REVERSAL, 500, original="C1", external_id="R1"),
        telling(world.bank, bill.reference, 500),
        debit(world.mtn, Leg.REVERSAL, 500, original="C1", external_id="R2"),
    )

    assert (posted.debits, posted.unexplained) == (2, 1)
    assert state_of(bill) == ("PAID", 500)


def test_a_reversal_told_before_its_collection_in_one_batch_still_finds_it(world):
    bill = issue(500)

    posted = post(
        debit(world.mtn, Leg.REVERSAL, 500, original="C1"),
        telling(world.mtn, bill.reference, 500, external_id="C1"),
        telling(world.bank, bill.reference, 500),
    )

    assert posted.waiting == ()
    assert state_of(bill) == ("PAID", 500)


@pytest.mark.parametrize(
    ("credits_", "debits", "pieces"),
    [
        # A batch is cut before a collection for a bill that a debit before it may open again.
        ([(1, 7)], [(0, {7})], [([], [0]), ([0], [])]),
        ([(0, 7)], [(1, {7})], [([0], [0])]),
        ([(1, 7)], [(0, {8})], [([0], [0])]),
        ([(1, 7)], [(0, set())], [([0], [0])]),
        ([(1, None)], [(0, {7})], [([0], [0])]),
        ([(1, 7), (2, 7)], [(0, {7})], [([], [0]), ([0, 1], [])]),
        ([(1, 7), (3, 7)], [(0, {7}), (2, {7})], [([], [0]), ([0], [1]), ([1], [])]),
        ([(1, 8), (3, 7)], [(0, {7}), (2, {8})], [([0], [0, 1]), ([1], [])]),
        ([(0, 7), (1, 7)], [], [([0, 1], [])]),
        # One of the collection told at the same place comes after it.
        ([(1, 7)], [(1, {7})], [([0], [0])]),
    ],
)
def test_where_a_batch_is_cut(credits_, debits, pieces):
    assert ordering.cut(credits_, debits) == pieces


def test_a_batch_without_such_a_pair_is_posted_whole(world, monkeypatch):
    bill, other = issue(500), issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))
    names = []
    run = ordering.sql.run
    monkeypatch.setattr(
        ordering.sql, "run", lambda name, **values: (names.append(name), run(name, **values))[1]
    )

    post(
        debit(world.mtn, Leg.REVERSAL, 500, original="C1"),
        telling(world.bank, other.reference, 500),
    )
    assert names.count("post_collections") == names.count("weigh_debits") == 1
    names.clear()
    post(telling(world.bank, bill.reference, 1), debit(world.mtn, Leg.WITHDRAWAL, 5))
    assert "bills_of_collections" not in names
