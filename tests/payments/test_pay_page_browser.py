from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import timezone

from payments.models import PaymentAttempt
from payments.operations import prompting
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.payments import prompts
from tests.payments.world import make_world, post, telling

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

NOBODY_LISTENS = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def rail(settings) -> Iterator[None]:
    settings.GATEWAYS = prompts.contract_with(NOBODY_LISTENS)
    make_world()
    prompts.mtn_rail(names={"en": "MTN MoMo"})


def address(live_server, issued) -> str:
    return live_server.url + reverse("payments:pay", args=[issued.key])


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pay_page_can_be_read_by_everybody(live_server, width, scheme):
    issued = prompts.bill(at=timezone.now(), lines=2, checked=False)
    with opened(width=width, scheme=scheme) as page:
        page.goto(address(live_server, issued))
        assert breaches(page) == []
        assert overhang(page) == 0


def test_a_payer_asks_her_phone_and_the_page_follows(live_server):
    issued = prompts.bill(at=timezone.now())
    with opened(width=PHONE) as page:
        page.goto(address(live_server, issued))
        page.get_by_label("Mobile number").fill("0788 000 101")
        page.get_by_role("button", name="Send the request to this phone").click()
        page.get_by_text("Asking 078").wait_for()
        assert breaches(page) == []

        bank = make_world().bank
        post(telling(bank, issued.reference, issued.total_minor), at=timezone.now())
        page.get_by_role("heading", name="It is paid").wait_for()
        assert breaches(page) == []


def test_the_page_follows_while_she_types_nothing(live_server):
    issued = prompts.bill(at=timezone.now())
    with opened(width=DESK) as page:
        page.goto(address(live_server, issued))
        prompting.ask(
            bill_id=issued.id, rail_code=prompts.RAIL, phone=prompts.PHONE, at=timezone.now()
        )
        page.get_by_text("Asking 078").wait_for()


def test_without_a_script_a_phone_is_asked_all_the_same(live_server):
    issued = prompts.bill(at=timezone.now())
    with opened(width=PHONE, script=False) as page:
        page.goto(address(live_server, issued))
        page.get_by_label("Mobile number").fill("0788 000 101")
        page.get_by_role("button", name="Send the request to this phone").click()
        page.get_by_text("Asking 078").wait_for()
        page.get_by_role("link", name="Look again").click()
        page.get_by_text("Asking 078").wait_for()
    assert PaymentAttempt.objects.count() == 1


def test_a_mistake_is_found_by_the_keyboard(live_server):
    issued = prompts.bill(at=timezone.now())
    with opened(width=PHONE) as page:
        page.goto(address(live_server, issued))
        page.get_by_label("Mobile number").fill("12")
        page.get_by_role("button", name="Send the request to this phone").click()
        page.get_by_text("Please correct the following").wait_for()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.name") == "phone"
        assert page.get_by_label("Mobile number").input_value() == "12"
        assert breaches(page) == []


def test_an_impatient_thumb_asks_once(live_server):
    issued = prompts.bill(at=timezone.now())
    with opened(width=PHONE) as page:
        page.goto(address(live_server, issued))
        page.get_by_label("Mobile number").fill("0788 000 101")
        page.get_by_role("button", name="Send the request to this phone").dblclick()
        page.get_by_text("Asking 078").wait_for()
    assert PaymentAttempt.objects.count() == 1
