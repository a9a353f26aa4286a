"""Taking a case back while a phone is being asked to pay it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from applications import operations
from payments import queries as bills
from payments.gateways.prompt import Failure
from payments.operations import prompting
from tests.applications import world
from tests.applications.browser import citizen_at, text_of
from tests.payments import prompts
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(settings):
    prompts.mtn_rail()
    settings.GATEWAYS = prompts.contract_with("http://127.0.0.1:9")
    with time_machine.travel(NOON, tick=False):
        yield


def ask(bill_id: int) -> int:
    return prompting.ask(bill_id=bill_id, rail_code=prompts.RAIL, phone=prompts.PHONE, at=NOON)


def claim() -> None:
    prompting.claim_prompts(limit=4, now=NOON, until=NOON + timedelta(seconds=8))


def withdraw(uwase, case) -> None:
    operations.withdraw(
        application_id=case.pk, holder_id=uwase.person_id, by_id=uwase.account_id, at=NOON
    )


def test_a_question_that_has_not_left_ends_with_the_case(uwase, house):
    case = world.draft(uwase)
    sent = world.submit(uwase, case)
    attempt_id = ask(sent.bill_id)
    withdraw(uwase, case)
    claim()
    assert prompts.attempt(attempt_id).state == "EXPIRED"
    assert bills.bill(sent.bill_id).state == "CANCELLED"


@pytest.mark.parametrize("stays", [False, True], ids=["alone on its bill", "another stays"])
def test_while_a_phone_is_asked_the_case_waits_and_is_told_why(uwase, house, stays):
    case = world.draft(uwase)
    others = [world.draft(uwase, world.SINGLE)] if stays else []
    sent = world.submit(uwase, case, *others)
    attempt_id = ask(sent.bill_id)
    claim()
    prompting.record_sent(attempt_id=attempt_id, at=NOON)

    with pytest.raises(operations.MoneyOnTheWay):
        withdraw(uwase, case)
    page = citizen_at(uwase).post(reverse("applications:withdraw", args=[case.number]), follow=True)
    assert "a phone is being asked to pay it. Wait a little" in text_of(page)
    assert world.fresh(case).status == "AWAITING_PAYMENT"

    prompting.record_failed(attempt_id=attempt_id, failure=Failure.DECLINED, at=NOON)
    withdraw(uwase, case)
    assert world.fresh(case).status == "WITHDRAWN"
