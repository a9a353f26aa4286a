"""What she typed is there again: after a change of language, after leaving, and in her case."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import OneTimeCode
from applications.models import UnsentAnswers
from applications.operations import claiming, forgetting, saving, unsent
from design.speaking import SWITCH
from tests.accounts import people
from tests.applications.browser import citizen_at, text_of
from tests.applications.drafts import test_saved as saved
from tests.applications.drafts.test_saved import _noon, visitor
from tests.applications.test_citizen_pages import answer, start
from tests.world import NOON

__all__ = ["_noon", "visitor"]

pytestmark = pytest.mark.django_db

WRONG = {"father_name": "x" * 500, "mother_name": "Umulisa"}


def switch(browser: Client, address: str, typed: dict[str, str], language: str = "fr"):
    return browser.post(address, {**typed, SWITCH: language})


def test_a_visitor_changes_the_language_and_finds_her_words_unjudged(visitor) -> None:
    draft = saved.answered(visitor, "district", "sector")
    here = saved.page(draft, "parents")

    changed = switch(visitor, here, WRONG)

    assert (changed.status_code, changed.url) == (303, here)
    french = text_of(visitor.get(here))
    assert '<html lang="fr"' in french
    assert WRONG["father_name"] in french
    assert 'value="Umulisa"' in french
    assert 'class="error' not in french
    draft.refresh_from_db()
    assert "Umulisa" not in str(saving.given_in(draft))
    # Her main button says what is wrong, and keeps what is right.
    assert 'class="error' in text_of(visitor.post(here, WRONG))
    visitor.post(here, saved.PAGES["parents"])
    assert not UnsentAnswers.objects.exists()
    assert 'value="Umutesi Jean-Bosco"' in text_of(visitor.get(here))


def test_the_switch_of_a_page_of_questions_is_a_button_of_its_form(visitor) -> None:
    draft = saved.answered(visitor, "district")
    page = text_of(visitor.get(saved.page(draft, "sector")))
    assert '<form method="post" id="answers"' in page
    assert 'form="answers" formnovalidate class="plain" name="switch-language" value="fr"' in page
    assert 'action="/language/"' not in page
    # Elsewhere it asks by an address of its own.
    assert 'action="/language/"' in text_of(visitor.get(saved.START))


def test_a_language_that_the_country_does_not_speak_is_no_switch(visitor) -> None:
    draft = saved.answered(visitor, "district", "sector")
    sent = switch(visitor, saved.page(draft, "parents"), saved.PAGES["parents"], "xx")
    assert sent.url == saved.page(draft, "reason")


def test_a_switch_without_the_forms_token_is_refused(house) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("accounts:sign_in"), {SWITCH: "fr"}).status_code == 403


def test_what_was_wrong_when_she_left_is_there_when_she_comes_back(visitor) -> None:
    draft = saved.answered(visitor, "district", "sector")
    visitor.post(saved.page(draft, "parents"), {**WRONG, "later": "1"})
    code = saved.left(visitor, draft)
    elsewhere = Client()
    elsewhere.post(saved.link(draft), {"code": code})
    back = text_of(elsewhere.get(saved.page(draft, "parents")))
    assert WRONG["father_name"] in back
    assert "not part of your answers yet" in back


def test_what_was_typed_goes_into_her_case_and_ends_with_the_draft(visitor, uwase) -> None:
    draft = saved.answered(visitor, "district", "sector")
    switch(visitor, saved.page(draft, "parents"), WRONG)
    number = start(citizen_at(uwase))
    claiming.claim_saved(key=draft.key, number=number, holder_id=uwase.person_id, at=NOON)
    page = reverse("applications:group", args=[number, "parents"])
    assert WRONG["father_name"] in text_of(citizen_at(uwase).get(page))
    assert UnsentAnswers.objects.get().draft_id is None


def test_a_case_keeps_what_was_typed_until_it_is_sent_in(uwase) -> None:
    browser = citizen_at(uwase)
    number = start(browser)
    answer(browser, number, "district", district="12")
    here = reverse("applications:group", args=[number, "parents"])
    assert switch(browser, here, WRONG).url == here
    assert WRONG["father_name"] in text_of(browser.get(here))
    # Another person's case is not there.
    stranger = citizen_at(people.citizen())
    assert switch(stranger, here, WRONG).status_code == 404
    forgetting.forget_drafts(NOON + timedelta(days=1), 10, at=NOON)
    assert not UnsentAnswers.objects.exists()


def test_nothing_is_typed_beside_a_draft_that_has_ended(visitor, uwase) -> None:
    draft = saved.answered(visitor, "district")
    saving.forget_saved(saved.NOON.replace(year=2100), 10, at=NOON)
    with pytest.raises(saving.NoSuchDraft):
        unsent.keep_of_draft(key=draft.key, group_code="parents", typed={}, at=NOON)
    # PostgreSQL says it again, and that it stands with one of them.
    for owner in ({"draft_id": draft.pk}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            UnsentAnswers.objects.create(group_code="parents", typed="{}", typed_at=NOON, **owner)


def test_more_than_any_answer_may_be_is_not_kept_and_she_is_told(visitor) -> None:
    draft = saved.answered(visitor, "district", "sector")
    here = saved.page(draft, "parents")
    switch(visitor, here, {"father_name": "x" * unsent.TYPED_MAX}, "en")
    assert not UnsentAnswers.objects.exists()
    assert "longer than any answer may be" in text_of(visitor.get(here))


def test_the_phone_that_she_typed_to_sign_in_stays_and_no_code_is_sent(house) -> None:
    browser = Client()
    page = switch(browser, reverse("accounts:sign_in"), {"phone": "0788 12", "next": "/track/"})
    told = text_of(page)
    assert page.status_code == 200
    assert '<html lang="fr"' in told
    assert 'value="0788 12"' in told
    assert 'name="next" value="/track/"' in told
    assert '<html lang="fr"' in text_of(browser.get(saved.START))
    assert not OneTimeCode.objects.exists()
