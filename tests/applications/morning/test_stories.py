"""Two cases from begin to end, through the pages: what each of them came through, as it is shown.

`pytest -s` prints the stories; with STORIES=folder the control slip of the first is kept there.
"""

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import queries as accounts
from applications.models import Application
from applications.states import SlipKind
from documents import operations as documents
from documents import queries as papers
from documents.models import Paper
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.acts.world import want_second
from tests.applications.appeals.world import WORDS, above
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.applications.case_page.desk import at, entry_on, hold, press
from tests.world import NOON
from workers import errands, relay
from workers.routes import ROUTES

pytestmark = pytest.mark.django_db
KEPT = os.environ.get("STORIES", "")
LEASES_OVER = timedelta(seconds=20)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


def work(now: datetime) -> None:
    """Do as relay and errands do until nothing is due; no words leave the house here."""
    for at_last in (now, now + LEASES_OVER):
        _work_at(at_last)


def _work_at(now: datetime) -> None:
    while (
        relay.fan_out(routes=ROUTES, now=now)
        + relay.drain(routes=ROUTES, now=now)
        + sum(errands.ERRANDS[name][1](lambda: now) for name in ("draw_papers", "sign_papers"))
    ):
        continue


class Telling:
    """A case in time: each act at its moment, by whoever does it, through her pages."""

    def __init__(self, case: Application) -> None:
        self.case = case

    def at(self, moment: datetime, by_id: int, name: str, **typed: object) -> None:
        with time_machine.travel(moment, tick=False):
            answer = press(officer_at(by_id), name, self.case, **typed)
            assert answer.status_code == 302, text_of(answer)
            work(moment)

    def approve(self, moment: datetime, by_id: int, name: str = "approve") -> None:
        with time_machine.travel(moment, tick=False):
            shown = text_of(officer_at(by_id).get(at(self.case)))
        self.at(moment, by_id, name, entry=entry_on(shown))

    def sign(self, moment: datetime, by_id: int) -> None:
        with time_machine.travel(moment, tick=False):
            documents.issue_development_credentials(at=moment - world.MINUTE)
            work(moment)
            browser = officer_at(by_id)
            page = text_of(browser.get(reverse("applications:to_sign")))
            [value] = [part.split('"')[0] for part in page.split('name="paper" value="')[1:]]
            typed = {"paper": [value], "password": people.PASSWORD}
            assert browser.post(reverse("applications:to_sign"), typed).status_code == 302
            work(moment)

    def shown(self, name: str, moment: datetime, reader: Callable[[], Client]) -> list[str]:
        """Return the story as a page shows it, a line each: when, what, and more of it."""
        with time_machine.travel(moment, tick=False):
            items = reader().get(at(self.case, name)).context["items"]
        return [
            f"{timezone.localtime(item['time']):%a %d %b %H:%M}  {item['text']}"
            + (f" ({item['note']})" if item["note"] else "")
            for item in items
            if item["time"]
        ]


def say(title: str, citizen: list[str], staff: list[str]) -> None:
    hers, theirs = "\n".join(citizen), "\n".join(staff)
    sys.stdout.write(f"\n{title}\n\nWhat she reads:\n{hers}\n\nWhat the office reads:\n{theirs}\n")


def test_through_completion_transfer_and_second_approval_to_a_signed_paper(
    uwase: Citizen, staffed, registers
):
    hold(registers, uwase)
    want_second()
    chantal = world.officer(display_name="Chantal")
    case = world.queued(uwase, father_name="Umutesi Jean")
    told = Telling(case)
    first = case.officer_id
    others = [one for one in (staffed.aline, staffed.bosco, chantal) if one != first]
    told.at(NOON + 2 * HOUR, first, "take")
    told.at(
        NOON + 2 * HOUR + 9 * world.MINUTE, first, "ask_completion",
        **{"why-father_name": "unclear", "note": "As on his card, please"},
    )  # fmt: skip
    with time_machine.travel(NOON + 21 * HOUR, tick=False):
        hers = citizen_at(uwase).post(at(case, "mend"), {"father_name": "Umutesi Jean-Bosco"})
        assert hers.status_code == 302
        work(NOON + 21 * HOUR)
    told.at(
        NOON + 22 * HOUR, first, "transfer",
        officer=others[0], reason="absent", text="Mended as I asked; only the decision is left",
    )  # fmt: skip
    told.at(NOON + 23 * HOUR, others[0], "take")
    told.approve(NOON + 23 * HOUR + 4 * world.MINUTE, others[0])
    told.approve(NOON + 27 * HOUR, others[1], "approve_second")
    told.sign(NOON + 28 * HOUR, others[0])
    end = NOON + 29 * HOUR
    assert world.fresh(case).status == "ISSUED"
    assert papers.final_file(world.fresh(case).paper_id).startswith(b"%PDF")
    told.at(end, others[0], "control_slip")
    slip = case.slips.get(kind=SlipKind.CONTROL_SLIP)
    if KEPT:
        (Path(KEPT) / "control_slip.pdf").write_bytes(papers.final_file(slip.paper_id))
    facts = Paper.objects.get(pk=slip.paper_id).facts
    on_slip = {facts[f"desk_{row}_name"] for row in range(1, int(facts["desks"]) + 1)}
    # The second officer only looked: it never lay in her hands.
    held_it = {accounts.account(one).display_name for one in (first, others[0])}
    assert held_it <= on_slip
    say(
        "A case that was mended, given on and approved twice",
        told.shown("case", end, lambda: citizen_at(uwase)),
        told.shown("desk_case", end, lambda: officer_at(others[0])),
    )


def test_refused_and_right_at_the_next_level(uwase: Citizen, staffed, registers):
    dative = above()
    hold(registers, uwase, father_name="Umutesi Jean")
    case = world.queued(uwase)
    told = Telling(case)
    first = case.officer_id
    told.at(NOON + HOUR, first, "take")
    told.at(
        NOON + HOUR + 5 * world.MINUTE, first, "refuse",
        reason="differs", note="The register has Umutesi Jean",
    )  # fmt: skip
    appealed_at = NOON + 3 * DAY
    with time_machine.travel(appealed_at, tick=False):
        browser = citizen_at(uwase)
        sent = browser.post(at(case, "appeal"), {"text": WORDS, "sure": "1"})
        assert sent.status_code == 302
        work(appealed_at)
    assert world.fresh(case).officer_id == dative
    # The registrar finds that the entry had been mended, and not the copy that was read.
    hold(registers, uwase)
    told.at(appealed_at + 2 * HOUR, dative, "take")
    told.approve(appealed_at + 2 * HOUR + 12 * world.MINUTE, dative)
    told.sign(appealed_at + 3 * HOUR, dative)
    assert world.fresh(case).status == "ISSUED"
    assert papers.paper(world.fresh(case).paper_id).officer_id == dative
    end = appealed_at + 4 * HOUR
    hers = told.shown("case", end, lambda: citizen_at(uwase))
    given = [line for line in hers if "iven to" in line]
    assert ["Kimironko" in line for line in given] == [True, False], given
    say(
        "A case that was refused, and won its appeal above",
        hers,
        told.shown("desk_case", end, lambda: officer_at(dative)),
    )
