"""The nine answers and the pages around them, as a browser shows them to everybody."""

from contextlib import ExitStack
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from playwright.sync_api import Page

from documents import queries
from documents.examining.asking import EXAMINER, WAITING_MAX
from documents.models import Paper
from documents.verdicts import Outcome
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.documents import world as worlds
from tests.documents.forgeries import forging
from tests.documents.life import people
from tests.documents.verdicts.test_nine import ended, expired, revoked, superseded, suspended
from tests.documents.world import World
from tests.world import NOON

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _threads(monkeypatch: pytest.MonkeyPatch) -> None:
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def address_of(paper_id: int) -> str:
    return f"/V/{Paper.objects.get(pk=paper_id).verification_id}"


def hand_over(page: Page, site: str, file: Path) -> None:
    page.goto(f"{site}/verify/")
    page.get_by_label("The file (PDF)").set_input_files(file)
    page.get_by_role("button", name="Compare the file").click()


def make_papers(world: World, folder: Path) -> dict[Outcome, str]:
    """Return an address for each standing, and for the others the name of a file to hand over."""
    office = people.open_office(world)
    made = {
        Outcome.CURRENT: worlds.issue(world),
        Outcome.SUPERSEDED: superseded(office),
        Outcome.ENDED: ended(office),
        Outcome.REVOKED: revoked(office),
        Outcome.SUSPENDED: suspended(office),
        Outcome.EXPIRED: expired(office),
    }
    forged, foreign = folder / "forged.pdf", folder / "foreign.pdf"
    forged.write_bytes(forging.drawn_over(queries.final_file(made[Outcome.CURRENT])))
    foreign.write_bytes(forging.signed_by_forgers(folder / "forgers"))
    return {
        **{outcome: address_of(paper_id) for outcome, paper_id in made.items()},
        Outcome.ALTERED: str(forged),
        Outcome.NOT_OURS: str(foreign),
        Outcome.COULD_NOT_CHECK: str(foreign),
    }


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_each_of_the_nine_answers_can_be_read_by_everybody(
    live_server, world: World, tmp_path: Path, width: int, scheme: str
) -> None:
    answers = make_papers(world, tmp_path)
    assert set(answers) == set(Outcome)
    with time_machine.travel(NOON), opened(width=width, scheme=scheme) as page:
        for outcome, where in answers.items():
            if where.startswith("/V/"):
                page.goto(live_server.url + where)
            elif outcome is Outcome.COULD_NOT_CHECK:
                show_crowded(page, live_server.url, Path(where))
            else:
                hand_over(page, live_server.url, Path(where))
            page.locator(f"main.is-{outcome}").wait_for()
            assert (breaches(page), overhang(page)) == ([], 0), outcome


def show_crowded(page: Page, site: str, file: Path) -> None:
    """Show the answer of 503 as if it were one of 200, which the browser would call an error."""
    with ExitStack() as crowd:
        for _ in range(WAITING_MAX):  # As many strangers' files are being read already.
            crowd.enter_context(EXAMINER._place())
        with file.open("rb") as handed_over:
            answer = Client().post("/verify/", {"by_file": "1", "file": handed_over})
    assert answer.status_code == 503
    page.route(
        "**/verify/?crowded",
        lambda route: route.fulfill(content_type="text/html", body=answer.content),
    )
    page.goto(f"{site}/verify/?crowded")


def test_without_script_a_file_is_compared_too(live_server, world: World, tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(queries.final_file(worlds.issue(world)))

    with time_machine.travel(NOON), opened(width=PHONE, script=False) as page:
        hand_over(page, live_server.url, file)
        page.get_by_role("heading", name="Genuine and current").wait_for()
        assert page.get_by_text("Aline Chantal MUKAMANA").is_visible()
