"""The operators' pages as a browser shows them: for everybody, at any width."""

import os

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.accounts import people
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.operators.world import HANDLER, everything_goes_wrong

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_board_can_be_read_by_everybody(live_server, width, scheme):
    now = timezone.now()
    everything_goes_wrong(now)
    browser = officer_at(people.officer("operations.watch", "operations.retry", "money.view"))
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        for name, address in {
            "board": reverse("workers:board"),
            "parked": f"{reverse('workers:parked')}?handler={HANDLER}",
            "retry": f"{reverse('workers:ask_all')}?handler={HANDLER}",
        }.items():
            page.goto(live_server.url + address)
            if shots := os.environ.get("SHOTS"):
                page.screenshot(path=f"{shots}/OPERATORS_{name}_{width}.png", full_page=True)
            assert (breaches(page), overhang(page)) == ([], 0), name
