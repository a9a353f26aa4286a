"""Reports, at once and in the background, as a browser shows them to everybody."""

import os
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from payments import ledger
from payments.models import Rail
from places.models import Beneficiary
from reports import operations
from reports.queries import building
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.payments.world import issue, make_world, post, telling
from tests.reports.people import watcher

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("files"),
]

NAMES = {"district-11": "District of Nyarugenge", "treasury": "Rwanda Revenue Authority, treasury"}


@pytest.fixture(autouse=True)
def _threads(monkeypatch) -> None:
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def _busy() -> None:
    """A month of payments up to now, and half as much the month before."""
    world, now = make_world(), timezone.now()
    Rail.objects.filter(pk=world.mtn.pk).update(names={"en": "MTN MoMo"})
    Rail.objects.filter(pk=world.bank.pk).update(names={"en": "Banks"})
    for code, name in NAMES.items():
        Beneficiary.objects.filter(code=code).update(names={"en": name})
    ledger.open_days((now - timedelta(days=70)).date(), (now + timedelta(days=5)).date())
    for day in range(0, 60, 2):
        at = now - timedelta(days=day)
        for rail in (world.mtn, world.bank):
            bill = issue(1_500 + 37 * day, 400 * (1 + day % 7), at=at)
            over = 250 if day % 6 == 0 else 0
            post(telling(rail, bill.reference, bill.total_minor + over, occurred_at=at), at=at)


def look(page, name: str, width: int) -> None:
    """Keep a picture where somebody asks for one."""
    if folder := os.environ.get("GUICHET_SHOTS"):
        page.screenshot(path=f"{folder}/reports_{name}_{width}.png", full_page=True)


@pytest.mark.usefixtures("_busy")
@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark"), (DESK, "light")])
def test_reports_can_be_read_by_everybody(live_server, width, scheme, monkeypatch):
    browser = officer_at(watcher())
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    page_url = live_server.url + reverse("reports:reports")
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        for query in ("", "?by=period", "?report=suspense", "?by=channel&unit=range&first=soon"):
            page.goto(page_url + query)
            assert (breaches(page), overhang(page)) == ([], 0), query
            look(page, query.strip("?").replace("&", "_")[:20] or f"revenue_{scheme}", width)
        monkeypatch.setattr(building, "SUMMED_MAX", 3)
        page.goto(page_url)
        assert (breaches(page), overhang(page)) == ([], 0)
        page.get_by_role("button", name="Make it as a page").click()
        page.get_by_text("It is about to begin").wait_for()
        assert (breaches(page), overhang(page)) == ([], 0)
        look(page, "waiting", width)
        operations.work(timezone.now())
        page.get_by_role("table").wait_for()  # The page follows by itself.
        assert (breaches(page), overhang(page)) == ([], 0)
        look(page, "made", width)
