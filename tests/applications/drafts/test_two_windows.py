"""A draft that went on in another window: whoever acts on it in this one is led there, in words."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from applications.models import Application, SavedDraft
from applications.operations import claiming, saving
from applications.pages import open_drafts
from design.speaking import SWITCH
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at, text_of
from tests.applications.drafts import test_saved as saved
from tests.applications.drafts.test_saved import _noon, visitor
from tests.applications.test_citizen_pages import start
from tests.applications.test_races import at_once
from tests.countries.packs import load
from tests.world import NOON

__all__ = ["_noon", "visitor"]


def begun_by(citizen: people.Citizen, browser: Client) -> tuple[SavedDraft, Client]:
    """Return a draft that the browser began, and the same browser once its person signed in."""
    draft = saved.answered(browser, "district", "sector")
    saved._signs_in(browser, citizen)
    return draft, browser


def goes_on(draft: SavedDraft, citizen: people.Citizen) -> str:
    """Make a case of the draft, as another window does; return its number."""
    number = start(citizen_at(citizen))
    claiming.claim_saved(key=draft.key, number=number, holder_id=citizen.person_id, at=NOON)
    return number


def overtaken(monkeypatch, draft: SavedDraft, citizen: people.Citizen, *, begin: bool = True):
    """Let another window win between the page's reading and its writing."""
    numbers: list[str] = []
    keep = saving.keep_saved

    def late(**told):
        monkeypatch.setattr(saving, "keep_saved", keep)
        numbers.append(goes_on(draft, citizen))
        keep(**told)

    monkeypatch.setattr(saving, "keep_saved", late)
    return numbers


@pytest.mark.django_db
def test_a_draft_that_became_a_case_meanwhile_leads_to_the_case(visitor, uwase, monkeypatch):
    draft, browser = begun_by(uwase, visitor)
    numbers = overtaken(monkeypatch, draft, uwase)

    late = browser.post(saved.page(draft, "parents"), saved.PAGES["parents"])

    there = reverse("applications:group", args=[numbers[0], "parents"])
    assert (late.status_code, late.url) == (303, there)
    shown = text_of(browser.get(there))
    assert "You went on with these answers in another window" in shown
    # What she typed last is not lost: it stands on the page of her case.
    assert 'value="Umutesi Jean-Bosco"' in shown
    assert "father_name" not in world.case(numbers[0]).given


@pytest.mark.django_db
def test_one_that_ended_before_she_pressed_leads_there_too(visitor, uwase):
    draft, browser = begun_by(uwase, visitor)
    number = goes_on(draft, uwase)

    for typed in (saved.PAGES["parents"], {**saved.PAGES["parents"], SWITCH: "fr"}):
        late = browser.post(saved.page(draft, "parents"), typed)
        assert late.url == reverse("applications:group", args=[number, "parents"])
    looked = browser.get(reverse("applications:saved_check", args=[draft.key]))
    assert (looked.status_code, looked.url) == (303, reverse("applications:case", args=[number]))


@pytest.mark.django_db
def test_somebody_else_learns_of_no_case(visitor, uwase, monkeypatch):
    draft = saved.answered(visitor, "district", "sector")
    numbers = overtaken(monkeypatch, draft, uwase)

    late = visitor.post(saved.page(draft, "parents"), saved.PAGES["parents"])

    assert (late.status_code, late.url) == (303, saved.link(draft))
    over = visitor.get(late.url)
    assert over.status_code == 410
    assert numbers[0] not in text_of(over)


@pytest.mark.django_db
def test_leaving_what_has_ended_meanwhile_is_told_too(visitor, uwase, monkeypatch):
    draft, browser = begun_by(uwase, visitor)
    leave = reverse("applications:saved_later", args=[draft.key])
    look = open_drafts.opened
    number = ""

    def late(request, key, *, at):
        nonlocal number
        found = look(request, key, at=at)
        number = number or goes_on(draft, uwase)
        return found

    monkeypatch.setattr("applications.pages.later.opened", late)
    gone = browser.post(leave, {"phone": ""})
    assert (gone.status_code, gone.url) == (303, reverse("applications:case", args=[number]))


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_a_claim_at_once_lose_nothing(db, small_pack):
    with transaction.atomic():
        load(small_pack)
    uwase, browser = people.citizen(), Client()
    draft, browser = begun_by(uwase, browser)
    number = start(citizen_at(uwase))
    answers: list[int] = []

    raised = at_once(
        lambda: claiming.claim_saved(
            key=draft.key, number=number, holder_id=uwase.person_id, at=NOON
        ),
        lambda: answers.append(
            browser.post(saved.page(draft, "parents"), saved.PAGES["parents"]).status_code
        ),
    )

    assert raised == [None, None]
    assert answers[0] in {302, 303}
    case = Application.objects.get(number=number)
    page = text_of(browser.get(reverse("applications:group", args=[number, "parents"])))
    # Either the answer came first and went along, or it stands on the page of her case.
    assert case.given.get("father_name") == "Umutesi Jean-Bosco" or "Umutesi Jean-Bosco" in page
