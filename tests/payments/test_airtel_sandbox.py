"""Our words to Airtel and the sandbox's own reading of Airtel's pages: two hands, one wire."""

import base64
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from payments import callbacks, gateways, ledger
from payments.gateways.airtel import AirtelCollections, AirtelRefunds, parse_refund
from payments.gateways.airtel.balance import AirtelBalance, read_balance
from payments.gateways.base import Context, Heard
from payments.gateways.prompt import NeverHeard, NotSent, Outcome, Refused, Unclear, Unreachable
from payments.gateways.refund import RefundOrder
from payments.models import Bill, InboundMessage, Movement, Rail, Refund
from payments.operations import asking_after, prompting, refunding, repaying
from payments.posting import post_inbox
from payments.states import Leg
from tests.accounts.people import officer
from tests.payments import deciding
from tests.payments.prompts import attempt, bill
from tests.payments.world import make_world
from tests.sandbox_process import SandboxProcess
from tests.world import NOON

pytestmark = pytest.mark.django_db

PAYER = "250730000119"
# Callbacks are lost here, as they sometimes are: they only hint.
NOBODY_LISTENS = "http://127.0.0.1:9"
LEASE = timedelta(seconds=8)
KEYS = {"client_id": "guichet-sandbox", "client_secret": "a secret", "callback_key": "a key"}


@pytest.fixture
def sandbox(settings, tmp_path) -> Iterator[SandboxProcess]:
    make_world()
    rail = Rail.objects.create(
        code="airtel-rw",
        kind="airtel",
        provider="Airtel",
        names={"en": "Airtel Money"},
        currency="RWF",
        prefixes=["+25073"],
        steps={},
        by_contract=False,
        active=True,
        position=0,
    )
    ledger.open_rail_accounts([(rail.pk, "RWF")])
    own = {f"AIRTEL_{name.upper()}": value for name, value in KEYS.items()}
    process = SandboxProcess(
        {"SANDBOX_STATE": str(tmp_path), "GUICHET_URL": NOBODY_LISTENS, **own}
    ).start()
    contract = {
        "kind": "airtel",
        "rail_code": "airtel-rw",
        "callback_base": NOBODY_LISTENS,
        "url": f"{process.url}/airtel",
        "version": "v2-pkcs1",
        "encryption_key": "",
        "callback_hash": "required",
        **KEYS,
    }
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {"airtel-rw": contract}}
    # Another sandbox on the same port may have had this test's name for its token.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    yield process
    process.stop()


def collections() -> AirtelCollections:
    found = gateways.prompts(kind="airtel", rail_code="airtel-rw")
    assert isinstance(found, AirtelCollections)
    return found


def held(rail_code: str, contract: Any) -> tuple[int, str]:
    line = AirtelBalance(rail_code=rail_code, contract=contract)
    return read_balance(line.balance(key=uuid4()).body)


def refunds() -> AirtelRefunds:
    found = gateways.refunds(kind="airtel", rail_code="airtel-rw")
    assert isinstance(found, AirtelRefunds)
    return found


def prompted(issued) -> int:
    attempt_id = prompting.ask(bill_id=issued.id, rail_code="airtel-rw", phone=f"+{PAYER}", at=NOON)
    prompting.claim_prompts(limit=1, now=NOON, until=NOON + LEASE)
    prompting.send_prompt(attempt_id=attempt_id, clock=lambda: NOON)
    return attempt_id


def answer(sandbox: SandboxProcess, **how: object) -> None:
    [prompt] = sandbox.get(f"/phone/{PAYER}/prompts.json").json()["prompts"]
    sandbox.post(f"/phone/{PAYER}/prompts/{prompt['id']}/answer", how).raise_for_status()


def ask_status(attempt_id: int, *, seconds: int = 5) -> None:
    asking_after.ask_status(attempt_id=attempt_id, clock=lambda: NOON + timedelta(seconds=seconds))


def post() -> None:
    post_inbox(batch_max=10, now=NOON + timedelta(seconds=6))


def paid(sandbox: SandboxProcess) -> tuple[Bill, Movement]:
    issued = bill(amount_minor=500)
    attempt_id = prompted(issued)
    answer(sandbox, pin="1234")
    ask_status(attempt_id)
    post()
    return Bill.objects.get(pk=issued.id), Movement.objects.get(leg=Leg.CREDIT)


def order(movement: Movement) -> RefundOrder:
    assert movement.attempt is not None
    return RefundOrder(
        key=uuid4(),
        movement_id=movement.external_id,
        attempt_key=movement.attempt.key,
        amount_minor=500,
        movement_minor=500,
        currency="RWF",
        reference="",
    )


def test_a_payer_who_types_her_pin_has_paid_what_she_was_asked_for(sandbox):
    issued = bill(amount_minor=500)
    attempt_id = prompted(issued)
    assert attempt(attempt_id).state == "PENDING"
    ask_status(attempt_id)
    assert attempt(attempt_id).state == "PENDING"

    answer(sandbox, pin="1234")
    ask_status(attempt_id)
    assert attempt(attempt_id).state == "SUCCEEDED"
    post()
    assert Bill.objects.get(pk=issued.id).state == "PAID"
    [movement] = Movement.objects.all()
    assert (movement.amount_minor, movement.currency) == (500, "RWF")
    assert movement.external_id.startswith("MP")
    assert held("airtel-rw", gateways.contract("airtel-rw")) == (500, "RWF")


def test_a_payer_who_says_no_has_not(sandbox):
    issued = bill(amount_minor=500)
    attempt_id = prompted(issued)
    answer(sandbox, refuse=True)
    ask_status(attempt_id)
    declined = attempt(attempt_id)
    assert (declined.state, declined.failure_reason) == ("FAILED", "declined")
    assert Bill.objects.get(pk=issued.id).state == "OPEN"


def test_an_ambiguous_answer_sends_no_second_prompt_and_loses_no_money(sandbox):
    sandbox.faults(airtel="ambiguous")
    issued = bill(amount_minor=500)
    attempt_id = prompted(issued)
    assert attempt(attempt_id).state == "UNKNOWN"
    answer(sandbox, pin="1234")
    sandbox.faults()
    ask_status(attempt_id)
    post()
    assert Bill.objects.get(pk=issued.id).state == "PAID"


def test_a_push_that_was_lost_is_found_never_to_have_arrived(sandbox):
    sandbox.faults(airtel="lost")
    attempt_id = prompted(bill(amount_minor=500))
    assert attempt(attempt_id).state == "UNKNOWN"
    with pytest.raises(NeverHeard):
        collections().status(key=attempt(attempt_id).key)


def test_a_network_that_is_down_was_not_asked(sandbox):
    sandbox.faults(airtel="down")
    attempt_id = prompted(bill(amount_minor=500))
    assert attempt(attempt_id).state == "CREATED"
    with pytest.raises(Unreachable):
        collections().status(key=attempt(attempt_id).key)


def test_the_same_push_twice_is_one_prompt(sandbox):
    attempt_id = prompted(bill(amount_minor=500))
    sent = attempt(attempt_id)
    collections().ask(
        prompting.Prompt(
            key=sent.key,
            reference="858961326965",
            phone=f"+{PAYER}",
            amount_minor=500,
            currency="RWF",
        )
    )
    assert len(sandbox.get(f"/phone/{PAYER}/prompts.json").json()["prompts"]) == 1


def called_back(key: UUID, *, secret: str = KEYS["callback_key"]) -> int:
    """Say what Airtel's callback says, through the door; return the answer's status."""
    told = {"id": key.hex, "message": "Paid", "status_code": "TS", "airtel_money_id": "MP1"}
    raw = json.dumps(told).encode()
    proof = base64.b64encode(hmac.new(secret.encode(), raw, sha256).digest())
    heard = Heard(
        method="POST",
        path=("callback",),
        headers={},
        body=b'{"transaction": ' + raw + b', "hash": "' + proof + b'"}',
        at=NOON,
    )
    return callbacks.take(heard, rail_code="airtel-rw", remote_ip=None).status


def test_a_callback_starts_a_question_and_posts_nothing(sandbox):
    attempt_id = prompted(bill(amount_minor=500))
    assert called_back(attempt(attempt_id).key) == 200
    assert attempt(attempt_id).next_query_at == NOON
    [kept] = InboundMessage.objects.all()
    assert (kept.kind, kept.auth) == ("airtel.callback", "absent")
    post()
    assert Movement.objects.count() == 0


def test_a_callback_that_is_forged_or_about_nothing_of_ours_asks_nothing(sandbox):
    attempt_id = prompted(bill(amount_minor=500))
    due = attempt(attempt_id).next_query_at
    assert called_back(attempt(attempt_id).key, secret="another key") == 401
    assert called_back(uuid4()) == 200
    assert attempt(attempt_id).next_query_at == due
    assert InboundMessage.objects.filter(kind="airtel.callback").count() == 0


def test_a_refund_is_proved_by_the_enquiry_about_its_collection(sandbox):
    _, movement = paid(sandbox)
    whole = order(movement)
    assert refunds().status(whole).outcome is Outcome.UNDECIDED
    assert refunds().send(whole).startswith("CI")
    proof = refunds().status(whole)
    assert proof.outcome is Outcome.MONEY
    [payout] = parse_refund(proof.body, Context(received_at=NOON, external_hint=str(whole.key)))
    assert (payout.leg, payout.key) == (Leg.PAYOUT, whole.key)
    with pytest.raises(Refused):
        refunds().send(whole)


def test_a_refund_whose_answer_is_lost_is_found_by_asking(sandbox):
    _, movement = paid(sandbox)
    sandbox.faults(airtel="ambiguous")
    with pytest.raises(Unclear):
        refunds().send(order(movement))
    assert refunds().status(order(movement)).outcome is Outcome.MONEY


def test_money_that_came_and_went_between_two_questions_is_booked_as_both(sandbox):
    issued = bill(amount_minor=500)
    attempt_id = prompted(issued)
    answer(sandbox, pin="1234")
    money_id = json.loads(collections().status(key=attempt(attempt_id).key).body)["data"][
        "transaction"
    ]["airtel_money_id"]
    sandbox.post("/acts/airtel/reverse", {"id": money_id}).raise_for_status()

    ask_status(attempt_id)
    post()
    assert attempt(attempt_id).state == "SUCCEEDED"
    assert [(m.leg, m.amount_minor) for m in Movement.objects.order_by("pk")] == [
        (Leg.CREDIT, 500),
        (Leg.REVERSAL, 500),
    ]
    assert Bill.objects.get(pk=issued.id).state != "PAID"


def test_an_approved_refund_is_done_once_airtel_says_that_it_is(sandbox):
    _, movement = paid(sandbox)
    refund_id = refunding.ask(
        movement_id=movement.pk,
        amount_minor=500,
        reason="paid at the counter too",
        by_id=officer("refund.ask"),
        at=NOON,
    )
    deciding.approve(refund_id=refund_id, by_id=officer("refund.decide"), at=NOON)
    repaying.claim_refunds(limit=1, now=NOON, until=NOON + LEASE)
    repaying.send_refund(refund_id=refund_id, clock=lambda: NOON)
    assert Refund.objects.get().state == "PENDING"
    assert Refund.objects.get().handle.startswith("CI")

    repaying.ask_after_refund(refund_id=refund_id, clock=lambda: NOON)
    post()
    assert Refund.objects.get().state == "DONE"
    payout = Movement.objects.get(leg=Leg.PAYOUT)
    assert (payout.amount_minor, payout.refund_id) == (500, refund_id)


def test_a_restarted_airtel_has_another_key_and_is_asked_for_it(sandbox, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    line = collections()
    prompt = prompting.Prompt(
        key=uuid4(),
        reference="858961326965",
        phone=f"+{PAYER}",
        amount_minor=500,
        currency="RWF",
    )
    line.ask(prompt)
    sandbox.stop()
    sandbox.start()
    other = prompting.Prompt(
        key=uuid4(), reference="1", phone=f"+{PAYER}", amount_minor=1, currency="RWF"
    )
    with pytest.raises(NotSent):
        line.ask(other)
    line.ask(other)
    prompts = httpx.get(f"{sandbox.url}/phone/{PAYER}/prompts.json", trust_env=False)
    assert len(prompts.json()["prompts"]) == 2


def test_another_country_is_another_rail(tmp_path):
    environment = {
        "SANDBOX_STATE": str(tmp_path),
        "GUICHET_URL": NOBODY_LISTENS,
        "SANDBOX_COUNTRY": "ke",
    }
    with SandboxProcess(environment) as kenya:
        contract = {
            "url": f"{kenya.url}/airtel",
            "client_id": "guichet-sandbox",
            "client_secret": "development-only-airtel",
            "version": "v2-pkcs1",
            "encryption_key": "",
        }
        line = AirtelCollections(rail_code="airtel-ke", contract=contract)
        key, phone = uuid4(), "+254733000119"
        line.ask(
            prompting.Prompt(
                key=key, reference="858961326965", phone=phone, amount_minor=1250, currency="KES"
            )
        )
        [shown] = kenya.get(f"/phone/{phone[1:]}/prompts.json").json()["prompts"]
        assert (shown["amount"], shown["currency"]) == ("12.5", "KES")
        kenya.post(f"/phone/{phone[1:]}/prompts/{key.hex}/answer", {"pin": "1234"})
        assert line.status(key=key).outcome is Outcome.MONEY
        assert held("airtel-ke", contract) == (1250, "KES")
