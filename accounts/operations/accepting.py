"""The link of an invitation, from the mailbox to the open account: it is used once."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Account, Invitation
from accounts.operations.inviting import record
from accounts.operations.rights import lock_accounts
from accounts.operations.visiting import end_visits
from kernel.crypto import keyed_hash


class InvitationOver(Exception):
    """No such link, or it was used, revoked or expired: `why` says which."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Invited:
    """For whom an open link is."""

    invitation_id: int
    account_id: int
    name: str = field(repr=False)
    email: str = field(repr=False)
    expires_at: datetime


def invited(*, token: str, at: datetime) -> Invited:
    """
    Return for whom the link is.

    :raises InvitationOver: "unknown", "accepted", "revoked" or "expired"
    """
    return _invited(_of(token, Invitation.objects.all()), at=at)


def accept_invitation(*, token: str, password: str, at: datetime) -> int:
    """
    Open the account under a password of hers, use the link up, and return the account's id.

    :raises InvitationOver: as `invited`
    :raises django.core.exceptions.ValidationError: if the password is too weak
    """
    with transaction.atomic():
        account = lock_invited(token=token, at=at)
        validate_password(password, account)
        account.set_password(password)
        open_account(account, token=token, at=at, way="password")
    return account.pk


def lock_invited(*, token: str, at: datetime) -> Account:
    """Return the account that an open link is for, locked; raises as `invited`."""
    found = invited(token=token, at=at)
    lock_accounts(found.account_id)
    _invited(_of(token, Invitation.objects.select_for_update(of=("self",))), at=at)
    return Account.objects.get(pk=found.account_id)


def open_account(account: Account, *, token: str, at: datetime, way: str) -> None:
    """Use the link up and save the account as active; called under the lock of `lock_invited`."""
    account.is_active = True
    account.save(update_fields=["password", "is_active"])
    Invitation.objects.filter(token_hash=token_hash(token)).update(accepted_at=at)
    end_visits(account_id=account.pk, reason="reset", at=at)
    record("staff.invitation_accepted", account.pk, by_id=account.pk, at=at, way=way)


def token_hash(token: str) -> bytes:
    """Return what is kept of a link's secret."""
    return keyed_hash("invitation", token)


def _of(token: str, rows: QuerySet[Invitation]) -> Invitation | None:
    return rows.filter(token_hash=token_hash(token)).select_related("account").first()


def _invited(row: Invitation | None, *, at: datetime) -> Invited:
    if row is None:
        raise InvitationOver("unknown")
    if row.accepted_at is not None:
        raise InvitationOver("accepted")
    if row.revoked_at is not None:
        raise InvitationOver("revoked")
    if at >= row.expires_at:
        raise InvitationOver("expired")
    return Invited(
        invitation_id=row.pk,
        account_id=row.account_id,
        name=row.account.display_name,
        email=row.account.email or "",
        expires_at=row.expires_at,
    )
