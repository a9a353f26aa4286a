"""How staff leave: rights, visits and invitations end at once; keys and cases follow by event."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F, Q

from accounts import policies
from accounts.events import AccountClosed
from accounts.models import Account, Agent, FactorReset, Grant, Invitation, Visit
from accounts.operations import factors
from accounts.operations.directory import end_bindings
from accounts.operations.inviting import require_over
from accounts.operations.rights import lock_accounts, refuse_last
from accounts.operations.using_up import consume_step_up
from accounts.operations.visiting import end_visits
from accounts.states import AccountKind
from kernel import audit, outbox

log = structlog.get_logger()

CLOSE_ACCOUNT = "account.close"
_CLOSED = "The account was closed."


class ClosedAlready(Exception):
    """The account is closed."""


@dataclass(frozen=True)
class Leaving:
    """What ends with an account."""

    rights: int
    visits: int


def leaving(account_id: int) -> Leaving:
    """Return what would end now; keys and cases are told of by the floors above."""
    return Leaving(
        rights=Grant.objects.filter(account_id=account_id, ended_at=None).count(),
        visits=Visit.objects.filter(account_id=account_id, ended_at=None).count(),
    )


def close_account(*, account_id: int, by_id: int, step_up_id: int, at: datetime) -> None:
    """
    End a staff account now: she is signed out with her next page, and her rights end.

    `AccountClosed` then suspends her keys and lets her cases go on. Whoever comes back is invited
    anew, gets none of her rights with it, and enrols new factors.

    :param step_up_id: that whoever closes has just proved who she is, for `CLOSE_ACCOUNT`
    :raises accounts.policies.NotGranted: without `staff.manage` over her office's area
    :raises ClosedAlready: if it is closed, and nobody is invited to it
    :raises StepUpRefused: without a fresh proof
    :raises LastHolder: if nobody else could give rights, or confirm them, over the whole country
    """
    open_grants = Grant.objects.filter(account_id=account_id, ended_at__isnull=True)
    with transaction.atomic():
        # The trigger locks whom each grant names: taken together, and before, in one order.
        named = open_grants.values_list("given_by_id", "confirmed_by_id")
        lock_accounts(account_id, by_id, *{pk for pair in named for pk in pair if pk})
        account = Account.objects.get(pk=account_id, kind=AccountKind.STAFF)
        require_over(account.office_id, by_id, policies.MANAGE_STAFF.code, at=at)
        open_links = Invitation.objects.filter(
            Q(accepted_at=None, revoked_at=None), account_id=account_id
        )
        revoked = open_links.update(revoked_by_id=by_id, revoked_at=at)
        if not account.is_active and not revoked:
            raise ClosedAlready(account_id)
        consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=CLOSE_ACCOUNT, at=at)
        refuse_last(list(open_grants), at=at)
        if account.is_active:
            factors.end_all(account_id, by_id=by_id, at=at)
        end_visits(account_id=account_id, reason="closed", at=at)
        account.is_active = False
        account.set_unusable_password()
        account.save(update_fields=["is_active", "password"])
        open_grants.update(ended_by_id=by_id, ended_at=at)
        end_bindings(account_id, by_id=by_id, at=at)
        _end_what_she_began(account_id, by_id=by_id, at=at)
        audit.record(
            act="account.closed",
            actor_id=by_id,
            subject="accounts.account",
            subject_id=account_id,
            at=at,
        )
        outbox.publish(AccountClosed(subject_id=account_id, occurred_at=at))
    log.info("account.closed", account_id=account_id)


def _end_what_she_began(account_id: int, *, by_id: int, at: datetime) -> None:
    """End her licences to help, and what others could still finish in her name."""
    Agent.objects.filter(account_id=account_id, ended_at=None).update(
        ended_by_id=by_id, ended_at=at, ended_because=_CLOSED
    )
    Invitation.objects.filter(by_id=account_id, accepted_at=None, revoked_at=None).update(
        revoked_by_id=by_id, revoked_at=at
    )
    FactorReset.objects.filter(asked_by_id=account_id, decided_at=None).update(
        approved=False, decided_by=F("asked_by"), decided_at=at
    )
