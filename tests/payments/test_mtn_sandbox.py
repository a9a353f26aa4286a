"""Our words to MTN and the sandbox's own reading of MTN's pages: two hands, one wire."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from payments.models import Bill
from payments.operations import asking_after, prompting
from payments.posting import post_inbox
from tests.payments.prompts import attempt, bill, contract_with
from tests.payments.world import make_world
from tests.sandbox_process import SandboxProcess
from tests.world import NOON

pytestmark = pytest.mark.django_db

PAYER = "250788000119"
# Callbacks are lost here, as MTN's sometimes are: they only hint.
NOBODY_LISTENS = "http://127.0.0.1:9"
LEASE = timedelta(seconds=8)


@pytest.fixture
def phone(settings, tmp_path) -> Iterator[str]:
    """The address of the payer's phone in a sandbox of its own."""
    world = make_world()
    type(world.mtn).objects.filter(pk=world.mtn.pk).update(prefixes=["+25078"])
    keys = {
        "api_user": "guichet-sandbox",
        "api_key": "a key",
        "subscription_key": "a subscription",
    }
    sandbox = SandboxProcess(
        {
            "SANDBOX_STATE": str(tmp_path),
            "GUICHET_URL": NOBODY_LISTENS,
            "MTN_API_USER": keys["api_user"],
            "MTN_API_KEY": keys["api_key"],
            "MTN_SUBSCRIPTION_KEY": keys["subscription_key"],
        }
    ).start()
    gateways = contract_with(f"{sandbox.url}/mtn", world.mtn.code)
    gateways["rails"][world.mtn.code].update(keys, callback_base=NOBODY_LISTENS)
    settings.GATEWAYS = gateways
    yield f"{sandbox.url}/phone/{PAYER}"
    sandbox.stop()


def prompted(issued) -> int:
    attempt_id = prompting.ask(bill_id=issued.id, rail_code="mtn-rw", phone=f"+{PAYER}", at=NOON)
    prompting.claim_prompts(limit=1, now=NOON, until=NOON + LEASE)
    prompting.send_prompt(attempt_id=attempt_id, clock=lambda: NOON)
    assert attempt(attempt_id).state == "PENDING"
    return attempt_id


def answer(phone: str, **how: object) -> None:
    [prompt] = httpx.get(f"{phone}/prompts.json", trust_env=False).json()["prompts"]
    assert prompt["amount"] == "500"
    url = f"{phone}/prompts/{prompt['id']}/answer"
    httpx.post(url, json=how, trust_env=False).raise_for_status()


def ask_status(attempt_id: int) -> None:
    asking_after.ask_status(attempt_id=attempt_id, clock=lambda: NOON + timedelta(seconds=5))


def test_a_payer_who_types_her_pin_has_paid(phone):
    issued = bill(amount_minor=500)
    attempt_id = prompted(issued)
    ask_status(attempt_id)
    assert attempt(attempt_id).state == "PENDING"

    answer(phone, pin="1234")
    ask_status(attempt_id)
    assert attempt(attempt_id).state == "SUCCEEDED"
    post_inbox(batch_max=10, now=NOON + timedelta(seconds=6))
    assert Bill.objects.get(pk=issued.id).state == "PAID"


def test_a_payer_who_says_no_has_not(phone):
    issued = bill(amount_minor=500)
    attempt_id = prompted(issued)
    answer(phone, refuse=True)
    ask_status(attempt_id)
    declined = attempt(attempt_id)
    assert (declined.state, declined.failure_reason) == ("FAILED", "declined")
    post_inbox(batch_max=10, now=NOON + timedelta(seconds=6))
    assert Bill.objects.get(pk=issued.id).state == "OPEN"
