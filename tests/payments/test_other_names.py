"""What a payer writes, and a second id of the same money, hide nobody's money and count once."""

from datetime import timedelta

import pytest

from payments.models import Difference, Movement, MovementAlias
from payments.states import Leg
from tests.payments.books import balance, check_all
from tests.payments.statements.books import Account, Booking, bring, written
from tests.payments.test_reversals import legs
from tests.payments.world import debit, in_flight, issue, make_world, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

TOGETHER = pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
FEE = "ACMT/MCOP/CHRG"


@pytest.fixture
def world():
    made = make_world()
    made.bank.accounts = ["BANK-RW-001"]
    made.bank.save()
    return made


@pytest.fixture(autouse=True)
def _books_agree(db):
    yield
    check_all()


def post_each(tellings, *, together):
    for batch in [tellings] if together else [[one] for one in tellings]:
        post(*batch)


# --- what the payer chose ------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [1, 5000])
def test_a_payers_text_is_no_name_of_anothers_payment(world, amount):
    victim = issue(5000)
    mine = Booking(amount=amount, id="BK1", end_to_end="FT9001", text="hello")

    bring(written(mine, closing=amount))
    post(telling(world.bank, victim.reference, 5000, external_id="FT9001"))

    assert state_of(victim) == ("PAID", 5000)
    assert Movement.objects.count() == 2
    assert (Difference.objects.count(), MovementAlias.objects.count()) == (0, 0)


def test_a_payers_text_told_after_the_payment_that_it_names_is_another_payment(world):
    victim = issue(5000)
    account = Account()
    post(telling(world.bank, victim.reference, 5000, external_id="FT9001"))

    bring(account.statement(Booking(amount=5000, id="BK1", end_to_end="FT9001", text="hello")))
    bring(account.statement(Booking(amount=5000, id="FT9001", text=victim.reference), day=1))

    assert state_of(victim) == ("PAID", 5000)
    assert Movement.objects.count() == 2
    assert balance("clearing", "bank-rw") == 10_000


def test_another_payments_reversal_does_not_reach_what_names_it(world):
    paid = issue(700)
    line = Booking(amount=700, id="BK1", end_to_end="FT9003", text=paid.reference)
    bring(written(line, closing=700))

    post(debit(world.bank, Leg.REVERSAL, 300, external_id="R1", original="FT9003", last_try=True))

    assert state_of(paid) == ("PAID", 700)
    assert legs() == [("credit", 700), ("withdrawal", 300)]


def test_a_payers_text_tells_which_of_equal_payments_a_line_is(world):
    bill = issue(500)
    account = Account()
    for name in ("N1", "N2"):
        post(telling(world.bank, bill.reference, 500, external_id=name))

    line = Booking(amount=500, id="BK2", end_to_end="N2", text=bill.reference)
    bring(account.statement(line))

    assert Movement.objects.get(statement_lines__isnull=False).external_id == "N2"


@pytest.mark.parametrize(("amount", "currency"), [(499, "RWF"), (500, "USD")])
def test_another_amount_under_a_banks_other_id_is_another_payment(world, amount, currency):
    bill = issue(500)
    post(telling(world.bank, "", 500, external_id="S1", other_ids=("T1",), source="statement"))

    post(telling(world.bank, bill.reference, amount, external_id="T1", currency=currency))
    post(telling(world.bank, bill.reference, amount, external_id="T1", currency=currency))

    assert sorted(Movement.objects.values_list("external_id", "amount_minor")) == [
        ("S1", 500),
        ("T1", amount),
    ]
    assert Difference.objects.count() == 0


def test_the_same_amount_under_a_banks_other_id_is_the_same_payment(world):
    post(telling(world.bank, "", 500, external_id="S1", other_ids=("T1",), source="statement"))

    post(telling(world.bank, "", 500, external_id="T1"))

    assert Movement.objects.count() == 1


# --- charges -------------------------------------------------------------------------------------


@pytest.mark.parametrize("notice_id", ["C1", "FEE1"])
@pytest.mark.parametrize("line_id", ["C1", "CHG77"])
def test_a_charge_told_by_notice_and_by_statement_is_posted_once(world, notice_id, line_id):
    post(
        telling(world.bank, "", 1000, external_id="C1"),
        debit(world.bank, Leg.CHARGE, 10, external_id=notice_id, original="C1"),
    )

    bring(
        written(
            Booking(amount=1000, id="C1"),
            Booking(amount=-10, id=line_id, code=FEE),
            closing=990,
        )
    )

    assert sorted(legs()) == [("charge", 10), ("credit", 1000)]
    assert balance("clearing", "bank-rw") == 990


def test_two_charges_on_the_statement_are_two_and_the_notice_was_one_of_them(world):
    post(
        telling(world.bank, "", 1000, external_id="C1"),
        debit(world.bank, Leg.CHARGE, 10, external_id="FEE1", original="C1"),
    )

    bring(
        written(
            Booking(amount=1000, id="C1"),
            Booking(amount=-10, id="CHG1", code=FEE),
            Booking(amount=-10, id="CHG2", code=FEE),
            Booking(amount=-11, id="CHG3", code=FEE),
            closing=969,
        )
    )

    assert sorted(legs()) == [("charge", 10), ("charge", 10), ("charge", 11), ("credit", 1000)]


@TOGETHER
def test_a_notice_of_a_charge_after_the_statement_is_evidence_of_it(world, together):
    post(telling(world.bank, "", 1000, external_id="C1"))
    charge = {"amount_minor": 10, "original": "C1"}
    post(debit(world.bank, Leg.CHARGE, external_id="CHG77", source="statement", **charge))

    post_each(
        [
            debit(world.bank, Leg.CHARGE, external_id="FEE1", **charge),
            debit(world.bank, Leg.CHARGE, external_id="FEE1", **charge),
            debit(world.bank, Leg.CHARGE, external_id="FEE2", **charge),
        ],
        together=together,
    )

    assert sorted(legs()) == [("charge", 10), ("charge", 10), ("credit", 1000)]


# --- a callback after the line -------------------------------------------------------------------


@TOGETHER
@pytest.mark.parametrize(
    ("lines", "messages", "movements"),
    [
        (["S1"], ["M1"], ["S1"]),
        # Told again, by the id that it was told by before.
        (["S1"], ["M1", "M1"], ["S1"]),
        # Two real payments: the statement shows both, or only one of them as yet.
        (["S1", "S2"], ["M1", "M2"], ["S1", "S2"]),
        (["S1", "S2"], ["M1", "M1", "M2"], ["S1", "S2"]),
        (["S1"], ["M1", "M2"], ["S1", "M2"]),
        (["S1", "S2"], ["M1", "M2", "M3"], ["S1", "S2", "M3"]),
        (["S1", "S2"], ["S2", "M1"], ["S1", "S2"]),
    ],
    ids=lambda names: "+".join(names),
)
def test_a_callback_after_the_line_is_evidence_of_it(world, together, lines, messages, movements):
    bill = issue(500)
    bring(
        written(
            *(Booking(amount=500, id=name, text=bill.reference) for name in lines),
            closing=500 * len(lines),
        )
    )

    post_each(
        [telling(world.bank, bill.reference, 500, external_id=name) for name in messages],
        together=together,
    )

    assert sorted(Movement.objects.values_list("external_id", flat=True)) == sorted(movements)
    assert balance("clearing", "bank-rw") == 500 * len(movements)
    assert Difference.objects.count() == 0


@pytest.mark.parametrize(
    "other",
    [
        {"amount_minor": 499},
        {"currency": "USD"},
        {"occurred_at": NOON + timedelta(days=4)},
        {"reference": "rent"},
        {"reference": ""},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_callback_that_says_something_else_is_another_payment(world, other):
    bill = issue(500)
    bring(written(Booking(amount=500, id="S1", text=bill.reference), closing=500))

    said = {"reference": bill.reference, "amount_minor": 500, **other}
    post(telling(world.bank, external_id="M1", **said))

    assert Movement.objects.count() == 2


def test_a_callback_of_another_rail_is_another_payment(world):
    bill = issue(500)
    bring(written(Booking(amount=500, id="S1", text=bill.reference), closing=500))

    post(telling(world.mtn, bill.reference, 500, external_id="M1"))

    assert Movement.objects.count() == 2


def test_a_reversal_by_the_callbacks_id_finds_the_line(world):
    bill = issue(500)
    bring(written(Booking(amount=500, id="S1", text=bill.reference), closing=500))

    post(
        telling(world.bank, bill.reference, 500, external_id="M1"),
        debit(world.bank, Leg.REVERSAL, 500, external_id="R1", original="M1"),
    )

    assert legs() == [("credit", 500), ("reversal", 500)]
    assert state_of(bill) == ("OPEN", 0)


# --- debits that say something else --------------------------------------------------------------


@TOGETHER
def test_one_debit_told_of_two_collections_is_noted_on_the_second(world, together):
    one, other = issue(500), issue(500)
    post(telling(world.bank, one.reference, 500, external_id="C1"))
    post(telling(world.bank, other.reference, 500, external_id="C2"))

    post_each(
        [
            debit(world.bank, Leg.REVERSAL, 500, original="C1", external_id="R1"),
            debit(world.bank, Leg.REVERSAL, 500, original="C1", external_id="R1"),
            debit(world.bank, Leg.REVERSAL, 500, original="C2", external_id="R1"),
            debit(world.bank, Leg.REVERSAL, 500, original="C2", external_id="R1"),
        ],
        together=together,
    )

    assert (state_of(one), state_of(other)) == (("OPEN", 0), ("PAID", 500))
    assert Difference.objects.get().movement.external_id == "C2"


@TOGETHER
def test_a_second_id_of_a_payout_by_the_same_road_is_noted_on_its_collection(world, together):
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 500)

    post_each(
        [
            debit(world.mtn, Leg.REVERSAL, 500, original="C1", external_id="R1"),
            debit(world.mtn, Leg.PAYOUT, 500, key=refund.key, external_id="P1"),
            debit(world.mtn, Leg.PAYOUT, 500, key=refund.key, external_id="P1"),
        ],
        together=together,
    )

    assert legs() == [("credit", 500), ("payout", 500)]
    assert Difference.objects.get().movement.external_id == "C1"


@TOGETHER
def test_a_payout_told_by_another_road_under_another_id_is_the_same(world, together):
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 500)

    post_each(
        [
            debit(world.mtn, Leg.PAYOUT, 500, key=refund.key, external_id="L1", source="statement"),
            debit(world.mtn, Leg.PAYOUT, 500, key=refund.key, external_id="P1"),
            debit(world.mtn, Leg.PAYOUT, 500, key=refund.key, external_id="P1"),
        ],
        together=together,
    )

    assert legs() == [("credit", 500), ("payout", 500)]
    assert Difference.objects.count() == 0


def test_a_reversal_that_stands_as_a_withdrawal_is_noted_once_its_collection_is_known(world):
    bill = issue(500)
    told = {"original": "C1", "external_id": "R1"}
    post(debit(world.bank, Leg.REVERSAL, 500, last_try=True, **told))
    post(telling(world.bank, bill.reference, 500, external_id="C1"))

    for _ in range(2):
        post(debit(world.bank, Leg.REVERSAL, 500, **told))

    assert sorted(legs()) == [("credit", 500), ("withdrawal", 500)]
    assert Difference.objects.get().movement.external_id == "C1"
