"""
What second factors somebody has, who must have one, and what every change of them leaves behind.

Code apps, passkeys and recovery codes are each a file of their own; they come back to this one to
lock the account, to count guesses and to tell.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from accounts.events import FactorChanged
from accounts.limits import limit
from accounts.models import Account, CodeApp, Passkey, RecoveryCode
from accounts.operations import budgets
from accounts.states import AccountKind
from kernel import audit, outbox

log = structlog.get_logger()

REQUIRED = "required"
# What a step-up for changing one's own factors is made for.
CHANGE_PURPOSE = "account.factor"


class NotRight(Exception):
    """A code or passkey that proves nothing: wrong, used, too old, or another's."""


class LastFactor(Exception):
    """Without it she could not sign in any more: she adds another before she removes it."""


class NoSuchFactor(Exception):
    """No factor of hers by this id, or it is removed."""


@dataclass(frozen=True)
class Enrolled:
    """What counts as a second factor of one account, and how many recovery codes are left."""

    code_app: bool
    passkeys: int
    recovery_left: int

    @property
    def count(self) -> int:
        return self.passkeys + self.code_app

    def __bool__(self) -> bool:
        return self.count > 0


def enrolled(account_id: int) -> Enrolled:
    """Return what the account has, by one query."""
    app = CodeApp.objects.filter(account=OuterRef("pk"), **_IN_FORCE)
    found = (
        Account.objects.filter(pk=account_id)
        .annotate(
            has_app=Exists(app),
            keys=Count("passkeys", filter=Q(passkeys__removed_at=None), distinct=True),
            left=Count("recovery_codes", filter=_LEFT, distinct=True),
        )
        .values_list("has_app", "keys", "left")
        .first()
    )
    return Enrolled(*found) if found else Enrolled(False, 0, 0)


_IN_FORCE = {"confirmed_at__isnull": False, "removed_at__isnull": True}
_LEFT = Q(recovery_codes__used_at=None, recovery_codes__ended_at=None)


def required_of(account: Account) -> bool:
    """Return whether this account may do nothing before it has shown a second factor."""
    return account.kind == AccountKind.STAFF and settings.STAFF_SECOND_FACTOR == REQUIRED


def lock(account_id: int) -> Account:
    """Lock the account, so that its factors change one after the other; inside a transaction."""
    return Account.objects.select_for_update(no_key=True).get(pk=account_id, is_active=True)


def allow_removal(account: Account) -> Enrolled:
    """
    Return what the locked account has, one of which is to go.

    :raises LastFactor: if she must keep one and has no other
    """
    has = enrolled(account.pk)
    if has.count <= 1 and required_of(account):
        raise LastFactor
    return has


def spend_guess(account_id: int, address: str, *, at: datetime) -> None:
    """
    Count a code or passkey that is about to be looked at; outside any transaction.

    :param address: of the network; "" for a step-up, which belongs to a signed-in session
    :raises BudgetSpent: while too many were wrong
    """
    budgets.spend(limit("factor.pair"), f"{account_id} {address}", at=at)
    budgets.spend(limit("factor.account"), str(account_id), at=at)
    if address:
        budgets.spend(limit("factor.address"), address, at=at)


def forgive_guess(account_id: int, address: str) -> None:
    """Uncount what turned out to be right."""
    budgets.forget(limit("factor.pair"), f"{account_id} {address}")
    budgets.give_back(limit("factor.account"), str(account_id))
    if address:
        budgets.give_back(limit("factor.address"), address)


def refuse(account_id: int, what: str, *, at: datetime) -> NotRight:
    """Record a wrong one and return what to raise; outside a transaction that rolls back."""
    audit.record(
        act="factor.refused",
        actor_id=account_id,
        subject="accounts.account",
        subject_id=account_id,
        detail={"what": what},
        at=at,
    )
    log.warning("factor.refused", account_id=account_id, what=what)
    return NotRight()


def changed(
    account_id: int, act: str, *, by_id: int | None, what: int | None, at: datetime
) -> None:
    """Record a change of her factors and tell its holder; in the transaction that makes it."""
    audit.record(
        act=act,
        actor_id=by_id,
        subject="accounts.account",
        subject_id=account_id,
        detail={"factor_id": what},
        at=at,
    )
    outbox.publish(FactorChanged(subject_id=account_id, occurred_at=at))
    log.info(act, account_id=account_id, factor_id=what)


def end_all(account_id: int, *, by_id: int, at: datetime) -> None:
    """Take everything away from whoever lost it all; inside a transaction."""
    with transaction.atomic():
        lock(account_id)
        CodeApp.objects.filter(account=account_id, removed_at=None).update(
            removed_at=at, secret=None
        )
        Passkey.objects.filter(account=account_id, removed_at=None).update(removed_at=at)
        end_recovery(account_id, at=at)
        changed(account_id, "factor.all_removed", by_id=by_id, what=None, at=at)


def end_recovery(account_id: int, *, at: datetime) -> None:
    """End the recovery codes that are left; inside a transaction."""
    RecoveryCode.objects.filter(account=account_id, used_at=None, ended_at=None).update(ended_at=at)
