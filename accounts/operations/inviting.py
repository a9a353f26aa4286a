"""
How staff come: somebody with the right invites, a mail carries the link, she sets her password.

Nobody but the holder of the mailbox ever sees the link (`mailing`, `accepting`).
"""

from datetime import datetime

import psycopg
import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import policies
from accounts.events import InvitationMade
from accounts.models import INVITATION_LIFE, Account, Invitation
from accounts.operations.persons import know_person
from accounts.operations.rights import lock_accounts
from accounts.operations.staff import EmailTaken
from accounts.operations.using_up import consume_step_up
from accounts.operations.visiting import end_visits
from accounts.queries import SamePerson, same_hands
from accounts.states import AccountKind
from kernel import audit, outbox
from places import queries as places
from registers.entries import PersonEntry

log = structlog.get_logger()

RESET_PASSWORD = "password.reset"  # noqa: S105

OPEN = Q(accepted_at=None, revoked_at=None)
"""Neither used nor taken back; it may have expired."""


class PersonHasAccount(Exception):
    """She has an account, or is invited to one: one person, one account of staff."""


class CannotInvite(Exception):
    """The account names no person, or is a superuser's."""


def invite(
    *,
    by_id: int,
    email: str,
    name: str,
    entry: PersonEntry,
    office_id: int | None,
    language: str,
    at: datetime,
) -> int:
    """
    Invite a person of the register to an account at this address, and return the account's id.

    A closed account of hers at this address opens again when she accepts.

    :param office_id: None for somebody who serves the whole country
    :raises accounts.policies.NotGranted: without the right over the office's area
    :raises EmailTaken: if the address is an active account's, or another person's
    :raises SamePerson: if she invites herself
    :raises PersonHasAccount: if the person has another account
    """
    login = email.strip().lower()
    with transaction.atomic():
        require_over(office_id, by_id, policies.INVITE_STAFF.code, at=at)
        # Accounts before persons, and in the order of their ids: as the trigger does.
        known_id = Account.objects.filter(login=login).values_list("pk", flat=True).first()
        lock_accounts(by_id, *([known_id] if known_id else []))
        person_id = know_person(entry=entry, at=at)
        account = Account.objects.filter(pk=known_id).first() if known_id else None
        if account is None:
            account = Account(kind=AccountKind.STAFF, login=login, email=login, person_id=person_id)
            account.set_unusable_password()
        elif account.is_active or account.person_id != person_id or account.is_superuser:
            raise EmailTaken
        account.is_active = False
        account.display_name, account.office_id, account.language = name, office_id, language
        try:
            with transaction.atomic():
                account.save()
        except IntegrityError:
            raise EmailTaken from None  # Somebody else was quicker.
        _make(account, by_id=by_id, at=at)
    return account.pk


def invite_again(
    *, account_id: int, by_id: int, at: datetime, step_up_id: int | None = None
) -> None:
    """
    Send a new link: to who has not accepted, whose account was closed, or whose password is lost.

    An earlier link is good no more. An active account can be entered by its old password no more,
    and all its visits end; its rights and its second factor stay.

    :param step_up_id: for an active account: a fresh proof of who asks, for `RESET_PASSWORD`
    :raises accounts.policies.NotGranted: without the right over her office's area
    :raises CannotInvite, SamePerson, PersonHasAccount:
    :raises StepUpRefused: for an active account without a fresh proof
    """
    with transaction.atomic():
        lock_accounts(account_id, by_id)
        account = Account.objects.get(pk=account_id, kind=AccountKind.STAFF)
        act = policies.MANAGE_STAFF if account.is_active else policies.INVITE_STAFF
        require_over(account.office_id, by_id, act.code, at=at)
        if account.is_active:
            consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=RESET_PASSWORD, at=at)
            account.set_unusable_password()
            account.save(update_fields=["password"])
            end_visits(account_id=account_id, reason="reset", at=at)
        _make(account, by_id=by_id, at=at)


def revoke_invitation(*, account_id: int, by_id: int, at: datetime) -> bool:
    """
    Take the account's open link back; False if there is none.

    :raises accounts.policies.NotGranted: without the right over her office's area
    """
    with transaction.atomic():
        lock_accounts(account_id, by_id)
        account = Account.objects.get(pk=account_id, kind=AccountKind.STAFF)
        require_over(account.office_id, by_id, policies.INVITE_STAFF.code, at=at)
        return _revoke_open(account_id, by_id=by_id, at=at) > 0


def require_over(office_id: int | None, by_id: int, act: str, *, at: datetime) -> None:
    """:raises accounts.policies.NotGranted: without the act over the office's area"""
    area = places.office(office_id).area if office_id is not None else None
    policies.require(
        account_id=by_id, act=act, area_code=area.code if area is not None else None, at=at
    )


def _make(account: Account, *, by_id: int, at: datetime) -> None:
    if account.person_id is None or account.is_superuser:
        raise CannotInvite(account.pk)
    if same_hands(account.pk, by_id):
        raise SamePerson
    _refuse_second(account, account.person_id, at=at)
    _revoke_open(account.pk, by_id=by_id, at=at)
    try:
        with transaction.atomic():
            made = Invitation.objects.create(
                account=account, by_id=by_id, at=at, expires_at=at + INVITATION_LIFE, due_at=at
            )
    except IntegrityError as refused:
        # Somebody else invited her in the same instant; PostgreSQL locks her person and looks.
        if _rule(refused) != "invitation_one_account_a_person":
            raise
        raise PersonHasAccount(account.person_id) from None
    record("staff.invited", account.pk, by_id=by_id, at=at, again=account.is_active)
    outbox.publish(InvitationMade(subject_id=made.pk, occurred_at=at))


def _refuse_second(account: Account, person_id: int, *, at: datetime) -> None:
    others = Account.objects.filter(person_id=person_id).exclude(pk=account.pk)
    waiting = Invitation.objects.filter(OPEN, account__in=others, expires_at__gt=at)
    if others.filter(is_active=True).exists() or waiting.exists():
        raise PersonHasAccount(person_id)


def _rule(error: IntegrityError) -> str:
    told = error.__cause__
    return (told.diag.constraint_name or "") if isinstance(told, psycopg.Error) else ""


def _revoke_open(account_id: int, *, by_id: int, at: datetime) -> int:
    count = Invitation.objects.filter(OPEN, account_id=account_id).update(
        revoked_by_id=by_id, revoked_at=at
    )
    if count:
        record("staff.invitation_revoked", account_id, by_id=by_id, at=at)
    return count


def record(act: str, account_id: int, *, by_id: int, at: datetime, **detail: str | bool) -> None:
    """Keep what was done about an account, without a name."""
    audit.record(
        act=act,
        actor_id=by_id,
        subject="accounts.account",
        subject_id=account_id,
        detail=detail,
        at=at,
    )
    log.info(act, account_id=account_id, by_id=by_id)
