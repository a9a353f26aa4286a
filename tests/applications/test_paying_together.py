"""Several requests, one reference: chosen on a page, priced in one sum, paid all or none."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications import operations
from applications.models import Application
from payments import queries as bills
from payments.models import Bill
from tests.accounts import people
from tests.applications import packing, world
from tests.applications.browser import citizen_at, text_of
from tests.world import NOON

pytestmark = pytest.mark.django_db

TOGETHER = "/cases/together/"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def look(browser: Client, *cases: Application):
    return browser.get(TOGETHER, {"look": "1", "case": [case.number for case in cases]})


def send(browser: Client, *cases: Application, total: int):
    asked = {"look": "1", "case": [case.number for case in cases], "total": str(total)}
    return browser.post(TOGETHER, asked)


def statuses(*cases: Application) -> set[str]:
    return {world.fresh(case).status for case in cases}


def price(*cases: Application) -> int:
    """Return what the law asks for these cases, as it stands on their bill."""
    return sum(
        line.amount_minor
        for case in cases
        for line in bills.bill(world.fresh(case).bill_id or 0).lines
        if line.charge_key.startswith(f"applications.case:{case.pk}:")
    )


def test_a_citizen_pays_for_three_requests_with_one_reference(uwase):
    birth, single = world.draft(uwase), world.draft(uwase, world.SINGLE)
    marriage = world.draft(uwase, world.MARRIAGE)
    browser = citizen_at(uwase)

    choice = text_of(browser.get(TOGETHER))
    assert choice.count('type="checkbox"') == 3
    shown = text_of(look(browser, birth, single, marriage))
    assert "Pay for 3 requests with one reference" in shown
    total = int(re.search(r'name="total" value="(\d+)"', shown)[1])

    answer = send(browser, birth, single, marriage, total=total)

    [bill] = Bill.objects.all()
    assert answer.url == reverse("payments:pay", args=[bill.key])
    assert bill.total_minor == total == price(birth, single, marriage)
    assert {world.fresh(case).bill_id for case in (birth, single, marriage)} == {bill.pk}
    ticket = text_of(browser.get(answer.url))
    assert "It covers everything below" in ticket
    world.pay(bill.pk)
    operations.confirm_payment(bill_id=bill.pk, at=NOON)
    assert statuses(birth, single, marriage) == {"PAID"}


def test_a_part_pays_none_of_them(uwase):
    birth, single = world.draft(uwase), world.draft(uwase, world.SINGLE)
    sent = world.submit(uwase, birth, single)
    world.pay(sent.bill_id, amount_minor=500)
    with pytest.raises(operations.BillNotPaid):
        operations.confirm_payment(bill_id=sent.bill_id, at=NOON)
    assert statuses(birth, single) == {"AWAITING_PAYMENT"}


def test_one_of_them_taken_back_leaves_a_new_reference_and_money_on_the_old_one_finds_it(uwase):
    birth, single = world.draft(uwase), world.draft(uwase, world.SINGLE)
    old = bills.bill(world.submit(uwase, birth, single).bill_id)
    citizen_at(uwase).post(reverse("applications:withdraw", args=[birth.number]))
    new = bills.bill(world.fresh(single).bill_id)
    assert bills.bill(old.id).successor_id == new.id

    world.pay(old.id, amount_minor=new.total_minor)

    assert bills.bill(new.id).state == "PAID"
    operations.confirm_payment(bill_id=new.id, at=NOON)
    assert (world.fresh(birth).status, world.fresh(single).status) == ("WITHDRAWN", "PAID")


def test_choosing_nothing_is_told_on_top_with_a_link_to_the_choice(uwase):
    world.draft(uwase)
    answer = look(citizen_at(uwase))
    assert answer.status_code == 422
    assert 'href="#id_case"' in text_of(answer)
    assert "Choose at least one request." in text_of(answer)


def test_without_a_request_that_is_ready_the_page_says_so_and_what_is_missing(uwase):
    browser = citizen_at(uwase)
    assert "None of your requests is ready" in text_of(browser.get(TOGETHER))
    unready = operations.start_draft(
        service_code=world.BIRTH,
        holder_id=uwase.person_id,
        account_id=uwase.account_id,
        contact_id=uwase.contact_id,
        language="en",
        at=NOON,
    )
    page = text_of(browser.get(TOGETHER))
    assert "an answer is missing" in page
    assert f"/apply/{unready}/district/" in page


def test_a_request_that_was_sent_in_another_window_is_not_sent_twice(uwase):
    birth, single = world.draft(uwase), world.draft(uwase, world.SINGLE)
    world.submit(uwase, birth)
    answer = send(citizen_at(uwase), birth, single, total=1)
    assert answer.status_code == 422
    assert world.fresh(single).status == "DRAFT"


def test_anothers_request_does_not_exist_for_her(uwase):
    hers = world.draft(people.citizen())
    answer = send(citizen_at(uwase), hers, total=500)
    assert answer.status_code == 422
    assert world.fresh(hers).status == "DRAFT"


def test_a_price_that_she_has_not_seen_is_not_asked_of_her(uwase):
    birth = world.draft(uwase)
    page = text_of(send(citizen_at(uwase), birth, total=1))
    assert "A price has changed" in page
    assert world.fresh(birth).status == "DRAFT"


def test_free_requests_need_no_reference(uwase):
    free = world.draft(uwase, packing.FREE)
    assert send(citizen_at(uwase), free, total=0).url == reverse("applications:mine")
    assert world.fresh(free).status == "PAID"
    assert not Bill.objects.exists()


def test_more_than_a_bill_can_carry_is_refused_in_words(uwase):
    many = [world.draft(uwase, at=NOON + timedelta(seconds=n)) for n in range(11)]
    many += [world.draft(uwase, world.SINGLE) for _ in range(10)]
    answer = look(citizen_at(uwase), *many)
    assert answer.status_code == 422
    assert "At most 20 requests" in text_of(answer)


def test_somebody_who_has_not_signed_in_is_sent_to_do_so(uwase):
    assert Client().get(TOGETHER).status_code == 302
