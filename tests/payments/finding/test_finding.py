"""Somebody's money is found by its code and its phone together, and by neither alone."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.limits import Limit
from accounts.models import ContactPoint
from accounts.operations import BudgetSpent
from kernel.crypto import blind_index
from kernel.models import AuditEntry
from payments.models import Bill, Movement, PaymentAttempt
from payments.operations import finding
from payments.queries import finding as asking
from tests.accounts.people import officer
from tests.applications.browser import officer_at, text_of
from tests.payments.finding.payers import PHONE, STRANGER, paid
from tests.payments.refunds.desks import approved
from tests.payments.world import issue, post, telling
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PAGE = "/find-my-money/"
DESK = "/desk/money/find/"


def asked_by_phone(world, external_id: str, phone: str = PHONE) -> PaymentAttempt:
    bill = issue(500)
    return PaymentAttempt.objects.create(
        key="6f1f0f5e-4a1c-4a55-9d3c-6f9a7d1f2b11",
        bill_id=bill.id,
        rail=world.mtn,
        phone=phone,
        phone_index=blind_index("phone", phone),
        currency="RWF",
        amount_minor=500,
        state="SUCCEEDED",
        external_id=external_id,
        created_at=NOON,
    )


def plain(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text_of(response)).replace("\xa0", " "))


def look(code: str, phone: str, **more: str):
    return Client().post(PAGE, {"code": code, "phone": phone, **more})


NOTHING = "We cannot show you money by this code and this phone together."


def test_paid_money_says_what_it_paid_and_when(world):
    paid(world)
    answer = look("ci 2508 01ab ", "0788 123 456")
    assert answer.status_code == 200
    shown = plain(answer)
    assert "It has paid: Birth certificate" in shown
    assert "500 RWF" in shown
    assert NOTHING not in shown


def test_money_in_suspense_stands_safely_and_can_be_claimed(world):
    paid(world, times=2)
    shown = plain(look("CI250801ABX1", PHONE))
    assert "500 RWF stands safely with us. The reference was paid before." in shown
    assert "This money is mine" in shown


def test_money_that_goes_back_says_so(world):
    paid(world, times=2)
    movement = Movement.objects.get(external_id="CI250801ABX1")
    approved(movement, officer("refund.ask"), officer("refund.decide"))
    shown = plain(look("CI250801ABX1", PHONE))
    assert "It goes back to you." in shown
    assert "This money is mine" not in shown


def test_a_yes_that_is_not_booked_yet_is_told_to_its_own_phone_alone(world):
    asked_by_phone(world, "99887766")
    assert "The network has your payment." in plain(look("9988 7766", PHONE))
    assert NOTHING in plain(look("9988 7766", STRANGER))


def test_what_has_not_come_says_wait_and_do_not_pay_again(world):
    shown = plain(look("NOTHERE1", PHONE))
    assert NOTHING in shown
    assert "it has not arrived yet" in shown
    assert "do not pay again" in shown
    old = plain(look("NOTHERE1", PHONE, day=(NOON - timedelta(days=9)).date().isoformat()))
    assert "it has not arrived yet" not in old


def scrubbed(answer, *typed: str) -> str:
    """The page without what she typed herself and what is drawn anew for each page."""
    shown = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text_of(answer))
    for one in typed:
        shown = shown.replace(one, "...")
    return shown


@pytest.mark.parametrize(
    ("code", "phone"),
    [("CI250801AB", STRANGER), ("WRONG00001", PHONE), ("WRONG00001", STRANGER)],
)
def test_who_knows_only_code_or_only_phone_learns_nothing(world, code, phone):
    nobody = scrubbed(look("NOBODYS001", "+250788000111"), "NOBODYS001", "+250788000111")
    paid(world)
    PaymentAttempt.objects.create(
        key="6f1f0f5e-4a1c-4a55-9d3c-6f9a7d1f2b12",
        bill=Bill.objects.get(),
        rail=world.mtn,
        phone=PHONE,
        phone_index=blind_index("phone", PHONE),
        currency="RWF",
        amount_minor=500,
        created_at=NOON,
    )
    answer = look(code, phone)
    assert answer.status_code == 200
    assert scrubbed(answer, code, phone) == nobody


def test_a_wrong_code_and_a_wrong_phone_cost_the_same_queries(world):
    paid(world)

    def queries_of(code: str, phone: str) -> int:
        with CaptureQueriesContext(connection) as told:
            look(code, phone)
        return len(told)

    counts = {
        queries_of("CI250801AB", STRANGER),
        queries_of("WRONG00001", PHONE),
        queries_of("WRONG00002", STRANGER),
        queries_of("CI250801AB", "+250788000111"),
    }
    assert len(counts) == 1


@pytest.mark.parametrize(
    ("limit", "asked"),
    [
        (finding.BY_CODE, lambda n: ("SAMECODE", f"+2507880002{n:02d}", f"10.0.0.{n}")),
        (finding.BY_PHONE, lambda n: (f"CODE{n}", PHONE, f"10.0.1.{n}")),
    ],
)
def test_guessing_is_stopped_by_the_code_and_by_the_phone(world, limit, asked):
    for number in range(limit.times):
        code, phone, address = asked(number)
        finding.find(code=code, phone=phone, address=address, at=NOON)
    code, phone, address = asked(99)
    with pytest.raises(BudgetSpent) as refused:
        finding.find(code=code, phone=phone, address=address, at=NOON)
    assert refused.value.kind == limit.kind
    finding.find(code="FRESH1", phone="+250788000999", address=address, at=NOON)


def test_guessing_is_stopped_by_where_it_comes_from(world, monkeypatch):
    monkeypatch.setattr(finding, "ON_ONE_MACHINE", Limit("find.address", 3, finding.HOUR))
    for number in range(3):
        finding.find(code=f"C{number}", phone=f"+2507880002{number:02d}", address="a", at=NOON)
    with pytest.raises(BudgetSpent):
        finding.find(code="C9", phone="+250788000299", address="a", at=NOON)
    finding.find(code="C9", phone="+250788000299", address="b", at=NOON)


def test_the_page_says_when_it_was_asked_too_often(world):
    for _ in range(finding.BY_CODE.times):
        assert look("SAME CODE", PHONE).status_code == 200
    answer = look("samecode", PHONE)
    assert answer.status_code == 429
    assert "This was asked too often" in plain(answer)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"code": "", "phone": PHONE}, "Type the code."),
        ({"code": "A1", "phone": ""}, "Type the number of the phone that paid."),
        ({"code": "A1", "phone": "12"}, "This is not a mobile number of this country."),
        ({"code": "A1", "phone": PHONE, "amount": "much"}, "Write an amount above zero"),
    ],
)
def test_what_is_missing_is_said_beside_what_was_typed(typed, said):
    answer = Client().post(PAGE, typed)
    assert answer.status_code == 422
    assert said in plain(answer)


@pytest.mark.parametrize("code", ["\0", "'; DROP", "<script>", "٣" * 40, "A" * 101])
def test_no_code_breaks_the_page(world, code):
    answer = look(code, PHONE)
    assert answer.status_code in {200, 422}
    assert "<script>alert" not in text_of(answer)


def test_the_payer_that_the_network_names_is_known(world, monkeypatch):
    post(telling(world.mtn, "nobody's", 500, external_id="MTN1"))
    movement = Movement.objects.get(external_id="MTN1")
    monkeypatch.setattr(asking, "_told_phones", lambda ids: {movement.pk: {PHONE}})
    assert [one.movement_id for one in asking.by_code_and_phone("mtn1", PHONE)] == [movement.pk]
    assert asking.by_code_and_phone("mtn1", STRANGER) == []


def test_nothing_personal_stands_in_any_address(world):
    paid(world, times=2)
    shown = text_of(look("CI250801ABX1", PHONE))
    addresses = re.findall(r'(?:href|action|src)="([^"]+)"', shown)
    assert not [one for one in addresses if "788123456" in one or "CI2508" in one]


def test_older_prompts_are_made_findable_in_batches(world):
    attempt = asked_by_phone(world, "99887766")
    PaymentAttempt.objects.create(
        key="6f1f0f5e-4a1c-4a55-9d3c-6f9a7d1f2b13",
        bill_id=issue(700).id,
        rail=world.mtn,
        phone=STRANGER,
        currency="RWF",
        amount_minor=700,
        created_at=NOON,
    )
    call_command("index_phones")
    call_command("index_phones")
    indexes = {bytes(one.phone_index) for one in PaymentAttempt.objects.all()}
    assert indexes == {blind_index("phone", PHONE), blind_index("phone", STRANGER)}
    assert bytes(attempt.phone_index) in indexes


# --- the desk -----------------------------------------------------------------------------------


def desk(*acts: str) -> Client:
    return officer_at(officer("money.view", *acts))


def test_an_officer_finds_by_whatever_is_known(world):
    bill = paid(world, times=2)
    asked_by_phone(world, "X9", phone=STRANGER)
    browser = desk("match.ask", "refund.ask")
    for typed in (
        {"code": "ci 250801 abx1"},
        {"reference": f" {bill.reference[:4]} {bill.reference[4:]}"},
        {"amount": "500", "day": NOON.date().isoformat()},
    ):
        shown = plain(browser.post(DESK, typed))
        assert "CI250801ABX1" in shown, typed
        assert "The reference was paid before." in shown
        assert "She claims it" in shown
        assert "Ask for a refund" in shown
    assert AuditEntry.objects.filter(act="money.found").count() == 3


def test_a_desk_finds_prompts_by_phone_and_says_what_is_missing(world):
    attempt = asked_by_phone(world, "PAID1")
    came = telling(world.mtn, attempt.bill.reference, 500, external_id="PAID1")
    post(replace(came, told=replace(came.told, attempt_key=attempt.key)))
    browser = desk()
    assert "PAID1" in plain(browser.post(DESK, {"phone": "0788 123 456"}))
    for typed, said in (
        ({}, "Type at least one thing"),
        ({"amount": "500"}, "Say about when"),
        ({"phone": "1"}, "This is not a mobile number"),
    ):
        answer = browser.post(DESK, typed)
        assert answer.status_code == 422
        assert said in plain(answer)
    assert "Nothing is known of it." in plain(browser.post(DESK, {"code": "ZZZ"}))


def test_the_desk_is_for_staff_who_may_see_money():
    assert Client().get(DESK).status_code == 302
    assert officer_at(officer("match.ask")).get(DESK).status_code == 403
    assert desk().get(DESK).status_code == 200


def test_searching_writes_no_person_into_the_trace(world):
    paid(world)
    desk().post(DESK, {"phone": PHONE})
    entry = AuditEntry.objects.get(act="money.found")
    assert "788123456" not in f"{entry.reason}{entry.detail}"
    assert ContactPoint.objects.filter(value_index=blind_index("phone", PHONE)).exists()
