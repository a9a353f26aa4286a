from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts import operations
from accounts.models import Account, Invitation
from accounts.policies import NotGranted
from kernel.models import AuditEntry
from tests.accounts.conftest import entry
from tests.accounts.people import officer, person, staff, stepped_up
from tests.accounts.staff.people import BEATRICE, NEW_PASSWORD, invite, join, mailed
from tests.world import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def accept(token: str, at=NOON) -> int:
    return operations.accept_invitation(token=token, password=NEW_PASSWORD, at=at)


def sign_in(account: Account, password: str = NEW_PASSWORD) -> Account:
    return operations.sign_in_staff(
        email=account.email, password=password, address="10.0.0.1", at=NOON
    )


def test_an_invited_person_sets_her_password_and_may_sign_in(it_officer, office):
    account_id = invite(it_officer, office.pk)
    account = Account.objects.get(pk=account_id)
    assert (account.login, account.office_id) == ("beatrice@gasabo.example", office.pk)
    assert account.person.national_id == BEATRICE.national_id
    with pytest.raises(operations.SignInWrong):
        sign_in(account)
    mail = mailed()
    assert operations.invited(token=mail.token, at=NOON).account_id == account_id
    assert accept(mail.token) == account_id
    assert sign_in(account) == account


def test_the_link_is_good_once_for_72_hours_and_only_the_newest(it_officer, office):
    account_id = invite(it_officer, office.pk)
    first = mailed().token
    operations.invite_again(account_id=account_id, by_id=it_officer, at=NOON)
    second = mailed().token
    for token, at, why in [
        ("made up", NOON, "unknown"),
        (first, NOON, "revoked"),
        (second, NOON + timedelta(hours=72), "expired"),
    ]:
        with pytest.raises(operations.InvitationOver, match=why):
            accept(token, at)
    accept(second)
    with pytest.raises(operations.InvitationOver, match="accepted"):
        accept(second)


def test_an_invitation_is_taken_back(it_officer, office):
    account_id = invite(it_officer, office.pk)
    token = mailed().token
    assert operations.revoke_invitation(account_id=account_id, by_id=it_officer, at=NOON)
    assert not operations.revoke_invitation(account_id=account_id, by_id=it_officer, at=NOON)
    with pytest.raises(operations.InvitationOver, match="revoked"):
        accept(token)


def test_a_weak_password_uses_nothing_up(it_officer, office):
    invite(it_officer, office.pk)
    token = mailed().token
    for weak in ("short", "password1234", "Béatrice Mukamana", "beatrice@gasabo.example", ""):
        with pytest.raises(ValidationError):
            operations.accept_invitation(token=token, password=weak, at=NOON)
    accept(token)


def test_only_who_has_the_right_over_the_office_invites(it_officer, office):
    elsewhere = officer("staff.invite", area_code="13")
    for stranger in (elsewhere, officer(), officer("case.decide", area_code="12")):
        with pytest.raises(NotGranted):
            invite(stranger, office.pk)
    with pytest.raises(NotGranted):
        invite(it_officer, None)
    assert invite(it_officer, office.pk)


def test_nobody_invites_herself_or_a_person_twice_or_takes_an_address(it_officer, office):
    hers = Account.objects.get(pk=it_officer).person
    herself = entry(hers.national_id, born_on=hers.born_on)
    with pytest.raises(operations.SamePerson):
        invite(it_officer, office.pk, entry=herself)
    invite(it_officer, office.pk)
    with pytest.raises(operations.PersonHasAccount):
        invite(it_officer, office.pk, email="second@gasabo.example")
    with pytest.raises(operations.EmailTaken):
        invite(it_officer, office.pk, entry=entry("1199078000000203"))
    with pytest.raises(operations.EmailTaken):
        invite(it_officer, office.pk, email=staff().email)


def test_a_lost_password_ends_the_old_one_at_once(it_officer, office):
    account = join(it_officer, office.pk)
    with pytest.raises(NotGranted):
        operations.invite_again(
            account_id=account.pk, by_id=officer("staff.invite", area_code="12"), at=LATER
        )
    operations.invite_again(
        account_id=account.pk,
        by_id=it_officer,
        step_up_id=stepped_up(it_officer, operations.RESET_PASSWORD, LATER),
        at=LATER,
    )
    with pytest.raises(operations.SignInWrong):
        sign_in(account)
    operations.accept_invitation(
        token=mailed(LATER).token, password="a kite in the reeds at dawn", at=LATER
    )
    assert sign_in(account, "a kite in the reeds at dawn") == account


def test_a_mail_is_sent_once_and_one_in_doubt_waits_for_somebody(it_officer, office):
    account_id = invite(it_officer, office.pk)
    until = NOON + timedelta(seconds=8)
    (mail,) = operations.claim_invitations(limit=4, now=NOON, until=until)
    assert operations.claim_invitations(limit=4, now=NOON, until=until) == []
    # The worker died: the mail may have left, and its link is good if it came.
    assert operations.claim_invitations(limit=4, now=until, until=LATER) == []
    assert Invitation.objects.get(account=account_id).mail == "unsure"
    assert accept(mail.token) == account_id


def test_a_mail_that_did_not_leave_is_tried_again_with_another_link(it_officer, office):
    invite(it_officer, office.pk)
    at = NOON
    tokens = set()
    for _ in range(8):
        (mail,) = operations.claim_invitations(limit=1, now=at, until=at + timedelta(seconds=8))
        tokens.add(mail.token)
        operations.record_invitation_mail(
            invitation_id=mail.invitation_id, came=operations.MailState.WAITING, at=at
        )
        at += timedelta(minutes=10)
    assert len(tokens) == 8
    assert operations.claim_invitations(limit=1, now=at, until=at + timedelta(seconds=8)) == []
    assert Invitation.objects.get().mail == "failed"


def test_neither_the_link_nor_the_person_is_in_the_trace_or_the_log(it_officer, office, capsys):
    invite(it_officer, office.pk)
    mail = mailed()
    accept(mail.token)
    said = "".join(capsys.readouterr()) + repr(list(AuditEntry.objects.values())) + repr(mail)
    said += repr(list(Invitation.objects.values("id", "mail")))
    assert "staff.invitation_accepted" in said
    for secret in (mail.token, "beatrice", "Mukamana", BEATRICE.national_id):
        assert secret not in said


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("revoked_at = NULL, revoked_by_id = NULL", "invitation_once"),
        ("expires_at = expires_at + interval '1 hour'", "invitation_once"),
        ("accepted_at = at", "invitation_once"),
    ],
)
def test_postgresql_refuses_to_revive_an_invitation(change, rule, it_officer, office, refused_by):
    account_id = invite(it_officer, office.pk)
    operations.revoke_invitation(account_id=account_id, by_id=it_officer, at=NOON)
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as sql:
        sql.execute(f"UPDATE accounts_invitation SET {change}")
    assert refused_by(refused.value) == rule


def test_postgresql_refuses_what_the_code_refuses(it_officer, office, refused_by):
    her = person()
    inviter = Account.objects.get(pk=it_officer)
    times = {"at": NOON, "due_at": NOON, "expires_at": NOON + timedelta(hours=72)}
    closed = {"is_active": False, "person": her}
    tries = [
        ({"account": staff(person=None), "by": inviter}, "invitation_names_a_person"),
        ({"account": inviter, "by": inviter}, "invitation_by_another"),
        (
            {"account": staff(person=inviter.person, is_active=False), "by": inviter},
            "invitation_by_another",
        ),
        (
            {
                "account": staff(**closed),
                "by": inviter,
                "expires_at": NOON + timedelta(hours=73),
            },
            "invitation_life_limited",
        ),
    ]
    for values, rule in tries:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Invitation.objects.create(**{**times, **values})
        assert refused_by(refused.value) == rule
    staff(person=her)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Invitation.objects.create(account=staff(**closed), by=inviter, **times)
    assert refused_by(refused.value) == "invitation_one_account_a_person"
