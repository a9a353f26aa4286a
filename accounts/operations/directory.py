"""Whom the state's directory vouches for, and which account that is."""

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Q

from accounts import policies
from accounts.gateways.directory import Vouched
from accounts.models import Account, DirectorySubject
from accounts.operations.accepting import lock_invited, open_account
from accounts.operations.inviting import require_over
from accounts.operations.using_up import consume_step_up
from accounts.operations.visiting import end_visits
from accounts.queries import SamePerson, same_hands
from accounts.states import AccountKind
from kernel import audit

log = structlog.get_logger()


UNBIND_PURPOSE = "account.unbind"


class NotKnownHere(Exception):
    """The directory vouches for somebody who has no active account here."""


class NotBound(Exception):
    """The directory means nobody by this account."""


def sign_in_vouched(*, vouched: Vouched, trusts_email: bool, at: datetime) -> Account:
    """
    Return the account that the directory's subject is bound to.

    With `trusts_email`, an address that the directory has verified binds a subject whom we meet
    for the first time to the active account of that address, if nobody is bound to it.

    :raises NotKnownHere: whatever else
    """
    with transaction.atomic():
        account = _bound(vouched)
        if account is None and trusts_email and vouched.verified_email:
            login = vouched.verified_email.strip().lower()
            account = Account.objects.select_for_update().filter(login=login).first()
            if account is not None and _is_free(account, vouched):
                _bind(account, vouched, at=at)
            else:
                account = None
        known = account is not None and _may_enter(account)
        audit.record(
            act="staff.vouched" if known else "staff.sign_in_refused",
            actor_id=account.pk if account and known else None,
            subject="accounts.account",
            subject_id=account.pk if account else None,
            detail={"by": "directory", "second": vouched.has_second},
            at=at,
        )
    if account is None or not known:
        log.warning("staff.sign_in_refused", account_id=account.pk if account else None)
        raise NotKnownHere
    log.info("staff.vouched", account_id=account.pk)
    return account


def accept_vouched(*, vouched: Vouched, token: str, at: datetime) -> Account:
    """
    Open the account that the link invites to, bound to the directory's subject.

    :raises InvitationOver: as `accept_invitation`
    :raises NotKnownHere: if the subject is bound to another account, or the account to another
    """
    with transaction.atomic():
        account = lock_invited(token=token, at=at)
        bound = _bound(vouched)
        if (
            bound is None
            and DirectorySubject.objects.filter(
                account=account, issuer=vouched.issuer, ended_at=None
            ).exists()
        ):
            raise NotKnownHere
        if bound is not None and bound.pk != account.pk:
            raise NotKnownHere
        if bound is None:
            _bind(account, vouched, at=at)
        open_account(account, token=token, at=at, way="directory")
    return account


def unbind(*, account_id: int, by_id: int, step_up_id: int, at: datetime) -> None:
    """
    End that the directory means this account: whoever it vouches for signs in here no longer.

    An address that the directory verifies does not bind the same subject to it again: only a new
    invitation does.

    :param step_up_id: that whoever ends it has just proved who she is, for `UNBIND_PURPOSE`
    :raises accounts.policies.NotGranted: without `staff.manage` over her office's area
    :raises SamePerson: nobody ends her own
    :raises NotBound: if it means nobody here
    :raises StepUpRefused: without a fresh proof
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id, kind=AccountKind.STAFF)
        require_over(account.office_id, by_id, policies.MANAGE_STAFF.code, at=at)
        if same_hands(account_id, by_id):
            raise SamePerson
        if not DirectorySubject.objects.filter(account=account, ended_at=None).exists():
            raise NotBound(account_id)
        consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=UNBIND_PURPOSE, at=at)
        end_bindings(account_id, by_id=by_id, at=at)
        end_visits(account_id=account_id, reason="unbound", at=at)


def end_bindings(account_id: int, *, by_id: int, at: datetime) -> None:
    """End whatever the directory means by this account; inside a transaction."""
    bound = DirectorySubject.objects.filter(account_id=account_id, ended_at=None)
    for subject_id in bound.values_list("pk", flat=True):
        audit.record(
            act="staff.directory_unbound",
            actor_id=by_id,
            subject="accounts.directorysubject",
            subject_id=subject_id,
            detail={"account_id": account_id},
            at=at,
        )
    bound.update(ended_at=at)


def is_bound(account_id: int) -> bool:
    """Say whether the directory vouches for this account."""
    return DirectorySubject.objects.filter(account_id=account_id, ended_at=None).exists()


def vouch_again(*, account_id: int, vouched: Vouched, at: datetime) -> None:
    """
    Record that the directory has just asked her again who she is.

    :raises NotKnownHere: if it was somebody else, or she has no active account any more
    """
    bound = _bound(vouched)
    if bound is None or bound.pk != account_id or not _may_enter(bound):
        log.warning("staff.vouch_again_refused", account_id=account_id)
        raise NotKnownHere
    audit.record(
        act="staff.vouched_again",
        actor_id=account_id,
        subject="accounts.account",
        subject_id=account_id,
        detail={"second": vouched.has_second},
        at=at,
    )


def _bound(vouched: Vouched) -> Account | None:
    found = DirectorySubject.objects.filter(
        issuer=vouched.issuer, subject=vouched.subject, ended_at=None
    ).select_related("account")
    row = found.first()
    return row.account if row else None


def _bind(account: Account, vouched: Vouched, *, at: datetime) -> None:
    bound = DirectorySubject.objects.create(
        issuer=vouched.issuer, subject=vouched.subject, account=account, bound_at=at
    )
    audit.record(
        act="staff.directory_bound",
        actor_id=account.pk,
        subject="accounts.directorysubject",
        subject_id=bound.pk,
        detail={"account_id": account.pk},
        at=at,
    )


def _is_free(account: Account, vouched: Vouched) -> bool:
    """Say whether nobody is bound to it, and this subject was not and then unbound by somebody."""
    bound = DirectorySubject.objects.filter(
        Q(ended_at=None) | Q(subject=vouched.subject), account=account, issuer=vouched.issuer
    )
    return _may_enter(account) and not bound.exists()


def _may_enter(account: Account) -> bool:
    return account.is_active and account.kind == AccountKind.STAFF and not account.is_superuser
