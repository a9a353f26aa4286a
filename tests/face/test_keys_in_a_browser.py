"""The desk's keys are for whoever wants them."""

import pytest
from django.db import transaction
from django.urls import reverse

from tests.applications import world
from tests.applications.browser import officer_at
from tests.countries.packs import load
from tests.design.browser import needs_chromium, opened

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


def test_keys_can_be_turned_off(live_server, db, small_pack, monkeypatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with transaction.atomic():
        load(small_pack)
    session = officer_at(world.officer()).cookies["sessionid"].value
    keys, desk = (live_server.url + reverse(f"applications:{one}") for one in ("keys", "queue"))
    with opened() as page:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(keys)
        switch = page.get_by_role("button", name="Turn these keys off")
        switch.click()
        page.goto(keys)
        page.keyboard.press("q")
        assert switch.get_attribute("aria-pressed") == "true"
        assert page.url == keys
        switch.click()
        page.keyboard.press("q")
        page.wait_for_url(desk)
