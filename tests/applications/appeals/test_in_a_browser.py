"""The pages of an appeal and of a counter, as a browser shows them: small, large, read by all."""

import os
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tests.accounts import people
from tests.applications import world
from tests.applications.appeals.world import WORDS, refuse
from tests.applications.browser import citizen_at, officer_at
from tests.applications.collection.world import (
    collect,
    counter,
    issued,
    lay_out,
    make_physical,
    proof,
)
from tests.applications.test_in_a_browser import enter
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture(autouse=True)
def _threads(monkeypatch) -> None:
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def uwase(db, small_pack):
    with transaction.atomic():
        load(small_pack)
        make_physical()
    return people.citizen(given_names="Aline", family_name="Uwase")


def look(page, live_server, address, name, width) -> None:
    page.goto(live_server.url + address)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"appeal_{name}_{width}.png", full_page=True)
    assert (breaches(page), overhang(page)) == ([], 0), name


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_appeal_and_counter_can_be_read_by_everybody(live_server, uwase, width, scheme):
    now, aline = timezone.now(), world.officer(display_name="Aline Mutesi")
    case = world.taken(uwase, aline, world.SINGLE, at=now)
    lost = refuse(case, aline, at=now)
    chantal = counter(display_name="Chantal Uwera")
    laid, waits = issued(uwase, aline), issued(uwase, aline)
    lay_out(laid, chantal, at=now)
    with opened(width=width, scheme=scheme) as page:
        enter(page, live_server, citizen_at(uwase))
        for name in ("case", "appeal"):
            address = reverse(f"applications:{name}", args=[lost.number])
            look(page, live_server, address, name, width)
        page.get_by_label("Why do you not agree?").fill(WORDS)
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("heading", name="Check your appeal").wait_for()
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"appeal_check_{width}.png", full_page=True)
        assert (breaches(page), overhang(page)) == ([], 0)
        page.get_by_role("button", name="Send the appeal").click()
        page.get_by_role("heading", name="Your appeal").wait_for()
        look(page, live_server, reverse("applications:case", args=[laid.number]), "ready", width)
        page.context.clear_cookies()
        enter(page, live_server, officer_at(chantal))
        look(page, live_server, reverse("applications:collection"), "counter", width)
        paper = reverse("applications:collection_paper", args=[laid.number])
        look(page, live_server, paper, "give", width)
        other = reverse("applications:collection_paper", args=[waits.number])
        look(page, live_server, other, "lay_out", width)
        collect(laid, chantal, proof(), at=timezone.now())
        page.context.clear_cookies()
        enter(page, live_server, officer_at(counter()))
        look(page, live_server, paper, "witness", width)
    assert world.fresh(lost).status == "UNDER_APPEAL"
