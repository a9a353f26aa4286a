"""
Invitations on their way by mail: once-only, as every message.

The secret in the link is drawn when it is sent, handed to whoever sends it, and kept by nobody.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from accounts.models import Invitation
from accounts.operations.accepting import token_hash
from accounts.operations.inviting import OPEN
from accounts.states import MailState

log = structlog.get_logger()

ATTEMPTS_MAX = 8
_TRY_AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class OutgoingInvitation:
    """A mail that its holder, and nobody else, sends now."""

    invitation_id: int
    to: str = field(repr=False)
    name: str = field(repr=False)
    language: str
    token: str = field(repr=False)
    expires_at: datetime


def claim_invitations(*, limit: int, now: datetime, until: datetime) -> list[OutgoingInvitation]:
    """
    Take up to `limit` invitations to mail, each with a link drawn anew, to send before `until`.

    Those whose time ran out may have left: they are UNSURE and are not sent again by themselves.
    Call outside a transaction: SENDING must be committed before the server hears of it.
    """
    with transaction.atomic():
        rows = Invitation.objects.select_for_update(skip_locked=True, of=("self",))
        Invitation.objects.filter(OPEN, mail=MailState.SENDING, lease_until__lte=now).update(
            mail=MailState.UNSURE, lease_until=None
        )
        waiting = rows.filter(
            OPEN, mail=MailState.WAITING, due_at__lte=now, expires_at__gt=now
        ).select_related("account")
        claimed = []
        for row in waiting.order_by("due_at", "id")[:limit]:
            token = secrets.token_urlsafe(32)
            row.token_hash = token_hash(token)
            row.mail, row.lease_until = MailState.SENDING, until
            row.attempts += 1
            row.save(update_fields=["token_hash", "mail", "lease_until", "attempts"])
            claimed.append(
                OutgoingInvitation(
                    invitation_id=row.pk,
                    to=row.account.email or "",
                    name=row.account.display_name,
                    language=row.account.language,
                    token=token,
                    expires_at=row.expires_at,
                )
            )
    return claimed


def record_invitation_mail(*, invitation_id: int, came: MailState, at: datetime) -> None:
    """
    Record what became of the mail: SENT, UNSURE, FAILED for good, or WAITING to be tried again.

    One that surely did not leave is tried ATTEMPTS_MAX times.
    """
    with transaction.atomic():
        row = Invitation.objects.select_for_update().get(pk=invitation_id)
        if row.mail != MailState.SENDING or row.accepted_at or row.revoked_at:
            return  # Its lease had ended, or nobody waits for it any more.
        if came == MailState.WAITING and row.attempts >= ATTEMPTS_MAX:
            came = MailState.FAILED
        row.mail, row.lease_until = came, None
        row.due_at = at + _TRY_AGAIN_AFTER * row.attempts
        row.save(update_fields=["mail", "lease_until", "due_at"])
    log.info("staff.invitation_mail", invitation_id=invitation_id, came=came.value)
