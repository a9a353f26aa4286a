"""Who looked, and who may read: the holder's page as a browser shows it."""

from types import SimpleNamespace

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from applications import operations
from documents import operations as documents
from documents.models import LookKind
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at
from tests.applications.test_security_findings import drawing, ordered
from tests.applications.test_sharing import let_read, page_of, token_on
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.world import NOON

__all__ = ["drawing"]

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _threads(monkeypatch) -> None:
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_page_of_looks_and_consents_can_be_read_by_everybody(
    live_server, db, small_pack, drawing, width, scheme
):
    with time_machine.travel(NOON):
        with transaction.atomic():
            load(small_pack)
        citizen = people.citizen(given_names="Aline", family_name="Uwase")
        staffed = SimpleNamespace(aline=world.officer(display_name="Aline Mutesi"))
        case = ordered(citizen, staffed)
        documents.sign_through(case.paper_id, at=NOON)
        operations.conclude(application_id=case.pk, at=NOON)
        for kind in (LookKind.PAGE, LookKind.API, LookKind.FILE):
            documents.note_look(paper_id=case.paper_id, kind=kind, at=NOON)
        browser = citizen_at(citizen)
        bank = {"authorization": f"Bearer {token_on(let_read(browser, case))}"}
        Client().get("/api/papers/shared/", headers=bank)
        with opened(width=width, scheme=scheme) as page:
            session = browser.cookies["sessionid"].value
            page.context.add_cookies(
                [{"name": "sessionid", "value": session, "url": live_server.url}]
            )
            page.goto(live_server.url + page_of(case))
            page.get_by_label("Who may read it?").fill("Ministry of Education")
            page.get_by_label("What for?").fill("to enrol")
            page.get_by_text("30 days").click()
            page.get_by_role("button", name="Let them read it").click()
            page.get_by_text("Give them this key").wait_for()
            assert (breaches(page), overhang(page)) == ([], 0)
