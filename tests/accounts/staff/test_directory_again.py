"""Staff without a password prove anew who they are at the directory; its word is ended by one."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import operations
from accounts.models import Account, DirectorySubject, StepUp
from accounts.operations import directory as bindings
from accounts.operations.factors import CHANGE_PURPOSE
from accounts.policies import NotGranted
from kernel.models import AuditEntry
from sandbox.directory import subject
from tests.accounts import people
from tests.accounts.browsing import text
from tests.accounts.people import officer, staff
from tests.accounts.staff.test_directory import (
    bound,
    choose,
    come_back,
    enter,
    is_in,
    issuer,
    sandbox,
)
from tests.world import NOON

__all__ = ["issuer", "sandbox"]

pytestmark = pytest.mark.django_db
APP = "/staff/security/app/"
CLAIMED = {"password_directory": "1"}


@pytest.fixture
def ange(issuer) -> Account:
    """She came by the directory alone: no password, no factor."""
    account = bound(issuer)
    account.set_unusable_password()
    account.save(update_fields=["password"])
    return account


def again(browser: Client) -> str:
    """Return where the browser is sent to prove anew who is at it."""
    answer = browser.get("/staff/directory/again/", {"next": APP})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_who_came_by_the_directory_alone_gets_her_first_factor(ange, client, settings):
    settings.STAFF_SECOND_FACTOR = "required"
    enter(client, ange.email)
    page = text(client.get(APP))
    assert "/staff/directory/again/?next=%2Fstaff%2Fsecurity%2Fapp%2F" in page
    assert client.post(APP, CLAIMED).status_code == 422  # The form alone says nothing.
    asked = again(client)
    assert "prompt=login" in asked
    assert "max_age=0" in asked
    assert come_back(client, choose(asked, ange.email))["Location"] == APP
    assert "has just asked who you are" in text(client.get(APP))
    assert client.post(APP, CLAIMED)["Location"] == f"{APP}confirm/"
    shown = StepUp.objects.get()
    assert (shown.account, shown.purpose) == (ange, CHANGE_PURPOSE)
    told = AuditEntry.objects.get(act="staff.stepped_up").detail
    assert told["by"] == "directory"


def test_its_word_is_good_once_and_for_five_minutes(ange, client):
    enter(client, ange.email)
    come_back(client, choose(again(client), ange.email))
    client.post(APP, CLAIMED)
    assert client.post(APP, CLAIMED).status_code == 422
    come_back(client, choose(again(client), ange.email))
    with time_machine.travel(timedelta(minutes=5, seconds=1)):
        assert client.post(APP, CLAIMED).status_code == 422


def test_somebody_else_at_the_directory_proves_nothing(ange, client, issuer):
    other = bound(issuer)
    enter(client, ange.email)
    assert come_back(client, choose(again(client), other.email)).status_code == 403
    assert client.post(APP, CLAIMED).status_code == 422
    assert client.session["_auth_user_id"] == str(ange.pk)


def test_an_answer_from_before_is_no_new_proof(ange, client, sandbox):
    enter(client, ange.email)
    sandbox.faults(directory="stale")
    assert come_back(client, choose(again(client), ange.email)).status_code == 403
    assert client.post(APP, CLAIMED).status_code == 422
    # To sign in, she need not have shown it this minute.
    sandbox.faults(directory="stale")
    elsewhere = Client()
    enter(elsewhere, ange.email)
    assert is_in(elsewhere)


def test_where_a_second_factor_is_required_the_directorys_own_is_one(ange, client, settings):
    settings.STAFF_SECOND_FACTOR = "required"
    told = {"account_id": ange.pk, "purpose": "refund.decide", "session_key": "here", "at": NOON}
    with pytest.raises(operations.WrongPassword):
        operations.step_up(**told, proof=operations.Proof(vouched="directory"))
    assert operations.step_up(**told, proof=operations.Proof(vouched="second")).pk


def test_the_directory_counts_for_nobody_whom_it_does_not_mean(client, issuer):
    account = staff()
    client.force_login(account)
    assert "/staff/directory/again/" not in text(client.get(APP))
    assert come_back(client, choose(again(client), account.email)).status_code == 403


# --- what ties an account to the directory is ended


def test_who_looks_after_accounts_ends_the_tie(ange, client, it_officer, office):
    Account.objects.filter(pk=ange.pk).update(office_id=office.pk)
    enter(client, ange.email)
    desk = Client()
    desk.force_login(Account.objects.get(pk=it_officer))
    page = f"/staff/people/{ange.pk}/directory/"
    assert page in text(desk.get(f"/staff/people/{ange.pk}/"))
    assert desk.post(page, {"password": "guessed"}).status_code == 422
    assert desk.post(page, {"password": people.PASSWORD}).status_code == 302
    row = DirectorySubject.objects.get(account=ange)
    assert row.ended_at is not None
    assert AuditEntry.objects.get(act="staff.directory_unbound").actor_id == it_officer
    assert client.get("/account/visits/").status_code == 302  # She is out.
    assert enter(Client(), ange.email).status_code == 403
    assert desk.get(page).status_code == 302  # Nothing is left to end.


def test_a_tie_that_was_ended_does_not_come_back_by_the_address(
    ange, it_officer, office, client, settings
):
    settings.DIRECTORY["trusts_email"] = True
    Account.objects.filter(pk=ange.pk).update(office_id=office.pk)
    unbound(ange.pk, it_officer)
    assert enter(client, ange.email).status_code == 403
    assert not is_in(client)
    # Whom it never meant may still come by a trusted address.
    assert enter(client, staff().email).status_code == 302


def unbound(account_id: int, by_id: int) -> None:
    step_up_id = people.stepped_up(by_id, bindings.UNBIND_PURPOSE)
    bindings.unbind(account_id=account_id, by_id=by_id, step_up_id=step_up_id, at=NOON)


def test_the_tie_is_ended_by_another_with_the_right_and_a_proof(ange, it_officer, office):
    Account.objects.filter(pk=ange.pk).update(office_id=office.pk)
    elsewhere = officer("staff.manage", area_code="13")
    with pytest.raises(operations.StepUpRefused):
        bindings.unbind(account_id=ange.pk, by_id=it_officer, step_up_id=0, at=NOON)
    with pytest.raises(NotGranted):
        bindings.unbind(account_id=ange.pk, by_id=elsewhere, step_up_id=0, at=NOON)
    Account.objects.filter(pk=it_officer).update(office_id=office.pk)
    with pytest.raises(operations.SamePerson):
        bindings.unbind(account_id=it_officer, by_id=it_officer, step_up_id=0, at=NOON)
    unbound(ange.pk, it_officer)
    with pytest.raises(bindings.NotBound):
        unbound(ange.pk, it_officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        DirectorySubject.objects.filter(account=ange).update(ended_at=None)


def test_leaving_ends_the_tie(ange, it_officer, office, issuer):
    Account.objects.filter(pk=ange.pk).update(office_id=office.pk)
    people.close_account(account_id=ange.pk, by_id=it_officer, at=NOON)
    assert DirectorySubject.objects.get(account=ange).ended_at == NOON
    # Back by a new invitation, the same entry of the directory may be hers again.
    DirectorySubject.objects.create(
        issuer=issuer, subject=subject(ange.email), account=ange, bound_at=NOON
    )
