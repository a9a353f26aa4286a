"""My data and what is kept, as a browser shows them."""

import pytest
from django.db import transaction
from django.utils import timezone

from applications import operations
from tests.applications import world
from tests.applications.attachments.giving import complete_draft
from tests.applications.browser import citizen_at
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(transactional_db: None, small_pack, settings, tmp_path) -> None:
    settings.PKI_DIR = tmp_path / "pki"
    with transaction.atomic():
        load(small_pack)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_my_data_can_be_read_by_everybody(live_server, citizen, width, scheme):
    now = timezone.now()
    complete_draft(citizen)
    browser = citizen_at(citizen)
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}

    def look(name: str, path: str, shown: str, press: str = "") -> None:
        with opened(width=width, scheme=scheme) as page:
            page.context.add_cookies([{**session, "url": live_server.url}])
            page.goto(live_server.url + path)
            if press:
                page.get_by_role("button", name=press).click()
            page.get_by_text(shown).first.wait_for()
            assert (name, breaches(page), overhang(page)) == (name, [], 0)

    look("none", "/account/data/", "We make it within minutes")
    look("making", "/account/data/", "Being made", press="Make a copy of my data")
    (export_id,) = operations.claim_exports(limit=1, now=now, until=now + world.MINUTE)
    operations.make_export(export_id, at=timezone.now())
    look("ready", "/account/data/", "Load the file (ZIP)")
    look("kept", "/privacy/", "What we keep about you")
