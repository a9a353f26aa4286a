"""The editor's pages as a browser shows them, wide and narrow, light and dark."""

import os

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from catalogue.models import Service
from catalogue.operations import editing, hearing, reviewing
from tests.accounts import people
from tests.applications.browser import officer_at
from tests.catalogue.editor.world import BIRTH, LAW, Desk, fee, fresh
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

PAGES = {
    "services": "editor",
    "new": "editor_new",
    "draft": "editor_draft",
    "words": "editor_section words",
    "form": "editor_section form",
    "fee": "editor_part fees/fee",
    "question": "editor_part form/reason/fields/reason",
    "differences": "editor_differences",
    "preview": "editor_preview",
    "kept": "kept",
    "kept service": f"kept_service {BIRTH}",
}


@pytest.fixture
def draft(small_pack):
    with transaction.atomic():
        load(small_pack)
    desk = Desk(
        ange=people.officer("catalogue.edit", "catalogue.confirm", display_name="Ange"),
        bela=people.officer("catalogue.publish", "catalogue.fees", display_name="Bela"),
    )
    version, now = Service.objects.get(code=BIRTH).current_id, timezone.now()
    draft_id = editing.begin_from_version(version_id=version, by_id=desk.ange, at=now)
    editing.change(
        draft_id=draft_id,
        revision=1,
        keys=["fees", "summary"],
        section="fees",
        how=lambda says: (
            says | {"fees": [fee(2_000, **LAW)], "summary": {"en": "Proof of a birth, signed."}}
        ),
        by_id=desk.ange,
        at=now,
    )
    reviewing.send(draft_id=draft_id, by_id=desk.ange, at=now, words="The new tariff.")
    hearing.remark(
        service_code=BIRTH, verdict="wrong", words="It cost me 700.", language="en", at=now
    )
    reviewing.take_back(draft_id=draft_id, by_id=desk.ange, at=now)
    return fresh(draft_id)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_everybody_can_read_and_use_the_pages_of_the_editor(live_server, draft, width, scheme):
    browser = officer_at(draft.begun_by_id)
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    found = {}
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        for name, address in PAGES.items():
            view, _, rest = address.partition(" ")
            args = {
                "services": [],
                "new": [],
                "kept": [],
                "kept service": [BIRTH],
            }.get(name, [draft.pk, *([rest] if rest else [])])
            page.goto(live_server.url + reverse(f"catalogue:{view}", args=args))
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            if folder := os.environ.get("GUICHET_SHOTS"):
                path = f"{folder}/EDITOR_{name}_{width}.png"
                page.screenshot(path=path, full_page=True)
            found[name] = (breaches(page), overhang(page))
    assert found == dict.fromkeys(PAGES, ([], 0))
