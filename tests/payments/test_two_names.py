"""One movement told under two names is one, and two that share a name are two."""

import pytest

from payments.models import Difference, Evidence, Movement, Refund
from payments.states import Leg
from tests.payments.books import balance, check_all
from tests.payments.test_reversals import legs, news
from tests.payments.world import (
    debit,
    give_back,
    in_flight,
    issue,
    post,
    state_of,
    telling,
)

pytestmark = pytest.mark.django_db

TOGETHER = pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])


@pytest.fixture(autouse=True)
def _books_agree(db):
    yield
    check_all()


def post_each(tellings, *, together):
    for batch in [tellings] if together else [[one] for one in tellings]:
        post(*batch)


def known_as(leg):
    return list(Movement.objects.filter(leg=leg).values_list("external_id", flat=True))


def taken_by_the_provider(world, amount=500, *, handle="H1"):
    """A refund in flight that the provider took under a name of its own."""
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", amount)
    Refund.objects.filter(pk=refund.pk).update(handle=handle)
    return refund


def payout_by_its_collection(world, refund):
    """As a provider tells it that has no other id in its answers."""
    return debit(world.mtn, Leg.PAYOUT, refund.amount_minor, key=refund.key, external_id="C1")


@TOGETHER
@pytest.mark.parametrize("leg", [Leg.WITHDRAWAL, Leg.REVERSAL, Leg.PAYOUT])
@pytest.mark.parametrize("statement_first", [True, False])
def test_a_payout_told_by_its_collection_and_by_the_refunds_own_id_is_one(
    world, leg, together, statement_first
):
    refund = taken_by_the_provider(world)
    by_message = payout_by_its_collection(world, refund)
    by_line = debit(world.mtn, leg, 500, external_id="H1", source="statement")
    both = [by_line, by_message] if statement_first else [by_message, by_line]

    post_each(both, together=together)

    assert legs() == [("credit", 500), ("payout", 500)]
    assert known_as("payout") == ["H1"]
    assert Refund.objects.get().state == "DONE"
    assert Evidence.objects.filter(movement__leg="payout").count() == 2
    assert (news("debit.unexplained"), Difference.objects.count()) == ([], 0)


def test_once_paid_out_it_stays_known_by_its_collections_id(world):
    """The status of the prompt that brought the money says "reversed" from now on."""
    refund = taken_by_the_provider(world)
    post(payout_by_its_collection(world, refund))

    post(debit(world.mtn, Leg.REVERSAL, 500, original="C1", external_id="C1"))
    post(debit(world.mtn, Leg.WITHDRAWAL, 500, external_id="C1", source="statement"))

    assert legs() == [("credit", 500), ("payout", 500)]


def test_without_a_name_of_its_own_a_payout_keeps_the_id_that_is_told(world):
    refund = taken_by_the_provider(world, handle="")

    post(payout_by_its_collection(world, refund))

    assert known_as("payout") == ["C1"]


def test_an_order_is_not_the_name_of_money_that_has_one(world):
    """A handle may name the order only: the receipt is what statements tell."""
    refund = taken_by_the_provider(world)

    post(debit(world.mtn, Leg.PAYOUT, 500, key=refund.key, external_id="RECEIPT"))
    post(debit(world.mtn, Leg.WITHDRAWAL, 500, external_id="RECEIPT", source="statement"))

    assert known_as("payout") == ["RECEIPT"]
    assert legs() == [("credit", 500), ("payout", 500)]


@pytest.mark.parametrize("amount", [499, 501])
def test_another_amount_under_a_refunds_name_is_a_withdrawal_and_a_difference(world, amount):
    taken_by_the_provider(world)

    post(debit(world.mtn, Leg.WITHDRAWAL, amount, external_id="H1", source="statement"))

    assert legs()[1:] == [("withdrawal", amount)]
    assert Refund.objects.get().state == "PENDING"
    assert Difference.objects.get().movement.external_id == "C1"


def test_a_refunds_name_is_its_rails(world):
    taken_by_the_provider(world)

    post(debit(world.bank, Leg.WITHDRAWAL, 500, external_id="H1"))

    assert Refund.objects.get().state == "PENDING"
    assert legs()[1:] == [("withdrawal", 500)]


def test_a_refund_that_failed_is_paid_by_nothing(world):
    refund = taken_by_the_provider(world)
    give_back(refund)

    post(debit(world.mtn, Leg.WITHDRAWAL, 500, external_id="H1"))

    assert legs()[1:] == [("withdrawal", 500)]


def reversed_by(source, name, amount=500, world=None):
    return debit(world.mtn, Leg.REVERSAL, amount, original="C1", external_id=name, source=source)


@TOGETHER
@pytest.mark.parametrize(("first", "second"), [("message", "statement"), ("statement", "message")])
def test_a_reversal_told_by_two_roads_under_two_ids_is_one(world, together, first, second):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))

    post_each(
        [
            reversed_by(first, "R1", world=world),
            reversed_by(second, "R2", world=world),
            # Told again, by either name and either road.
            reversed_by(second, "R2", world=world),
            reversed_by(first, "R2", world=world),
            reversed_by(second, "R1", world=world),
        ],
        together=together,
    )

    assert legs() == [("credit", 500), ("reversal", 500)]
    assert known_as("reversal") == ["R1"]
    assert (balance("unexplained", "mtn-rw"), Difference.objects.count()) == (0, 0)
    assert state_of(bill) == ("OPEN", 0)


@TOGETHER
@pytest.mark.parametrize("source", ["message", "statement"])
def test_a_second_reversal_by_the_same_road_is_a_withdrawal(world, together, source):
    post(telling(world.mtn, issue(500).reference, 500, external_id="C1"))

    post_each(
        [reversed_by(source, "R1", world=world), reversed_by(source, "R2", world=world)],
        together=together,
    )

    assert legs()[1:] == [("reversal", 500), ("withdrawal", 500)]


@TOGETHER
def test_two_lines_are_two_debits_and_the_message_was_one_of_them(world, together):
    post(telling(world.mtn, issue(500).reference, 500, external_id="C1"))
    post(reversed_by("message", "R1", world=world))

    post_each(
        [reversed_by("statement", "R2", world=world), reversed_by("statement", "R3", world=world)],
        together=together,
    )

    assert legs()[1:] == [("reversal", 500), ("withdrawal", 500)]


def test_another_amount_by_another_road_is_not_the_same_reversal(world):
    post(telling(world.mtn, issue(500).reference, 500, external_id="C1"))
    post(reversed_by("message", "R1", 300, world=world))

    post(reversed_by("statement", "R2", 200, world=world))

    assert legs()[1:] == [("reversal", 300), ("withdrawal", 200)]


def line(world, amount, name, *others):
    return telling(world.bank, "", amount, external_id=name, other_ids=others, source="statement")


@TOGETHER
@pytest.mark.parametrize("amounts", [(500, 500), (500, 700)], ids=["same", "different"])
@pytest.mark.parametrize(
    "names",
    [
        [("S1", "RENT"), ("S2", "RENT")],
        [("S1", "RENT"), ("RENT",)],
        [("RENT",), ("S2", "RENT")],
        [("RENT",), ("S2", "X", "RENT"), ("S3", "RENT")],
    ],
    ids=lambda names: "+".join(map("/".join, names)),
)
def test_two_lines_that_share_a_payers_text_are_two_payments(world, together, amounts, names):
    told = [line(world, amounts[place % 2], *its_names) for place, its_names in enumerate(names)]

    post_each(told, together=together)

    brought = Movement.objects.order_by("pk").values_list("amount_minor", flat=True)
    assert sorted(brought) == sorted(one.told.amount_minor for one in told)
    assert Difference.objects.count() == 0


def test_a_line_told_again_is_the_same_line(world):
    post(telling(world.bank, "", 500, external_id="N1"))
    entry = line(world, 500, "S1", "N1")

    post(entry)
    post(entry)

    assert Movement.objects.count() == 1
