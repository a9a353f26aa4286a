"""Two at the same moment, really committing."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from payments.models import Bill, PaymentAttempt
from payments.operations import billing, prompting
from tests.payments.prompts import PHONE, RAIL, attempt, bill, contract_with, mtn_rail
from tests.payments.world import make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def rail(settings) -> None:
    settings.GATEWAYS = contract_with("http://127.0.0.1:9")
    mtn_rail()


def at_once(act: Callable[[], object], times: int) -> list[object]:
    """Run it in that many threads that start together; return what came of each."""
    outcomes: list[object] = []
    start = threading.Barrier(times)

    def run() -> None:
        try:
            start.wait()
            outcomes.append(act())
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_presses_at_once_ask_one_phone_once():
    issued = bill()

    def press() -> int:
        return prompting.ask(bill_id=issued.id, rail_code=RAIL, phone=PHONE, at=NOON)

    outcomes = at_once(press, 4)
    assert sum(isinstance(one, int) for one in outcomes) == 1
    assert sum(isinstance(one, prompting.PromptUndecided) for one in outcomes) == 3
    assert PaymentAttempt.objects.count() == 1


def test_many_workers_claim_each_prompt_once():
    asked = [
        prompting.ask(bill_id=bill().id, rail_code=RAIL, phone=PHONE, at=NOON) for _ in range(6)
    ]

    def claim() -> list[int]:
        lease = NOON + timedelta(seconds=8)
        return prompting.claim_prompts(limit=2, now=NOON, until=lease)

    claimed = [attempt_id for outcome in at_once(claim, 4) for attempt_id in outcome]
    while more := claim():
        claimed += more
    assert sorted(claimed) == asked


@pytest.mark.parametrize("_round", range(6))
def test_a_bill_is_cancelled_or_its_payer_is_asked_and_never_both(_round):
    issued = bill()
    attempt_id = prompting.ask(bill_id=issued.id, rail_code=RAIL, phone=PHONE, at=NOON)
    acts = iter([claim_all, lambda: billing.cancel_bill(bill_id=issued.id, at=NOON)])

    outcomes = at_once(lambda: next(acts)(), 2)

    ends = (Bill.objects.get(pk=issued.id).state, attempt(attempt_id).state)
    assert ends in {("OPEN", "SENDING"), ("CANCELLED", "EXPIRED")}
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, billing.PhoneBeingAsked) for one in refused)
    assert bool(refused) == (ends == ("OPEN", "SENDING"))


def test_a_claim_waits_for_the_money_that_is_being_booked():
    issued = bill()
    attempt_id = prompting.ask(bill_id=issued.id, rail_code=RAIL, phone=PHONE, at=NOON)
    bank = make_world().bank
    claimed: list[int] = []

    def late_claim() -> None:
        try:
            claimed.extend(claim_all())
        finally:
            connection.close()

    with transaction.atomic():
        post(telling(bank, issued.reference, issued.total_minor))
        claiming = threading.Thread(target=late_claim)
        claiming.start()
        claiming.join(0.5)
        assert claiming.is_alive()
    claiming.join(10)
    assert claimed == []
    assert attempt(attempt_id).state == "EXPIRED"


def claim_all() -> list[int]:
    return prompting.claim_prompts(limit=4, now=NOON, until=NOON + timedelta(seconds=8))
