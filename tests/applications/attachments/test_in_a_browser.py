"""Giving a file and looking at it, as a browser shows both to everybody."""

import os
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse

from applications.queries import attachments
from tests.accounts import people
from tests.applications import world
from tests.applications.attachments.giving import IDENTITY, before_officer, give
from tests.applications.browser import citizen_at, officer_at
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.kernel.uploads import specimens

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _threads(monkeypatch) -> None:
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def _sign_in(page, client, url: str) -> None:
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}
    page.context.add_cookies([cookie])


def _shoot(page, name: str, width: int) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"attach_{name}_{width}.png", full_page=True)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_photo_is_given_by_keyboard_and_seen_at_the_desk(live_server, small_pack, width):
    with transaction.atomic():
        load(small_pack)
    citizen, aline = people.citizen(), world.officer(display_name="Aline")
    draft = world.draft(citizen, IDENTITY)
    give(citizen, draft, "letter", specimens.pdf(2))
    with opened(width=width) as page:
        _sign_in(page, citizen_at(citizen), live_server.url)
        page.goto(live_server.url + reverse("applications:documents", args=[draft.number]))
        photo = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"no photo at all"}
        page.set_input_files("#id_photo", photo)
        page.get_by_role("button", name="Send this file Photo").press("Enter")
        page.get_by_text("neither a PDF nor a photo").first.wait_for()
        assert (breaches(page), overhang(page)) == ([], 0)
        _shoot(page, "refused", width)
        photo["buffer"] = specimens.picture(size=(900, 1200))
        page.set_input_files("#id_photo", photo)
        page.get_by_role("button", name="Send this file Photo").press("Enter")
        page.get_by_text("The file is here.").wait_for()
        assert (breaches(page), overhang(page)) == ([], 0)
        _shoot(page, "documents", width)
        page.get_by_role("button", name="Continue").press("Enter")
        page.get_by_text("Send and pay").wait_for()
        _shoot(page, "review", width)
    case = before_officer(people.citizen(), aline)
    with opened(width=width) as page:
        _sign_in(page, officer_at(aline), live_server.url)
        page.goto(live_server.url + reverse("applications:desk_attachments", args=[case.number]))
        page.set_input_files(
            "input[type=file]",
            {"name": "x.pdf", "mimeType": "application/pdf", "buffer": specimens.pdf(3)},
        )
        assert (breaches(page), overhang(page)) == ([], 0)
        _shoot(page, "desk", width)
        page.get_by_role("button", name="Add the scan").press("Enter")
        page.get_by_text("The scan stands with the case.").wait_for()
        there, scan = attachments.of(case.pk)
        view = "applications:desk_attachment"
        page.goto(live_server.url + reverse(view, args=[case.number, there.id]))
        assert page.evaluate("document.querySelector('img.scan').naturalWidth") > 0
        assert (breaches(page), overhang(page)) == ([], 0)
        _shoot(page, "photo", width)
        page.keyboard.press("n")
        page.get_by_text("PDF, 3 pages").wait_for()
        assert page.url.endswith(f"/{scan.id}/")
        assert (breaches(page), overhang(page)) == ([], 0)
        _shoot(page, "pdf", width)
