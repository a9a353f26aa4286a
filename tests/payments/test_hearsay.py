"""What a payer may have written proves an original only where all of it fits."""

from dataclasses import replace

import pytest

from payments.models import Difference, Movement
from payments.posting import Telling
from payments.states import Leg
from tests.payments.books import check_all
from tests.payments.statements.books import OWN, bring
from tests.payments.world import debit, issue, make_world, post, state_of, telling

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = make_world()
    bill = issue(500)
    post(telling(made.bank, bill.reference, 500, external_id="VICTIM"))
    return made, bill


def hearsay(rail, amount_minor: int) -> Telling:
    told = debit(rail, Leg.REVERSAL, amount_minor, original="VICTIM")
    return replace(told, told=replace(told.told, is_hearsay=True))


def statement(amount: int, customer: str) -> bytes:
    """One reversal of a credit (RC): what it undoes stands where payers write."""
    return (
        f":20:S1\n:25:{OWN}\n:28C:1/1\n:60F:C261120RWF1000,\n"
        f":61:2611201120RC{amount},NTRF{customer}//BANK-RC-1\n:86:reversal\n"
        f":62F:C261120RWF{1000 - amount},\n"
    ).encode()


@pytest.mark.parametrize("amount", [499, 1])
def test_a_part_of_somebody_elses_payment_is_not_taken_back_by_hearsay(world, amount):
    made, bill = world

    posted = post(hearsay(made.bank, amount))

    assert (posted.unexplained, posted.differences) == (1, 1)
    assert Difference.objects.get().movement.external_id == "VICTIM"
    assert state_of(bill) == ("PAID", 500)
    check_all()


def test_the_whole_of_what_is_left_is_taken_back(world):
    made, bill = world

    posted = post(hearsay(made.bank, 500))

    assert (posted.unexplained, state_of(bill)) == (0, ("OPEN", 0))
    check_all()


def test_what_the_bank_names_itself_may_be_a_part(world):
    made, bill = world

    post(debit(made.bank, Leg.REVERSAL, 499, original="VICTIM"))

    assert state_of(bill) == ("PART_PAID", 1)
    check_all()


@pytest.mark.parametrize(
    ("amount", "leg", "state"), [(499, "withdrawal", "PAID"), (500, "reversal", "OPEN")]
)
def test_a_customers_reference_on_a_reversed_credit_is_hearsay(world, amount, leg, state):
    _, bill = world

    bring(statement(amount, "VICTIM"))

    assert Movement.objects.exclude(leg="credit").get().leg == leg
    assert state_of(bill)[0] == state
    check_all()
