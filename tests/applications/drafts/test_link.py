"""The link of her answers comes to her phone, once the phone has shown that it is hers."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import operations as people_operations
from accounts.models import OneTimeCode
from applications.events import DraftLinkAsked
from applications.operations import linking, saving
from applications.queries import leaving
from kernel.models import EventRow
from notifications.models import Message
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at, text_of
from tests.applications.drafts import test_saved as saved
from tests.applications.drafts.test_saved import _noon, visitor
from tests.world import NOON
from workers import messages

__all__ = ["_noon", "visitor"]

pytestmark = pytest.mark.django_db

PHONE = "0788123456"


def later(draft) -> str:
    return reverse("applications:saved_later", args=[draft.key])


def phone(draft) -> str:
    return reverse("applications:saved_phone", args=[draft.key])


def asks(browser: Client, draft, typed: str = PHONE, **more: str):
    token = re.search(r'name="token" value="([^"]+)"', text_of(browser.get(later(draft))))
    sent = {"phone": typed, "send": "on", "token": token[1] if token else ""}
    return browser.post(later(draft), sent | more)


def digits() -> str:
    """Return the code that was asked for last, as the message's handler draws it."""
    return people_operations.mint_code(code_id=OneTimeCode.objects.latest("pk").pk, at=NOON)


def told(at=NOON) -> list[Message]:
    """Return the links that were sent, once the news is delivered."""
    for row in EventRow.objects.filter(name=DraftLinkAsked.name):
        messages.tell_draft_link(DraftLinkAsked.from_payload(row.payload), at)
    return list(Message.objects.filter(template="draft_link").order_by("pk"))


def test_the_link_comes_to_a_phone_that_has_shown_itself(visitor) -> None:
    draft = saved.answered(visitor, "district")
    assert asks(visitor, draft).url == phone(draft)
    assert told() == []
    assert visitor.post(phone(draft), {"code": "000000"}).status_code == 422
    gone = visitor.post(phone(draft), {"code": digits()})
    assert "We are sending the link to your phone" in text_of(gone)
    (message,) = told()
    link = re.search(r"https?://\S+", message.body)[0]
    assert link == f"{settings.SITE_URL}/d/{leaving.short_key(draft.key)}/"
    for word in ("Gasabo", "788123456", world.BIRTH):
        assert word not in message.body
    # She is out here, and the link opens nothing without a code to the same phone.
    assert visitor.get(saved.page(draft, "sector")).url == saved.link(draft)
    led = Client().get(link.removeprefix(settings.SITE_URL), follow=True)
    assert "Sign in with it" in text_of(led)
    assert "Gasabo" not in text_of(led)
    # Nobody was signed in by the code.
    assert "_auth_user_id" not in visitor.session


def test_a_phone_that_is_signed_in_has_shown_itself_already(visitor, uwase) -> None:
    draft = saved.answered(visitor, "district")
    saved._signs_in(visitor, uwase)
    gone = asks(visitor, draft, uwase.phone)
    assert "We are sending the link to your phone" in text_of(gone)
    assert not OneTimeCode.objects.filter(purpose=f"{linking.PURPOSE}{draft.pk}").exists()
    (message,) = told()
    assert message.contact_id == uwase.contact_id
    assert citizen_at(uwase).get(saved.link(draft)).url == saved.page(draft, "sector")
    # Another phone than the one that is signed in shows itself first.
    mine = saved.answered(visitor, "district")
    assert asks(visitor, mine, PHONE).url == phone(mine)


def test_without_the_wish_no_message_leaves_and_without_a_phone_it_is_asked_for(visitor) -> None:
    draft = saved.answered(visitor, "district")
    without = asks(visitor, draft, "")
    assert without.status_code == 422
    assert "To which phone" in text_of(without)
    kept = visitor.post(later(draft), {"phone": PHONE})
    assert "Your answers are kept" in text_of(kept)
    assert told() == []
    assert not OneTimeCode.objects.exists()


def test_a_form_sends_one_code_and_none_without_its_page(visitor) -> None:
    draft = saved.answered(visitor, "district")
    assert asks(visitor, draft, token="made-up").status_code == 422
    token = re.search(r'name="token" value="([^"]+)"', text_of(visitor.get(later(draft))))[1]
    assert asks(visitor, draft, token=token).status_code == 302
    again = asks(visitor, draft, token=token)
    assert again.status_code == 422
    assert "Press the button once more" in text_of(again)
    assert OneTimeCode.objects.count() == 1


def test_the_code_of_another_draft_or_browser_sends_nothing(visitor) -> None:
    draft = saved.answered(visitor, "district")
    asks(visitor, draft)
    code, code_id = digits(), OneTimeCode.objects.get().pk
    other = saved.answered(visitor, "district")
    assert visitor.get(phone(other)).url == later(other)
    with pytest.raises(people_operations.CodeWrong):
        linking.leave_with_link(
            key=other.key, code_id=code_id, typed=code, binding="another", at=NOON
        )
    assert Client().post(phone(draft), {"code": code}).url == saved.link(draft)
    assert told() == []


def test_one_phone_has_five_links_a_day(visitor) -> None:
    uwase = people.citizen()
    draft = saved.answered(visitor, "district")
    for _ in range(linking.LINKS.times):
        linking.leave_with_link_to_account(key=draft.key, account_id=uwase.account_id, at=NOON)
    with pytest.raises(people_operations.BudgetSpent):
        linking.leave_with_link_to_account(key=draft.key, account_id=uwase.account_id, at=NOON)


def test_a_draft_that_ended_or_was_left_otherwise_sends_no_link(visitor, uwase) -> None:
    draft = saved.answered(visitor, "district")
    linking.leave_with_link_to_account(key=draft.key, account_id=uwase.account_id, at=NOON)
    saving.leave_with_code(key=draft.key, at=NOON)
    assert told() == []
    linking.leave_with_link_to_account(key=draft.key, account_id=uwase.account_id, at=NOON)
    assert told(NOON + timedelta(days=31)) == []
    # Its link is never dead: it says what became of the answers.
    with time_machine.travel(NOON + timedelta(days=31), tick=False):
        over = Client().get(f"/d/{leaving.short_key(draft.key)}/", follow=True)
        assert over.status_code == 410
        assert "not here any more" in text_of(over)


def test_a_short_link_is_a_key_and_any_other_is_told_as_unknown(db, house) -> None:
    key = uuid4()
    assert leaving.long_key(leaving.short_key(key)) == key
    assert len(leaving.short_key(key)) == 22
    for odd in ("x", "a" * 22 + "!", "!" * 22, "é" * 22, leaving.short_key(key) + "A"):
        assert leaving.long_key(odd) is None
    unknown = Client().get("/d/nonsense/")
    assert unknown.status_code == 404
    assert "We do not know this link" in text_of(unknown)
