"""The second showing of the password: for one purpose, in one session, once, for five minutes."""

from datetime import datetime

import structlog
from django.db import transaction

from accounts.limits import limit
from accounts.models import STEP_UP_LIFE, Account, StepUp
from accounts.operations import budgets, passwords
from accounts.states import AccountKind
from kernel import audit
from kernel.crypto import blind_index

log = structlog.get_logger()


class StepUpRefused(Exception):
    """No such step-up of hers for this purpose, or it is used, or older than five minutes."""


class WrongPassword(Exception):
    """Not her password."""


def step_up(
    *, account_id: int, password: str, purpose: str, session_key: str, at: datetime
) -> StepUp:
    """
    Write that she showed her password again, for this purpose, in this session.

    Good for five minutes and one use.

    :raises WrongPassword: if it is not hers
    :raises BudgetSpent: after five wrong ones in a quarter of an hour
    """
    account = Account.objects.filter(pk=account_id, kind=AccountKind.STAFF, is_active=True).first()
    budgets.spend(limit("password.pair"), f"step-up {account_id}", at=at)
    if not passwords.matches(account, password) or account is None:
        audit.record(
            act="staff.step_up_refused",
            actor_id=account_id,
            subject="accounts.account",
            subject_id=account_id,
            detail={"purpose": purpose},
            at=at,
        )
        log.warning("staff.step_up_refused", account_id=account_id, purpose=purpose)
        raise WrongPassword
    budgets.forget(limit("password.pair"), f"step-up {account_id}")
    with transaction.atomic():
        made = StepUp.objects.create(
            account=account,
            purpose=purpose,
            at=at,
            expires_at=at + STEP_UP_LIFE,
            session_hash=_session_hash(session_key),
        )
        audit.record(
            act="staff.stepped_up",
            actor_id=account_id,
            subject="accounts.stepup",
            subject_id=made.pk,
            detail={"purpose": purpose},
            at=at,
        )
    return made


def consume_step_up(
    *,
    step_up_id: int | None,
    account_id: int,
    purpose: str,
    at: datetime,
    session_key: str | None = None,
) -> None:
    """
    Use the step-up up, inside the caller's transaction: if that rolls back, it is unused again.

    `session_key` is given by whoever made the step-up in an earlier request than this one.

    :param step_up_id: None where she showed nothing
    :raises StepUpRefused: if there is none, or it is another's, for another purpose or
        session, used, or too old
    """
    with transaction.atomic():
        shown = StepUp.objects.select_for_update().filter(pk=step_up_id or 0, purpose=purpose)
        found = shown.filter(account_id=account_id, account__is_active=True).first()
        good = (
            found is not None
            and found.used_at is None
            and found.at <= at < found.expires_at
            and (session_key is None or bytes(found.session_hash) == _session_hash(session_key))
        )
        if found is None or not good:
            raise StepUpRefused(step_up_id)
        found.used_at = at
        found.save(update_fields=["used_at"])


def _session_hash(session_key: str) -> bytes:
    return blind_index("session", session_key)
