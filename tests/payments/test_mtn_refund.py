"""Refunds, balance and reversals of MTN: our words to it and the sandbox's reading of its pages."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments import gateways
from payments.gateways.base import Context, Debit, Unreadable
from payments.gateways.mtn import (
    MtnBalance,
    MtnCollections,
    MtnRefunds,
    parse_refund,
    payer,
    read_balance,
)
from payments.gateways.prompt import (
    Failure,
    NeverHeard,
    NotSent,
    Outcome,
    Prompt,
    Refused,
    Unclear,
    Unreachable,
)
from payments.gateways.refund import RefundOrder
from payments.models import Movement, PaymentAttempt, Rail, Refund
from payments.operations import asking_after, prompting, refunding, repaying
from payments.posting import post_inbox
from payments.states import Leg
from tests.accounts.people import officer
from tests.payments import books, deciding
from tests.payments.mtn_server import Mtn, running
from tests.payments.prompts import bill
from tests.payments.world import make_world
from tests.sandbox_process import SandboxProcess
from tests.world import NOON

PAYER = "250788000119"
KEY = UUID("6f8f9b1a-6a55-4f7b-9c2b-0a6f1f3c5d7e")
CONTEXT = Context(received_at=NOON, external_hint=str(KEY))
LEASE = timedelta(seconds=8)
NOBODY_LISTENS = "http://127.0.0.1:9"
STATEMENT = "/mtn/portal/statement.csv?day="


@pytest.fixture(scope="module")
def _sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    state = tmp_path_factory.mktemp("sandbox")
    environment = {
        "SANDBOX_STATE": str(state),
        "GUICHET_URL": NOBODY_LISTENS,
        "MTN_API_USER": "collector",
        "MTN_API_KEY": "a key",
        "MTN_SUBSCRIPTION_KEY": "collections",
        "MTN_DISBURSEMENT_SUBSCRIPTION_KEY": "disbursements",
    }
    with SandboxProcess(environment) as process:
        yield process


@pytest.fixture
def sandbox(_sandbox: SandboxProcess) -> Iterator[SandboxProcess]:
    """The sandbox, on a good day."""
    _sandbox.faults()
    yield _sandbox
    _sandbox.faults()


@pytest.fixture
def mtn() -> Iterator[Mtn]:
    with running() as server:
        yield server


def contract(url: str, **other: str) -> dict[str, str]:
    return {
        "kind": "mtn",
        "rail_code": "mtn-rw",
        "url": url,
        "api_user": "collector",
        "api_key": "a key",
        "subscription_key": "collections",
        "environment": "sandbox",
        "disbursement_subscription_key": "disbursements",
        "disbursement_api_user": "",
        "disbursement_api_key": "",
        "callback_base": NOBODY_LISTENS,
        **other,
    }


def refunds(url: str, **other: str) -> MtnRefunds:
    return MtnRefunds(rail_code="mtn-rw", contract=contract(url, **other))


def collections(sandbox: SandboxProcess) -> MtnCollections:
    return MtnCollections(rail_code="mtn-rw", contract=contract(f"{sandbox.url}/mtn"))


def held_minor(sandbox: SandboxProcess) -> int:
    line = MtnBalance(rail_code="mtn-rw", contract=contract(f"{sandbox.url}/mtn"))
    minor, currency = read_balance(line.balance(key=uuid4()).body)
    assert currency == "RWF"
    return minor


def paid(sandbox: SandboxProcess) -> RefundOrder:
    """Let a payer pay 500, and return the order to pay all of it back."""
    key = uuid4()
    collections(sandbox).ask(
        Prompt(
            key=key,
            reference="858961326965",
            phone=f"+{PAYER}",
            amount_minor=500,
            currency="RWF",
        )
    )
    pressed = sandbox.post(f"/phone/{PAYER}/prompts/{key}/answer", {"pin": "1234"})
    assert pressed.json() == {"state": "SUCCESSFUL"}
    money = json.loads(collections(sandbox).status(key=key).body)["financialTransactionId"]
    return RefundOrder(
        key=uuid4(),
        movement_id=money,
        attempt_key=key,
        amount_minor=500,
        movement_minor=500,
        currency="RWF",
        reference="858961326965",
    )


def balance(sandbox: SandboxProcess) -> int:
    return int(sandbox.get(f"/phone/{PAYER}/balance.json").json()["balance"])


def statement(sandbox: SandboxProcess) -> list[dict[str, str]]:
    """Return today's rows; today is the sandbox's own, which keeps real time."""
    told = sandbox.get(f"/phone/{PAYER}/prompts.json").json()["prompts"]
    days = sorted({kigali_day(prompt["at"]) for prompt in told})
    return [
        row
        for day in days
        for row in csv.DictReader(io.StringIO(sandbox.get(f"{STATEMENT}{day}").text))
    ]


def kigali_day(at: float) -> str:
    return datetime.fromtimestamp(at, ZoneInfo("Africa/Kigali")).date().isoformat()


# --- with the sandbox


def test_a_refund_pays_the_payer_and_proves_it(sandbox: SandboxProcess) -> None:
    order = paid(sandbox)
    before = balance(sandbox)
    line = refunds(f"{sandbox.url}/mtn")
    assert line.send(order) == ""
    answer = line.status(order)
    assert answer.outcome is Outcome.MONEY
    assert balance(sandbox) == before + 500
    [payout] = parse_refund(answer.body, Context(received_at=NOON, external_hint=str(order.key)))
    assert isinstance(payout, Debit)
    assert (payout.leg, payout.amount_minor, payout.currency) == (Leg.PAYOUT, 500, "RWF")
    assert (payout.key, payout.external_id != order.movement_id) == (order.key, True)


def test_a_refund_sent_twice_is_one_refund(sandbox: SandboxProcess) -> None:
    order = paid(sandbox)
    before = balance(sandbox)
    line = refunds(f"{sandbox.url}/mtn")
    line.send(order)
    line.send(order)
    assert balance(sandbox) == before + 500


def test_a_part_can_be_paid_back_and_never_more_than_was_paid(sandbox: SandboxProcess) -> None:
    order = paid(sandbox)
    line = refunds(f"{sandbox.url}/mtn")
    part = replace(order, amount_minor=300)
    line.send(part)
    assert line.status(part).outcome is Outcome.MONEY
    more = replace(order, key=uuid4(), amount_minor=300)
    line.send(more)
    answer = line.status(more)
    assert (answer.outcome, answer.reason) == (Outcome.FAILED, Failure.NOT_COMPLETED.value)


def test_a_refund_that_hangs_or_fails_is_told_so(sandbox: SandboxProcess) -> None:
    line = refunds(f"{sandbox.url}/mtn")
    sandbox.faults(mtn_refund="pending")
    hanging = paid(sandbox)
    line.send(hanging)
    assert line.status(hanging).outcome is Outcome.UNDECIDED

    sandbox.faults(mtn_refund="refused")
    empty = paid(sandbox)
    line.send(empty)
    assert line.status(empty).reason == Failure.NOT_ENOUGH_MONEY.value


def test_a_refund_that_mtn_never_heard_of_is_said_so(sandbox: SandboxProcess) -> None:
    with pytest.raises(NeverHeard):
        refunds(f"{sandbox.url}/mtn").status(paid(sandbox))


def test_a_refund_of_what_mtn_never_collected_is_refused(sandbox: SandboxProcess) -> None:
    order = replace(paid(sandbox), attempt_key=uuid4())
    with pytest.raises(Refused):
        refunds(f"{sandbox.url}/mtn").send(order)


def test_one_products_keys_do_not_open_the_other(sandbox: SandboxProcess) -> None:
    order = paid(sandbox)
    wrong = refunds(f"{sandbox.url}/mtn", disbursement_subscription_key="collections")
    with pytest.raises(NotSent):
        wrong.send(order)
    with pytest.raises(Unreachable):
        wrong.status(order)


def test_a_reversal_shows_in_the_portal_and_in_the_balance_only(sandbox: SandboxProcess) -> None:
    order = paid(sandbox)
    before_minor = held_minor(sandbox)
    done = sandbox.post("/acts/mtn/reverse", {"id": order.movement_id}).json()
    again = sandbox.post("/acts/mtn/reverse", {"id": order.movement_id}).json()
    assert (done["original"], done["amount"]) == (order.movement_id, "500")
    assert again == {"error": "reversed already"}
    assert order.attempt_key is not None
    assert collections(sandbox).status(key=order.attempt_key).outcome is Outcome.MONEY
    assert held_minor(sandbox) == before_minor - 500

    [reversal] = [row for row in statement(sandbox) if row["Id"] == done["id"]]
    assert (reversal["Type"], reversal["Amount"]) == ("REVERSAL", "-500")
    assert reversal["Original Id"] == order.movement_id


def test_the_statement_adds_up_to_the_balance(sandbox: SandboxProcess) -> None:
    paid(sandbox)
    swept = sandbox.post("/acts/mtn/sweep", {"amount": "200"}).json()
    rows = statement(sandbox)
    assert [row["Amount"] for row in rows if row["Id"] == swept["id"]] == ["-200"]
    assert "error" in sandbox.post("/acts/mtn/sweep", {"amount": "999999999"}).json()
    total = 0
    for row in rows:
        total += int(row["Amount"])
        assert int(row["Balance"]) == total
    assert held_minor(sandbox) == total
    assert sandbox.get("/mtn/portal/statement.csv").status_code == 400
    [header] = csv.reader(io.StringIO(sandbox.get(f"{STATEMENT}2020-01-01").text))
    assert header[0] == "Id"


@pytest.mark.django_db
def test_a_refund_of_a_bill_that_was_paid_comes_out_of_the_float(
    sandbox: SandboxProcess, settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(refunding.bounds, "has_funds", lambda _refund: True)
    world = make_world()
    Rail.objects.filter(pk=world.mtn.pk).update(prefixes=["+25078"])
    held = contract(f"{sandbox.url}/mtn")
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {"mtn-rw": held}}
    issued = bill(amount_minor=500)
    attempt_id = prompting.ask(bill_id=issued.id, rail_code="mtn-rw", phone=f"+{PAYER}", at=NOON)
    prompting.claim_prompts(limit=1, now=NOON, until=NOON + LEASE)
    prompting.send_prompt(attempt_id=attempt_id, clock=lambda: NOON)
    key = PaymentAttempt.objects.get(pk=attempt_id).key
    sandbox.post(f"/phone/{PAYER}/prompts/{key}/answer", {"pin": "1234"}).raise_for_status()
    asking_after.ask_status(attempt_id=attempt_id, clock=lambda: NOON)
    post_inbox(batch_max=10, now=NOON)

    refund_id = refunding.ask(
        movement_id=Movement.objects.get(leg=Leg.CREDIT).pk,
        amount_minor=500,
        reason="paid at the counter too",
        by_id=officer("refund.ask"),
        at=NOON,
    )
    deciding.approve(refund_id=refund_id, by_id=officer("refund.decide"), at=NOON)
    repaying.claim_refunds(limit=1, now=NOON, until=NOON + LEASE)
    repaying.send_refund(refund_id=refund_id, clock=lambda: NOON)
    repaying.ask_after_refund(refund_id=refund_id, clock=lambda: NOON)
    post_inbox(batch_max=10, now=NOON)

    assert Refund.objects.get().state == "DONE"
    assert Movement.objects.get(leg=Leg.PAYOUT).amount_minor == 500
    assert books.balance("refund_float", "mtn-rw") == -500
    assert books.balance("refunds_in_transit", "mtn-rw") == 0


# --- at the edges


def order() -> RefundOrder:
    return RefundOrder(
        key=KEY,
        movement_id="529186712",
        attempt_key=uuid4(),
        amount_minor=500,
        movement_minor=500,
        currency="RWF",
        reference="407291853343",
    )


def test_without_a_subscription_the_rail_pays_nothing_back(settings) -> None:  # type: ignore[no-untyped-def]
    held = contract(NOBODY_LISTENS)
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {"mtn-rw": held}}
    assert isinstance(gateways.refunds(kind="mtn", rail_code="mtn-rw"), MtnRefunds)
    held["disbursement_subscription_key"] = ""
    with pytest.raises(gateways.NoGateway):
        gateways.refunds(kind="mtn", rail_code="mtn-rw")


def test_the_order_names_the_request_to_pay(mtn: Mtn) -> None:
    asked = order()
    refunds(mtn.base_url, api_user=str(uuid4())).send(asked)
    call = mtn.asked[-1]
    assert call["path"] == "/disbursement/v1_0/refund"
    assert call["headers"]["X-Reference-Id"] == str(KEY)
    assert call["headers"]["Ocp-Apim-Subscription-Key"] == "disbursements"
    told = json.loads(call["body"])
    assert (told["amount"], told["currency"]) == ("500", "RWF")
    assert told["referenceIdToRefund"] == str(asked.attempt_key)


def test_disbursements_may_have_a_user_of_their_own(mtn: Mtn) -> None:
    refunds(mtn.base_url, disbursement_api_user=str(uuid4()), disbursement_api_key="b").send(
        order()
    )
    assert mtn.asked[0]["path"] == "/disbursement/token/"


def test_only_mtns_own_word_says_that_it_never_heard_of_an_order(mtn: Mtn) -> None:
    mtn.status_status, mtn.status_body = 404, {"code": "RESOURCE_NOT_FOUND"}
    with pytest.raises(NeverHeard):
        refunds(mtn.base_url).status(order())
    for body in (None, b"<html>", {}, {"statusCode": 404, "message": "Resource not found"}):
        mtn.status_body = body
        with pytest.raises(Unreachable):
            refunds(mtn.base_url).status(order())


def test_money_that_no_prompt_brought_cannot_be_named_to_mtn(mtn: Mtn) -> None:
    with pytest.raises(Refused):
        refunds(mtn.base_url).send(replace(order(), attempt_key=None))
    assert mtn.asked == []


def test_a_refund_whose_answer_is_lost_is_unclear_and_one_that_never_left_is_not(
    mtn: Mtn,
) -> None:
    mtn.hangs_up = True
    with pytest.raises(Unclear):
        refunds(mtn.base_url, api_user=str(uuid4())).send(order())
    with pytest.raises(NotSent):
        refunds(NOBODY_LISTENS).send(order())


# --- the proof


def successful(**other: object) -> bytes:
    told = {
        "financialTransactionId": "1947913865",
        "status": "SUCCESSFUL",
        "amount": "500",
        "currency": "RWF",
        "payee": {"partyIdType": "MSISDN", "partyId": PAYER},
        **other,
    }
    return json.dumps(told).encode()


def test_a_successful_refund_is_a_payout() -> None:
    assert parse_refund(successful(), CONTEXT) == (
        Debit(
            leg=Leg.PAYOUT,
            external_id="1947913865",
            amount_minor=500,
            currency="RWF",
            occurred_at=NOON,
            key=KEY,
        ),
    )


@pytest.mark.parametrize("status", ["PENDING", "FAILED", "successful", None, ["SUCCESSFUL"]])
def test_a_refund_that_is_not_done_moved_no_money(status: object) -> None:
    assert parse_refund(successful(status=status), CONTEXT) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        successful(financialTransactionId=None),
        successful(amount="-500"),
        successful(amount="0"),
        successful(amount="five"),
        successful(currency=None),
        successful(currency="XQZ"),
    ],
)
def test_a_refund_that_lacks_what_a_payout_needs_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_refund(body, CONTEXT)
    with pytest.raises(Unreadable):
        parse_refund(successful(), Context(received_at=NOON, external_hint="nobody's"))


@given(told=st.dictionaries(st.sampled_from(["status", "amount", "currency"]), st.text()))
def test_whatever_mtn_answers_is_read_or_refused_aloud(told: dict[str, str]) -> None:
    for body in (json.dumps(told).encode(), successful(**told)):
        try:
            money = parse_refund(body, CONTEXT)
        except Unreadable:
            continue
        assert all(part.amount_minor > 0 for part in money)


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("mtn.status", b'{"payer": {"partyIdType": "MSISDN", "partyId": "250788"}}', "+250788"),
        ("mtn.status", b'{"payer": {"partyIdType": "EMAIL", "partyId": "250788"}}', ""),
        ("mtn.status", b'{"payer": {"partyIdType": "MSISDN", "partyId": "a b"}}', ""),
        ("mtn.status", b'{"payer": 7}', ""),
        ("mtn.status", b"<html>", ""),
        ("mtn.callback", b'{"payer": {"partyIdType": "MSISDN", "partyId": "250788"}}', ""),
    ],
)
def test_the_payers_phone_is_read_from_proof_only(kind: str, body: bytes, said: str) -> None:
    assert payer(kind, body) == said
