"""The banks' twins speak to the very gateways of the product, and each understands the other."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from config import environment
from payments import statements
from payments.gateways import bycontract, govstack, jenga, kcb
from payments.gateways.base import Payable
from payments.states import Leg
from tests.sandbox.doors import Doors, opened
from tests.sandbox_process import SandboxProcess

PAYER = "254700000121"
REFERENCE = "858961326965"
BILL = Payable(
    reference=REFERENCE,
    reason="",
    due_minor=100_000,
    currency="KES",
    service="Certificate of birth",
)
RAILS = [
    environment.Rail(code="bank-ke", kind="bycontract", prefix="BANK"),
    environment.Rail(code="equity-ke", kind="jenga", prefix="EQUITY"),
    environment.Rail(code="kcb-ke", kind="kcb", prefix="KCB"),
    environment.Rail(code="govstack-ke", kind="govstack", prefix="GOVSTACK"),
]
DOORS = {
    "bank": (bycontract.VENDOR, "bank-ke"),
    "jenga": (jenga.VENDOR, "equity-ke"),
    "kcb": (kcb.VENDOR, "kcb-ke"),
    "govstack": (govstack.VENDOR, "govstack-ke"),
}


@pytest.fixture
def bank(tmp_path):
    """Open a bank's doors and its twin: `doors, sandbox = bank("kcb")`."""
    stack = []

    def start(kind, **env):
        vendor, rail_code = DOORS[kind]
        # Both sides read the same variables, and have the same usual values.
        contract = environment.read(env, rails=RAILS).gateways["rails"][rail_code]
        doors = opened(Doors(vendor=vendor, contract=contract, bill=BILL))
        opening = doors.__enter__()
        usual = {
            "SANDBOX_STATE": str(tmp_path),
            "SANDBOX_COUNTRY": "ke",
            "SANDBOX_LATE_SECONDS": "0.5",
            "GUICHET_URL": opening.url,
        }
        sandbox = SandboxProcess({**usual, **env}).start()
        stack.append((doors, sandbox))
        return opening, sandbox

    yield start
    for doors, sandbox in stack:
        sandbox.stop()
        doors.__exit__(None, None, None)


def pay(sandbox, kind, **said):
    body = {"reference": REFERENCE, "pin": "1234", "network": kind, **said}
    answer = sandbox.post(f"/phone/{PAYER}/pay", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def act(sandbox, kind, name, **said):
    return sandbox.post(f"/acts/{kind}/{name}", said).json()


def wait_for(found, count):
    give_up_at = time.monotonic() + 60
    while len(found) < count and time.monotonic() < give_up_at:
        time.sleep(0.02)
    assert len(found) == count
    return found


def wallet(sandbox):
    return float(sandbox.get(f"/phone/{PAYER}/balance.json").json()["balance"])


# --- KCB --------------------------------------------------------------------------------------


def test_kcb_asks_what_a_bill_is_and_tells_in_each_of_its_forms(bank):
    doors, sandbox = bank("kcb")
    paid = [pay(sandbox, "kcb", channel=channel) for channel in ("ussd", "branch", "app")]
    assert [one["state"] for one in paid] == ["NOTIFIED"] * 3
    assert doors.asked == [REFERENCE] * 3
    told = doors.told()
    assert [one.external_id for one in told] == [one["id"] for one in paid]
    assert {(one.reference, one.amount_minor, one.currency) for one in told} == {
        (REFERENCE, 100_000, "KES")
    }
    assert all(abs(one.occurred_at.timestamp() - time.time()) < 120 for one in told)


def test_kcb_takes_no_other_amount_of_a_fixed_bill_and_any_of_a_partial_one(bank):
    doors, sandbox = bank("kcb")
    assert pay(sandbox, "kcb", amount="999")["reason"] == "the amount is fixed"
    doors.bill = Payable(
        reference=REFERENCE, reason="", due_minor=100_000, currency="KES", takes_parts=True
    )
    assert pay(sandbox, "kcb", amount="9000000")["reason"] == "not enough funds"
    assert pay(sandbox, "kcb", amount="999.50")["state"] == "NOTIFIED"
    assert [one.amount_minor for one in doors.told()] == [99_950]


def test_kcb_takes_nothing_for_what_cannot_be_paid_unless_a_clerk_keys_it_in(bank):
    doors, sandbox = bank("kcb")
    doors.bill = Payable(reference=REFERENCE, reason="already_paid")
    before = wallet(sandbox)
    assert pay(sandbox, "kcb")["reason"] == "Paid already"
    assert (wallet(sandbox), doors.kept) == (before, [])
    assert pay(sandbox, "kcb", amount="1500", channel="branch", blind=True)["state"] == "NOTIFIED"
    assert doors.told()[0].amount_minor == 150_000


def test_a_stranger_with_a_key_of_his_own_is_not_kcb(bank):
    doors, sandbox = bank("kcb")
    sandbox.faults(kcb_callback="forged")
    assert pay(sandbox, "kcb")["state"] == "WAITING"
    assert (doors.refused, doors.kept) == (["forged"], [])


# --- Equity -----------------------------------------------------------------------------------


def test_jenga_tells_in_both_forms_what_nobody_has_checked(bank):
    doors, sandbox = bank("jenga", EQUITY_CHARGE_WITHHELD="yes")
    assert pay(sandbox, "jenga")["reason"] == "amount"
    by_phone = pay(sandbox, "jenga", amount="150", channel="app")
    at_branch = pay(sandbox, "jenga", amount="1000", reference="typed wrong", channel="branch")
    money, charge, cash = doors.told()
    assert (money.external_id, money.amount_minor) == (by_phone["id"], 15_000)
    assert (charge.leg, charge.amount_minor) == (Leg.CHARGE, 525)
    assert charge.original_id == by_phone["id"]
    assert (cash.external_id, cash.reference) == (at_branch["id"], "typed wrong")


def test_jengas_bad_days(bank):
    doors, sandbox = bank("jenga")
    sandbox.faults(jenga_callback="forged")
    assert pay(sandbox, "jenga", amount="150")["state"] == "WAITING"
    assert doors.refused == ["forged"]
    sandbox.faults(jenga_callback="never")
    pay(sandbox, "jenga", amount="150")
    sandbox.faults(jenga_callback="failed")
    pay(sandbox, "jenga", amount="150")
    assert (len(doors.kept), doors.told()) == (1, [])
    sandbox.faults(jenga_callback="wrong_amount")
    pay(sandbox, "jenga", amount="150")
    assert doors.told()[0].amount_minor == 25_000
    doors.kept.clear()
    sandbox.faults(jenga_callback="twice")
    pay(sandbox, "jenga", amount="150", channel="branch")
    one, again = wait_for(doors.kept, 2)
    assert one[1] == again[1]
    doors.kept.clear()
    sandbox.faults(jenga_callback="late")
    assert pay(sandbox, "jenga", amount="150")["state"] == "WAITING"
    assert doors.kept == []
    wait_for(doors.kept, 1)


# --- GovStack ---------------------------------------------------------------------------------


def test_govstack_inquires_and_marks_and_only_the_statement_tells_of_the_money(bank):
    doors, sandbox = bank("govstack")
    paid = pay(sandbox, "govstack", reference="8589 6132 6965")
    assert paid["state"] == "NOTIFIED"
    assert doors.asked == [REFERENCE]
    [(hint, _)] = doors.kept
    assert (hint.movement, hint.told) == (paid["id"], REFERENCE)
    [entry] = statement(sandbox, "govstack").entries
    assert (entry.amount_minor, entry.bank_ids[0]) == (100_000, paid["id"])


def test_a_mark_without_a_payment_shows_on_no_statement(bank):
    doors, sandbox = bank("govstack")
    lied = act(sandbox, "govstack", "lie", reference=REFERENCE)
    assert lied["state"] == "NOTIFIED"
    assert doors.kept[0][0].movement == lied["id"]
    assert statement(sandbox, "govstack").entries == []


# --- a bank by contract -----------------------------------------------------------------------


def test_a_bank_by_contract_tells_what_it_takes_back_and_charges(bank):
    doors, sandbox = bank("bank")
    before = wallet(sandbox)
    paid = pay(sandbox, "bank")
    taken_back = act(sandbox, "bank", "reverse", id=paid["id"])
    charged = act(sandbox, "bank", "charge", id=paid["id"], amount="5.25")
    assert taken_back["state"] == charged["state"] == "NOTIFIED"
    money, reversal, charge = doors.told()
    assert money.external_id == paid["id"]
    assert (reversal.leg, reversal.external_id) == (Leg.REVERSAL, taken_back["id"])
    assert (reversal.original_id, reversal.amount_minor) == (paid["id"], money.amount_minor)
    assert (charge.leg, charge.original_id, charge.amount_minor) == (Leg.CHARGE, paid["id"], 525)
    assert wallet(sandbox) == before
    assert act(sandbox, "bank", "reverse", id=paid["id"]) == {"error": "reversed already"}
    assert act(sandbox, "bank", "reverse", id="BK0") == {"error": "no such payment"}
    assert "error" in act(sandbox, "bank", "charge", amount="-1")


def test_what_a_bank_does_not_tell_is_on_its_statement_all_the_same(bank):
    doors, sandbox = bank("bank")
    sandbox.faults(bank="never")
    paid = pay(sandbox, "bank")
    assert act(sandbox, "bank", "reverse", id=paid["id"], tell=False)["state"] == "BOOKED"
    assert doors.kept == []
    assert [entry.amount_minor for entry in statement(sandbox, "bank").entries] == [100000, -100000]


# --- statements -------------------------------------------------------------------------------


def statement(sandbox, kind, form="xml"):
    day = datetime.now(ZoneInfo("Africa/Nairobi")).date()
    answer = sandbox.get(f"/{kind}/statement.{form}?day={day}")
    assert answer.status_code == 200
    [told] = statements.read(answer.content)
    return told


@pytest.mark.parametrize("form", ["xml", "sta"])
def test_the_statement_tells_every_booking_and_adds_up(bank, form):
    _, sandbox = bank("bank")
    first, second = pay(sandbox, "bank"), pay(sandbox, "bank", amount="499.50", blind=True)
    odd = pay(sandbox, "bank", reference="<&\x07 no:such\r\n:62F:", amount="1", blind=True)
    taken_back = act(sandbox, "bank", "reverse", id=first["id"])
    charged = act(sandbox, "bank", "charge", amount="5.25")
    swept = act(sandbox, "bank", "sweep", amount="300")

    told = statement(sandbox, "bank", form)

    assert (told.account, told.currency) == ("BANK-KE-001", "KES")
    assert told.balances
    assert (told.opening_minor, told.closing_minor) == (0, 49_950 + 100 - 525 - 30_000)
    assert [(entry.bank_ids[0], entry.amount_minor) for entry in told.entries] == [
        (first["id"], 100_000),
        (second["id"], 49_950),
        (odd["id"], 100),
        (taken_back["id"], -100_000),
        (charged["id"], -525),
        (swept["id"], -30_000),
    ]
    assert told.entries[0].references[0].endswith(REFERENCE)
    assert [entry.is_reversal for entry in told.entries] == [False] * 3 + [True, False, False]
    assert first["id"] in (told.entries[3].original_id, *told.entries[3].bank_ids)
    assert told.entries[4].kind == "charge"
    if form == "xml":
        assert told.entries[5].kind == "sweep"


def test_a_sweep_without_an_amount_empties_the_account(bank):
    _, sandbox = bank("kcb")
    pay(sandbox, "kcb")
    assert act(sandbox, "kcb", "sweep")["amount"] == "1000.00"
    assert "error" in act(sandbox, "kcb", "sweep")
    assert statement(sandbox, "kcb").closing_minor == 0


def test_a_statement_needs_a_day(bank):
    _, sandbox = bank("kcb")
    for wrong in ("", "?day=today", "?day=2026-02-30"):
        assert sandbox.get(f"/kcb/statement.xml{wrong}").status_code == 400
