"""The verifier without a network, as a bank's counter has it."""

import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.urls import reverse
from playwright.sync_api import Page, expect

from documents import claims, composing, cose, operations, queries, statuslist
from documents.models import Paper, PaperClaims
from documents.states import State
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.documents import world as worlds
from tests.documents.code import pictures
from tests.documents.code.lists import anew

# The worker has the page in hand: from now on it opens without a network.
HELD = """navigator.serviceWorker.ready.then(() => new Promise((held) => {
    if (navigator.serviceWorker.controller) held();
    navigator.serviceWorker.addEventListener("controllerchange", held);
})).then(() => true)"""
FORGER = ec.derive_private_key(666, ec.SECP256R1())

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


def visit(page: Page, live_server) -> None:
    """Open the page once with a network, until it holds its lists and itself."""
    page.goto(live_server.url + reverse("documents:offline"))
    expect(page.locator("[data-age=fresh]")).to_be_visible()
    page.evaluate(HELD)


def leave_the_network(page: Page) -> None:
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("[data-age=fresh]")).to_be_visible()


def scan(page: Page, text: str) -> str:
    """Hand over what a hand scanner types; return the title of the verdict."""
    page.evaluate("document.querySelector('details').open = true")
    page.get_by_label("Put the cursor here and scan").fill(text)
    page.get_by_role("button", name="Check", exact=True).click()
    said = page.locator("[data-part=answer] h2")
    expect(said).to_be_focused()
    return said.inner_text()


def code_of(paper_id: int, live_server) -> str:
    paper = Paper.objects.get(pk=paper_id)
    kept = PaperClaims.objects.get(paper=paper)
    return claims.text(live_server.url, paper.verification_id, bytes(kept.cose))


@pictures.needs_poppler
def test_a_photographed_paper_is_judged_without_a_network(site, live_server, today, tmp_path):
    paper_id = worlds.issue(site)
    anew(today)
    taken = pictures.photographed(pictures.page(queries.final_file(paper_id), tmp_path, 200))
    photo = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": pictures.jpeg_bytes(taken)}
    with opened(width=PHONE) as page:
        visit(page, live_server)
        leave_the_network(page)
        page.get_by_label("Choose a photograph of the code").set_input_files(photo)

        answer = page.locator("[data-part=answer]")
        expect(answer.get_by_role("heading", name="Genuine and current")).to_be_focused()
        expect(answer).to_contain_text("Aline Chantal MUKAMANA")
        expect(answer).to_contain_text("27 March 1990")
        expect(answer).to_contain_text(queries.paper(paper_id).number)
        expect(answer).to_contain_text("Birth certificate")
        assert (breaches(page), overhang(page)) == ([], 0)
        page.screenshot(path=tmp_path / "offline.png", full_page=True)


def test_forged_codes_are_told_without_a_network(site, live_server, today):
    ours, other = worlds.issue(site), worlds.issue(site)
    anew(today)
    code = code_of(ours, live_server)
    address, _, facts = code.partition("#")
    forged = claims.sign(
        composing.claims_of(Paper.objects.get(pk=ours), at=today - timedelta(hours=1)),
        key_id=b"forger!!",
        by=lambda data: FORGER.sign(data, ec.ECDSA(hashes.SHA256())),
    )
    with opened(width=PHONE) as page:
        visit(page, live_server)
        leave_the_network(page)

        assert scan(page, code) == "Genuine and current"
        for flaw, text in {
            "Altered": f"{address}#{facts[:-9]}AAAAAAAA{facts[-1]}",
            "Not ours": claims.text(live_server.url, address[-16:], forged),
            "Could not check": address,
        }.items():
            assert scan(page, text) == flaw
        assert scan(page, f"{address}#{code_of(other, live_server).partition('#')[2]}") == "Altered"
        expect(page.locator("[data-part=answer]")).to_contain_text("two papers")
        assert scan(page, "WIFI:S:cafe;;") == "Not ours"


def test_lists_grow_old_and_say_so(site, live_server, today):
    code = code_of(worlds.issue(site), live_server)
    anew(today)
    with opened(width=PHONE) as page:
        visit(page, live_server)
        leave_the_network(page)
        answer = page.locator("[data-part=answer]")

        page.clock.set_fixed_time(today + timedelta(hours=3))
        assert scan(page, code) == "Genuine and current"
        expect(answer.locator(".notice")).to_have_count(0)
        page.clock.set_fixed_time(today + timedelta(days=2))
        assert scan(page, code) == "Genuine and current"
        expect(answer).to_contain_text("older than a day")
        page.clock.set_fixed_time(today + timedelta(days=31))
        assert scan(page, code) == "Could not check"
        expect(answer).to_contain_text("older than 30 days")
        page.clock.set_fixed_time(today - timedelta(hours=20))
        assert scan(page, code) == "Genuine and current"
        expect(answer).to_contain_text("clock of this device seems to be wrong")
        page.clock.set_fixed_time(today - timedelta(days=3))
        assert scan(page, code) == "Could not check"
        expect(answer).to_contain_text("more than a day off")
        page.reload()
        expect(page.locator("[data-age]:visible")).to_have_count(1)


def test_each_word_of_the_list_has_its_own_answer(site, live_server, today, monkeypatch):
    code = code_of(worlds.issue(site), live_server)
    with opened(width=PHONE) as page:
        visit(page, live_server)
        for status, title in {
            statuslist.Status.ENDED: "No longer true",
            statuslist.Status.SUPERSEDED: "Replaced by a newer paper",
            statuslist.Status.SUSPENDED: "Suspended",
            statuslist.Status.REVOKED: "Revoked",
            statuslist.Status.VALID: "Genuine and current",
            # Of a version to come: never taken for good.
            13: "Could not check",
        }.items():
            monkeypatch.setitem(statuslist._STATUSES, State.ISSUED, status)
            anew(today)
            with page.expect_response("**/status/0.cwt"):
                page.get_by_role("button", name="Update the lists").click()
            expect(page.locator("[data-part=lists]")).not_to_have_attribute("aria-busy", "true")
            assert scan(page, code) == title
            if title == "No longer true":
                assert (breaches(page), overhang(page)) == ([], 0)


def test_a_paper_that_is_drawn_and_not_issued_is_never_genuine(site, live_server, today):
    paper_id = worlds.request(site)
    sha256 = worlds.draw(paper_id)
    code = code_of(paper_id, live_server)

    def told() -> tuple[str, str]:
        # On a device that holds no older lists.
        with opened(width=PHONE) as page:
            visit(page, live_server)
            return scan(page, code), page.locator("[data-part=answer]").inner_text()

    title, text = told()
    assert title == "Could not check"
    assert "after your lists were made" in text
    anew(today)
    title, text = told()
    assert title == "Suspended"
    assert "was not issued yet" in text
    worlds.order(site, {paper_id: sha256})
    operations.sign_through(paper_id, at=today)
    anew(today)
    assert told()[0] == "Genuine and current"


def test_a_code_put_together_from_two_papers_is_told_beside_the_servers_answer(site, live_server):
    ours, other = worlds.issue(site), worlds.issue(site)
    address, _, facts = code_of(ours, live_server).partition("#")
    address_alone = re.compile("^[^#]+$")
    others_facts = code_of(other, live_server).partition("#")[2]
    asked: list[str] = []
    with opened(width=PHONE) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}#{facts}")
        expect(page).to_have_url(address_alone)
        expect(page.get_by_role("heading", name="Genuine and current")).to_be_visible()
        expect(page.locator("[data-beside]")).to_be_hidden()
        page.goto(f"{address}#{others_facts}")
        expect(page).to_have_url(address_alone)
        expect(page.locator("[data-beside]")).to_contain_text("put together from two papers")
        assert (breaches(page), overhang(page)) == ([], 0)
        # A scan costs no list of papers; and without any list its facts leave the address bar too.
        assert [each for each in asked if "/status/" in each] == []
        page.route("**/trust/list.json", lambda route: route.abort())
        page.goto(f"{address}#{facts}")
        expect(page).to_have_url(address_alone)
        expect(page.locator("[data-beside]")).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_the_page_can_be_read_by_everybody(site, live_server, width, scheme):
    with opened(width=width, scheme=scheme) as page:
        visit(page, live_server)
        page.locator("summary").click()
        assert (breaches(page), overhang(page)) == ([], 0)


def test_without_javascript_it_says_what_is_missing(site, live_server):
    with opened(width=PHONE, script=False) as page:
        page.goto(live_server.url + reverse("documents:offline"))
        expect(page.get_by_text("This page needs JavaScript")).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(0)


def test_lists_that_our_key_did_not_sign_are_not_believed(site, live_server):
    with opened(width=PHONE) as page:
        page.route("**/status/0.cwt", lambda route: route.fulfill(body=cose.dumps([1])))
        page.goto(live_server.url + reverse("documents:offline"))
        expect(page.get_by_text("The lists could not be updated just now.")).to_be_visible()
        expect(page.locator("[data-age=none]")).to_be_visible()
