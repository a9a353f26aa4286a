"""An erasure, as a browser shows it to whoever asks and to whoever decides."""

import os
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at
from tests.applications.privacy import forgetting
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("ERASE_SHOTS")


@pytest.fixture
def house(transactional_db: None, small_pack, settings, tmp_path) -> None:
    settings.PKI_DIR = tmp_path / "pki"
    with transaction.atomic():
        load(small_pack)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "light")])
def test_an_erasure_can_be_read_by_everybody(live_server, house, width, scheme):
    now = timezone.now()
    uwase, busy = people.citizen(at=now), people.citizen(at=now)
    world.submit(busy, world.draft(busy, at=now), at=now)

    def look(who, name: str, path: str, shown: str) -> None:
        session = {"name": "sessionid", "value": who.cookies["sessionid"].value}
        with opened(width=width, scheme=scheme) as page:
            page.context.add_cookies([{**session, "url": live_server.url}])
            page.goto(live_server.url + path)
            page.get_by_text(shown).first.wait_for()
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"ERASE_{name}_{width}.png", full_page=True)
            assert (name, breaches(page), overhang(page)) == (name, [], 0)

    look(citizen_at(uwase), "ask", "/account/erasure/", "Ask for my data to be erased")
    look(citizen_at(busy), "kept", "/account/erasure/", "Not yet")
    erasure_id = forgetting.asked(uwase, at=now)
    decider = forgetting.decider()
    look(officer_at(decider), "decide", f"/staff/erasures/{erasure_id}/", "Yes, erase")
    look(officer_at(decider), "list", "/staff/erasures/", f"E-{erasure_id}")
    look(officer_at(forgetting.asker()), "take_down", "/staff/erasures/ask/", "Take it down")
    look(citizen_at(uwase), "asked", "/account/erasure/", "Take it back: erase nothing")
