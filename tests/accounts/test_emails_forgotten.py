"""An address that nobody is reached by any more is emptied; one that is used, or staff's, stays."""

from datetime import datetime, timedelta

import pytest

from accounts import operations
from accounts.models import ContactPoint, OneTimeCode, PersonContact
from accounts.operations import emails, forgetting
from accounts.operations.forgetting import EMAIL_KEPT
from accounts.states import ContactKind
from kernel import retention
from kernel.crypto import blind_index
from tests.accounts import people
from tests.accounts.citizens import world
from tests.world import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=2)


def asked(citizen: people.Citizen, email: str, at: datetime = NOON) -> int:
    return emails.ask_email(
        person_id=citizen.person_id, account_id=citizen.account_id, email=email,
        binding=world.BROWSER, language="en", address=world.ADDRESS, at=at,
    )  # fmt: skip


def proved(citizen: people.Citizen, email: str, at: datetime = NOON) -> None:
    code_id = asked(citizen, email, at)
    emails.prove_email(
        person_id=citizen.person_id, account_id=citizen.account_id, code_id=code_id,
        typed=operations.mint_code(code_id=code_id, at=at), binding=world.BROWSER, at=at,
    )  # fmt: skip


def known(email: str) -> bool:
    index = blind_index(ContactKind.EMAIL, email)
    return ContactPoint.objects.filter(kind=ContactKind.EMAIL, value_index=index).exists()


def forget(at: datetime) -> int:
    return forgetting.forget_emails(at - EMAIL_KEPT, 500)


def test_an_address_that_was_never_proved_goes_once_its_code_is_forgotten():
    asked(people.citizen(), "strangers@example.org")
    assert forget(LATER) == 0  # Its code is still there.
    operations.forget_old(now=LATER, limit=500)
    assert not OneTimeCode.objects.exists()
    assert forget(LATER) == 1
    assert not known("strangers@example.org")
    assert forget(LATER) == 0
    (row,) = ContactPoint.objects.filter(kind=ContactKind.EMAIL)
    assert (row.value, row.language) == ("", "")


def test_an_address_that_she_uses_stays_and_one_that_she_took_back_goes_after_its_term():
    uwase, ends = people.citizen(), LATER + EMAIL_KEPT
    proved(uwase, "old@example.org")
    proved(uwase, "new@example.org", at=LATER)
    operations.forget_old(now=ends, limit=500)
    assert forget(ends - timedelta(seconds=1)) == 0
    assert forget(ends) == 1
    assert (known("old@example.org"), known("new@example.org")) == (False, True)
    # Taken up again it is an address as any other.
    proved(uwase, "old@example.org", at=ends)
    assert known("old@example.org")
    assert PersonContact.objects.filter(
        person=uwase.person_id,
        contact__value_index=blind_index(ContactKind.EMAIL, "old@example.org"),
        until_at=None,
    ).exists()


def test_the_address_with_which_staff_sign_in_stays():
    officer = people.staff()
    emails.know_staff_email(account_id=officer.pk)
    assert forget(NOON + 3 * EMAIL_KEPT) == 0
    assert known(officer.login)


def test_the_night_knows_the_class_and_counts_as_it_forgets():
    asked(people.citizen(), "strangers@example.org")
    operations.forget_old(now=LATER, limit=500)
    assert retention.due(now=LATER)["emails"] == 1
    retention.forget_now(now=LATER)
    assert retention.due(now=LATER)["emails"] == 0
