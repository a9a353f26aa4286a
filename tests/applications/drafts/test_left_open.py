"""Whoever left her answers has closed them: in this browser, and in every other."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.applications import world
from tests.applications.browser import citizen_at, text_of
from tests.applications.drafts import test_saved as saved
from tests.applications.drafts.test_saved import _noon, visitor

__all__ = ["_noon", "visitor"]

pytestmark = pytest.mark.django_db


def leave(browser: Client, draft, phone: str):
    return browser.post(reverse("applications:saved_later", args=[draft.key]), {"phone": phone})


def test_whoever_begins_a_draft_for_anothers_phone_does_not_read_what_she_types(
    visitor, uwase
) -> None:
    draft = saved.answered(visitor, "district")
    code = saved.left(visitor, draft)
    second_browser = Client()
    second_browser.post(saved.link(draft), {"code": code})
    phone = world.accounts.contact(uwase.contact_id).value
    leave(second_browser, draft, phone)

    hers = citizen_at(uwase)
    hers.post(saved.page(draft, "parents"), saved.PAGES["parents"])

    check = reverse("applications:saved_check", args=[draft.key])
    assert "Umutesi Jean-Bosco" in text_of(hers.get(check))
    for spy in (visitor, second_browser):
        for address in (check, saved.page(draft, "parents")):
            assert spy.get(address).url == saved.link(draft)
        assert "Sign in with it" in text_of(spy.get(saved.link(draft)))
        assert str(draft.key) not in text_of(spy.get(saved.START))


def test_who_leaves_a_computer_that_others_use_has_closed_her_answers(visitor) -> None:
    draft = saved.answered(visitor, "district", "parents")
    code = saved.left(visitor, draft)

    assert visitor.get(saved.page(draft, "parents")).url == saved.link(draft)
    assert str(draft.key) not in text_of(visitor.get(saved.START))
    again = leave(visitor, draft, "")  # The page sent once more makes no second code.
    assert again.url == saved.link(draft)
    assert visitor.post(saved.link(draft), {"code": code}).status_code == 302
    assert visitor.get(saved.page(draft, "parents")).status_code == 200


def test_a_code_opens_her_answers_in_two_browsers_until_she_leaves_again(visitor) -> None:
    draft = saved.answered(visitor, "district")
    code = saved.left(visitor, draft)
    phone, computer = Client(), Client()
    for browser in (phone, computer):
        browser.post(saved.link(draft), {"code": code})
        assert browser.get(saved.page(draft, "sector")).status_code == 200
    saved.left(computer, draft)
    assert phone.get(saved.page(draft, "sector")).url == saved.link(draft)
    assert phone.post(saved.link(draft), {"code": code}).status_code == 422
