"""The desk of papers, as a browser shows it."""

import pytest
from django.urls import reverse

from documents.models import Paper
from tests.accounts.people import officer
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import Office, ask, do

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _threads(monkeypatch) -> None:
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_desk_of_papers_can_be_read_by_everybody(
    live_server, office: Office, width: int, scheme: str
) -> None:
    paper_id = people.single(office)
    people.finish(office, people.copy(office, paper_id))
    do(office, paper_id, "suspend", reason="fraud", note="A bank has called about this paper.")
    act_id = ask(office, paper_id, "revoke", note="The holder's card was stolen.")
    do(office, worlds.issue(office.world), "revoke")
    given = worlds.issue(office.world)
    people.do(office, given, "reissue", cited_entry_id=worlds.cite_birth())
    left = Paper.objects.get(replaces=given).pk
    worlds.draw(left)
    pages = {
        "papers": reverse("documents:papers") + "?list=all",
        "paper": reverse("documents:paper", args=[paper_id]),
        "ask": reverse("documents:paper_ask", args=[paper_id, "resume"]),
        "decide": reverse("documents:paper_decide", args=[act_id]),
        "copy": reverse("documents:paper_copy", args=[given, "duplicate"]),
        "left": reverse("documents:paper", args=[left]),
        "abandon": reverse("documents:paper_abandon", args=[left]),
        "empty": reverse("documents:papers") + "?list=proposed",
    }
    browser = officer_at(officer(*people.ALL, "paper.copy", area_code="12"))
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        for name, address in pages.items():
            page.goto(live_server.url + address)
            assert (breaches(page), overhang(page)) == ([], 0), name
