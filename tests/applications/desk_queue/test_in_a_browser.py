"""The queue, a search and the saved views, as a browser shows them to everybody."""

import pytest
from django.db import transaction
from django.urls import reverse

from applications import operations
from applications.queries.queues import Filter, Shown, Sort
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import officer_at
from tests.applications.packing import FREE, HOME, NEIGHBOUR
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _threads(monkeypatch) -> None:
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_desk_can_be_read_and_worked_by_everybody(live_server, small_pack, width, scheme):
    with transaction.atomic():
        load(small_pack)
    world.officer(display_name="Aline")
    for number in range(6):
        where = HOME if number % 2 else NEIGHBOUR
        world.queued(people.citizen(), FREE, birth_place_code=where)
    supervisor = people.officer("case.supervise", area_code="12")
    operations.save_view(
        account_id=supervisor, name="Newest first", wanted=Filter(Shown.OFFICE, Sort.NEWEST)
    )
    session = {"name": "sessionid", "value": officer_at(supervisor).cookies["sessionid"].value}
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        queue = live_server.url + reverse("applications:queue")
        page.goto(queue + "?list=office&status=IN_QUEUE")
        assert (breaches(page), overhang(page)) == ([], 0)
        page.keyboard.press("j")
        page.keyboard.press("j")
        second = page.locator("tbody tr").nth(1)
        assert "here" in (second.get_attribute("class") or "")
        page.keyboard.press("/")
        page.keyboard.type("Umutesi")
        page.keyboard.press("Enter")
        page.get_by_text("within your rights").wait_for()
        assert "Umutesi" not in page.url
        assert (breaches(page), overhang(page)) == ([], 0)
        page.goto(live_server.url + reverse("applications:desk_views"))
        assert (breaches(page), overhang(page)) == ([], 0)
