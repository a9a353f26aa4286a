"""Questions that lead to others, rows, leaving and coming back: as a phone shows them."""

import os
import re

import pytest
from django.db import transaction
from django.urls import reverse

from catalogue.models import Service
from tests.applications import world
from tests.applications.drafts.test_conditional_answers import CHILDREN, PUPILS
from tests.applications.drafts.test_saved import new_version
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _service(db, small_pack, monkeypatch, settings, live_server) -> None:
    settings.SITE_URL = live_server.url  # The link that is shown is the site's, whatever the Host.
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with transaction.atomic():
        load(small_pack)
        form = Service.objects.get(code=world.BIRTH).current.definition["form"]
        new_version(form=[*form, {**CHILDREN, "help": {"en": "Who travels."}}], waivers=[PUPILS])


def good(page, name: str) -> None:
    """See that the page can be read by everybody; keep its picture where it is asked for."""
    assert (name, breaches(page), overhang(page)) == (name, [], 0)
    if folder := os.environ.get("GUICHET_SHOTS"):
        width = page.viewport_size["width"]
        page.screenshot(path=f"{folder}/FORMS_{name}_{width}.png", full_page=True)


def begin(page, live_server) -> None:
    page.goto(live_server.url + reverse("applications:start", args=[world.BIRTH]))
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Gasabo").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Sector").select_option("1209")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_a_visitor_answers_leaves_and_comes_back(live_server, width, scheme) -> None:
    with opened(width=width, scheme=scheme) as page:
        begin(page, live_server)
        page.get_by_label("Something else").check()
        # The script shows the question at once, and hides it again.
        page.get_by_label("What for?").fill("A statue")
        good(page, "visitor_question")
        page.get_by_label("Passport or travel").check()
        assert page.get_by_label("What for?").is_hidden()
        page.get_by_label("I declare").check()
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("Name of the child").fill("Keza")
        page.get_by_role("button", name="Add: Child").click()
        page.get_by_label("Name of the child").nth(1).fill("Ineza")
        good(page, "visitor_rows")
        page.get_by_role("button", name="Take out Child 1").click()
        assert page.get_by_label("Name of the child").input_value() == "Ineza"
        page.get_by_role("button", name="Continue").click()
        page.get_by_text("1. Name of the child: Ineza").wait_for()
        good(page, "visitor_check")
        page.get_by_role("link", name="Save and go on later").click()
        good(page, "visitor_later")
        page.get_by_role("button", name="Keep my answers").click()
        good(page, "visitor_left")
        address = page.locator("a", has_text="/drafts/").get_attribute("href")
        code = page.locator("data").inner_text()
    assert re.fullmatch(r"[0-9]{4} [0-9]{4}", code)
    with opened(width=width, scheme=scheme, script=False) as page:
        page.goto(address)
        page.get_by_label("The code that you wrote down").fill(code)
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("link", name="Prove who I am").wait_for()


def test_without_a_script_a_question_follows_its_answer(live_server) -> None:
    with opened(width=PHONE, script=False) as page:
        begin(page, live_server)
        page.get_by_label("Something else").check()
        page.get_by_label("I declare").check()
        assert page.get_by_label("What for?").is_hidden()
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("What for?").fill("A statue")
        page.get_by_role("button", name="Continue").click()
        page.get_by_text("A statue").wait_for()


WRONG = "Umutesi\u202e"
"""A name with a letter that turns the text round: refused, once her main button is pressed."""


def test_the_language_changes_in_the_midst_of_a_page_and_nothing_is_lost(live_server) -> None:
    for script, width in ((False, PHONE), (True, DESK)):
        with opened(width=width, script=script) as page:
            page.goto(live_server.url + reverse("applications:start", args=[world.BIRTH]))
            page.get_by_role("button", name="Start").click()
            page.get_by_label("Gasabo").check()
            page.get_by_role("button", name="Continue").click()
            page.get_by_label("Sector").select_option("1209")
            page.get_by_role("button", name="Continue").click()
            father = page.locator("[name=father_name]")
            father.fill(WRONG)
            page.locator("[name=mother_name]").fill("Umulisa")
            if script:  # The look at it is a script itself.
                good(page, "switch_before")
            page.get_by_role("button", name="Français").click()
            page.locator("html[lang=fr]").wait_for()
            if script:
                good(page, "switch_after")
            assert father.input_value() == WRONG
            assert page.locator(".error").count() == 0
            # Return in a field is the main button's, and never a language's.
            page.locator("[name=mother_name]").press("Enter")
            page.locator(".error-summary").wait_for()
            assert page.locator("html").get_attribute("lang") == "fr"
            father.fill("Umutesi")
            page.locator("[name=mother_name]").press("Enter")
            page.locator("[name=reason]").first.wait_for()
