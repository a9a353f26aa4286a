"""The trial of routing, as a browser shows it: wide and narrow, light and dark."""

import os
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse

from tests.accounts import people
from tests.applications import world
from tests.applications.browser import officer_at
from tests.applications.packing import HOME
from tests.applications.routing.test_presence import away
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_trial_can_be_read_by_everybody(live_server, small_pack, width, scheme):
    with transaction.atomic():
        load(small_pack)
        head = people.officer("case.supervise", area_code="12", display_name="Head")
        aline = world.officer(display_name="Aline Mukamana")
        world.officer(display_name="Bosco Niyonsaba")
        people.officer("case.decide", area_code="12", display_name="Diane Ingabire")
        away(aline)
        for _ in range(3):
            world.queued(people.citizen())
    browser = officer_at(head)
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    asked = f"?service={world.BIRTH}&area={HOME}&moment=2026-11-23T12:00&level=district"
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        page.goto(live_server.url + reverse("applications:routing") + asked)
        page.get_by_role("heading", name="With the other rules").wait_for()
        assert (breaches(page), overhang(page)) == ([], 0)
        if os.environ.get("SHOT"):
            page.screenshot(path=Path(os.environ["SHOT"]) / f"route_{width}.png", full_page=True)
