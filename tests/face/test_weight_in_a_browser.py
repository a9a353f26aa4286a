"""What a page and a whole request cost whoever pays by the megabyte, measured on the wire."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from applications.models import Application
from payments import queries as bills
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at
from tests.countries.packs import load
from tests.design.browser import PHONE, needs_chromium, opened

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

PROCEDURE_BYTES_MAX, PROCEDURE_REQUESTS_MAX = 25_000, 2
HOME_TO_PAID_BYTES_MAX = 150_000


@pytest.fixture(autouse=True)
def _country(db, small_pack, monkeypatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with transaction.atomic():
        load(small_pack)


@dataclass
class Wire:
    """What came over it, heads and bodies; `asked` are the addresses."""

    bytes: int = 0
    asked: list[str] = field(default_factory=list)


@contextmanager
def listened(page: Page) -> Iterator[Wire]:
    wire, session = Wire(), page.context.new_cdp_session(page)
    session.send("Network.enable")

    def came(told: dict[str, object]) -> None:
        wire.bytes += int(told["encodedDataLength"])

    session.on("Network.loadingFinished", came)
    session.on("Network.requestWillBeSent", lambda told: wire.asked.append(told["request"]["url"]))
    yield wire
    session.detach()


@pytest.mark.parametrize("service", [world.BIRTH, world.MARRIAGE, world.CRIMINAL])
def test_a_procedure_costs_two_requests_and_a_few_kilobytes(live_server, service) -> None:
    with opened(width=PHONE) as page, listened(page) as wire:
        page.goto(live_server.url + reverse("catalogue:service", args=[service]))
        page.wait_for_load_state("networkidle")
    asked = [one for one in wire.asked if not one.startswith("data:")]
    assert len(asked) <= PROCEDURE_REQUESTS_MAX, asked
    assert 2_000 < wire.bytes <= PROCEDURE_BYTES_MAX, wire.bytes


def test_from_home_to_paid_costs_less_than_a_photograph(live_server, record_property) -> None:
    uwase = people.citizen(given_names="Aline", family_name="Uwase")
    session = citizen_at(uwase).cookies["sessionid"].value
    with opened(width=PHONE) as page, listened(page) as wire:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(live_server.url + "/")
        page.get_by_role("searchbox").fill("brth certificate")
        page.get_by_role("main").get_by_role("button", name="Search").click()
        page.goto(live_server.url + reverse("catalogue:service", args=[world.BIRTH]))
        page.get_by_role("link", name="Apply now").click()
        page.get_by_role("button", name="Start").click()
        page.get_by_label("Gasabo").check()
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("Sector").select_option("1209")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("School or study").check()
        page.get_by_label("I declare").check()
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Send and pay").click()
        page.wait_for_url("**/pay/**")
        bill_id = Application.objects.get().bill_id
        assert bill_id is not None
        world.pay(bill_id, at=timezone.now())
        page.goto(live_server.url + reverse("payments:pay", args=[bills.bill(bill_id).key]))
        page.get_by_role("heading", name="Paid").wait_for()
        pages = sum(one.startswith(live_server.url) for one in wire.asked)
    record_property("home_to_paid_bytes", wire.bytes)
    record_property("home_to_paid_requests", pages)
    assert 20_000 < wire.bytes <= HOME_TO_PAID_BYTES_MAX
