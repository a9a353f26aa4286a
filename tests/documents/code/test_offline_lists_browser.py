"""The lists on a device: they come over bad networks and from liars, to devices without room."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from documents import statuslist
from documents.models import Credential, CredentialState, PublicList, Purpose
from documents.pages import offline
from tests.design.browser import PHONE, needs_chromium, opened
from tests.documents import world as worlds
from tests.documents.code.lists import anew, made
from tests.documents.code.test_offline_browser import HELD, code_of, leave_the_network, scan, visit

LATER = timedelta(seconds=1)

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


def answering(body: bytes) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=body)


def update(page: Page) -> None:
    page.get_by_role("button", name="Update the lists").click()
    expect(page.locator("[data-part=lists]")).not_to_have_attribute("aria-busy", "true")


def body(kind: str) -> bytes:
    return bytes(PublicList.objects.get(kind=kind, number=0).body)


def test_a_network_that_breaks_down_takes_only_what_was_still_to_come(
    site, live_server, today, monkeypatch, as_owner
):
    # Two papers a list, and no lists of papers that other tests had.
    as_owner.execute("ALTER SEQUENCE documents_paper_id_seq RESTART")
    monkeypatch.setattr(statuslist, "PLACES", 2)
    monkeypatch.setattr(statuslist, "_PLACES_BITS", 1)
    older = worlds.issue(site)
    newer = worlds.issue(site)
    while statuslist.list_no(newer) == statuslist.list_no(older):
        newer = worlds.issue(site)
    made(today)
    anew(today)
    old_list = f"**/status/{statuslist.list_no(older)}.cwt"
    with opened(width=PHONE) as page:
        page.route(old_list, lambda route: route.abort())
        page.goto(live_server.url + reverse("documents:offline"))
        expect(page.get_by_text("Not all lists are here yet")).to_be_visible()
        expect(page.get_by_text("The lists could not be updated just now.")).to_be_visible()
        page.unroute(old_list)
        page.evaluate(HELD)
        leave_the_network(page)
        assert scan(page, code_of(newer, live_server)) == "Genuine and current"
        assert scan(page, code_of(older, live_server)) == "Could not check"
        page.context.set_offline(False)
        update(page)
        expect(page.get_by_text("Not all lists are here yet")).to_be_hidden()
        assert scan(page, code_of(older, live_server)) == "Genuine and current"


def test_nobody_brings_old_lists_back(site, live_server, today, monkeypatch):
    code = code_of(worlds.issue(site), live_server)
    anew(today - LATER)
    old = {"status/0.cwt": body("status"), "trust/list.json": body("trust")}
    monkeypatch.setitem(statuslist._STATUSES, "ISSUED", statuslist.Status.REVOKED)
    anew(today)
    with opened(width=PHONE) as page:
        visit(page, live_server)
        assert scan(page, code) == "Revoked"
        for path, stale in old.items():
            page.route(f"**/{path}", answering(stale))
        update(page)
        assert scan(page, code) == "Revoked"
        page.context.set_offline(True)
        page.reload()
        assert scan(page, code) == "Revoked"


def test_an_answer_that_is_no_list_leaves_the_lists_that_are_here(site, live_server, today):
    code = code_of(worlds.issue(site), live_server)
    anew(today)
    with opened(width=PHONE) as page:
        visit(page, live_server)
        for path in ("status/0.cwt", "trust/list.json"):
            for lie in (
                b"<html>Sign in to this hotel's network</html>",
                b"",
                b"{}",
                b"\x81" * 5000,
                b"\x9b\x00\x00\x00\xff\xff\xff\xff\xff" * 8,
                body("status")[:-1],
                b"\0" * ((1 << 20) + 1),
            ):
                page.route(f"**/{path}", answering(lie))
                update(page)
                expect(page.get_by_text("The lists could not be updated just now.")).to_be_visible()
                page.unroute(f"**/{path}")
                update(page)
                expect(page.get_by_text("The lists could not be updated just now.")).to_be_hidden()
        assert scan(page, code) == "Genuine and current"


def test_a_key_that_was_given_up_signs_no_new_list(site, live_server, today):
    with opened(width=PHONE) as page:
        visit(page, live_server)
        anew(today + timedelta(days=2))
        Credential.objects.filter(purpose=Purpose.QR).update(
            state=CredentialState.RETIRED, ended_at=today
        )
        anew(today + timedelta(days=2))  # The list of keys alone: nobody signs the others now.
        update(page)
        expect(page.get_by_text("The lists could not be updated just now.")).to_be_visible()


def test_a_device_without_room_judges_and_says_that_it_keeps_nothing(site, live_server, today):
    code = code_of(worlds.issue(site), live_server)
    anew(today)
    with opened(width=PHONE) as page:
        page.goto(live_server.url + reverse("documents:trust"))
        page.context.new_cdp_session(page).send(
            "Storage.overrideQuotaForOrigin", {"origin": live_server.url, "quotaSize": 1}
        )
        page.goto(live_server.url + reverse("documents:offline"))
        expect(page.get_by_text("There is no room on this device")).to_be_visible()
        expect(page.get_by_text("This browser does not keep the page")).to_be_visible()
        assert scan(page, code) == "Genuine and current"


def test_a_new_version_takes_the_page_over_as_soon_as_nobody_reads_it(
    site, live_server, today, monkeypatch
):
    with opened(width=PHONE) as page:
        visit(page, live_server)
        monkeypatch.setattr(offline, "_version", lambda: "next")
        with page.expect_event("framenavigated"):
            page.evaluate("navigator.serviceWorker.ready.then((kept) => { kept.update(); })")
        leave_the_network(page)
        assert page.evaluate("caches.keys()") == ["guichet-lists", "guichet-offline-next"]
