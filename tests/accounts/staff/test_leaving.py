from datetime import timedelta

import pytest
from django.test import Client

from accounts import operations, policies
from accounts.models import Account, CodeApp, Grant
from accounts.operations import factors
from accounts.policies import NotGranted
from kernel.models import AuditEntry, EventRow
from tests.accounts import people
from tests.accounts.browsing import staff_in
from tests.accounts.people import officer, staff
from tests.accounts.staff.people import NEW_PASSWORD, join, mailed
from tests.world import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def invite_again(account_id: int, by_id: int) -> None:
    operations.invite_again(
        account_id=account_id,
        by_id=by_id,
        step_up_id=people.stepped_up(by_id, operations.RESET_PASSWORD, LATER),
        at=LATER,
    )


def close(account_id: int, by_id: int, at=LATER) -> None:
    people.close_account(account_id=account_id, by_id=by_id, at=at)


def test_who_leaves_is_out_everywhere_and_may_nothing(it_officer, office, client):
    account = join(it_officer, office.pk)
    giver, confirmer = people.givers(NOON)
    Grant.objects.create(
        account=account,
        act="case.decide",
        from_at=NOON,
        given_by=giver,
        given_at=NOON,
        confirmed_by=confirmer,
        confirmed_at=NOON,
    )
    staff_in(client, account, NEW_PASSWORD)
    assert operations.leaving(account.pk) == operations.Leaving(rights=1, visits=1)
    close(account.pk, it_officer)
    assert client.get("/account/visits/").status_code == 302
    assert staff_in(Client(), account, NEW_PASSWORD).status_code == 200
    assert not policies.may(account_id=account.pk, act="case.decide", area_code=None, at=LATER)
    assert Grant.objects.get(account=account).ended_at == LATER
    told = EventRow.objects.get(name="accounts.account.closed")
    assert told.payload["subject_id"] == account.pk
    assert AuditEntry.objects.get(act="account.closed").actor_id == it_officer
    with pytest.raises(operations.ClosedAlready):
        close(account.pk, it_officer)


def test_only_who_manages_the_area_closes_an_account(it_officer, office):
    account = join(it_officer, office.pk)
    strangers = (
        officer(),
        officer("staff.invite", area_code="12"),
        officer("staff.manage", area_code="13"),
        officer("case.decide", area_code="12"),
    )
    for stranger in strangers:
        with pytest.raises(NotGranted):
            close(account.pk, stranger)
    of_the_country = staff()
    with pytest.raises(NotGranted):
        close(of_the_country.pk, it_officer)
    close(account.pk, it_officer)


def test_a_link_that_waits_in_the_mail_ends_with_the_account(it_officer, office):
    account = join(it_officer, office.pk)
    invite_again(account.pk, it_officer)
    token = mailed(LATER).token
    close(account.pk, it_officer)
    with pytest.raises(operations.InvitationOver, match="revoked"):
        operations.accept_invitation(token=token, password=NEW_PASSWORD, at=LATER)


def test_who_comes_back_is_invited_anew_and_gets_no_right_with_it(it_officer, office):
    account = join(it_officer, office.pk)
    close(account.pk, it_officer)
    operations.invite_again(account_id=account.pk, by_id=it_officer, at=LATER)
    operations.accept_invitation(token=mailed(LATER).token, password=NEW_PASSWORD, at=LATER)
    assert Account.objects.get(pk=account.pk).is_active
    assert not Grant.objects.filter(account=account, ended_at=None).exists()


def test_nobody_is_closed_or_reset_without_a_fresh_proof(it_officer, office):
    account = join(it_officer, office.pk)
    other = people.stepped_up(it_officer, operations.RESET_PASSWORD, LATER)
    with pytest.raises(operations.StepUpRefused):
        operations.close_account(
            account_id=account.pk, by_id=it_officer, step_up_id=other, at=LATER
        )
    with pytest.raises(operations.StepUpRefused):
        operations.invite_again(account_id=account.pk, by_id=it_officer, at=LATER)
    account.refresh_from_db()
    assert account.is_active
    invite_again(account.pk, it_officer)
    close(account.pk, it_officer)


def test_her_second_factors_end_with_the_account(it_officer, office):
    account = join(it_officer, office.pk)
    CodeApp.objects.create(
        account=account, secret="JBSWY3DPEHPK3PXP", begun_at=NOON, confirmed_at=NOON, last_step=1
    )
    assert factors.enrolled(account.pk)
    close(account.pk, it_officer)
    assert not factors.enrolled(account.pk)
    assert CodeApp.objects.get().secret is None
