"""Proving again who she is: for one purpose, in one session, once, for five minutes."""

from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction

from accounts.limits import limit
from accounts.models import STEP_UP_LIFE, Account, StepUp
from accounts.operations import budgets, factors, passkeys, passwords, second
from accounts.operations.using_up import StepUpRefused, consume_step_up, session_hash
from accounts.states import AccountKind
from kernel import audit

__all__ = [
    "Proof",
    "StepUpRefused",
    "WrongPassword",
    "WrongProof",
    "consume_step_up",
    "passkey_purpose",
    "step_up",
]

log = structlog.get_logger()


class WrongPassword(Exception):
    """Not her password."""


class WrongProof(WrongPassword):
    """She has a second factor, and what she showed is not both: which of them is not told."""


@dataclass(frozen=True)
class Proof:
    """
    What she showed: a password, with it the code of her app or a recovery code; or a passkey.

    `passkey` is the browser's answer in JSON, `binding` the secret of the browser's session.
    `vouched` says that the state's directory has just asked her anew, in place of a password:
    "directory", or "second" where it asked for a second factor too. Only a page that kept its
    answer sets it.
    """

    password: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    passkey: str = field(default="", repr=False)
    binding: str = field(default="", repr=False)
    vouched: str = ""


VOUCHED_SECOND = "second"


def passkey_purpose(purpose: str) -> str:
    """Return what a passkey's challenge for a step-up is drawn for."""
    return f"step-up {purpose}"


def step_up(
    *,
    account_id: int,
    purpose: str,
    session_key: str,
    at: datetime,
    password: str = "",
    proof: Proof | None = None,
) -> StepUp:
    """
    Write that she proved again who she is, for this purpose, in this session.

    A password alone does where no factor is enrolled, and none is required; with an app its code
    stands beside the password; a passkey is two factors by itself. Good for five minutes and one
    use.

    :param password: short for a proof by password alone
    :raises WrongPassword: if it is not hers
    :raises WrongProof: if what she showed is not right, or not enough
    :raises BudgetSpent: after five wrong ones in a quarter of an hour
    """
    proof = proof or Proof(password=password)
    account = Account.objects.filter(pk=account_id, kind=AccountKind.STAFF, is_active=True).first()
    has = factors.enrolled(account_id)
    budgets.spend(limit("password.pair"), f"step-up {account_id}", at=at)
    how = _shown(account, has, proof, purpose, at=at)
    if account is None or not how:
        audit.record(
            act="staff.step_up_refused",
            actor_id=account_id,
            subject="accounts.account",
            subject_id=account_id,
            detail={"purpose": purpose},
            at=at,
        )
        log.warning("staff.step_up_refused", account_id=account_id, purpose=purpose)
        raise WrongProof if has else WrongPassword
    budgets.forget(limit("password.pair"), f"step-up {account_id}")
    with transaction.atomic():
        made = StepUp.objects.create(
            account=account,
            purpose=purpose,
            at=at,
            expires_at=at + STEP_UP_LIFE,
            session_hash=session_hash(session_key),
        )
        audit.record(
            act="staff.stepped_up",
            actor_id=account_id,
            subject="accounts.stepup",
            subject_id=made.pk,
            detail={"purpose": purpose, "by": how},
            at=at,
        )
    return made


def _shown(
    account: Account | None, has: factors.Enrolled, proof: Proof, purpose: str, *, at: datetime
) -> str:
    """Return by what she proved who she is, or ""."""
    if account is None:
        # The same work as for a real account.
        return "password" if passwords.matches(None, proof.password) else ""
    try:
        if proof.passkey:
            passkeys.accept(
                account_id=account.pk,
                answer=proof.passkey,
                purpose=passkey_purpose(purpose),
                binding=proof.binding,
                at=at,
            )
            return "passkey"
        if not proof.vouched and not passwords.matches(account, proof.password):
            return ""
        if proof.vouched == VOUCHED_SECOND:
            return "directory"
        if has:
            # Looked at after the password: a stranger without it uses no code up.
            return second.accept_code(account_id=account.pk, typed=proof.code, address="", at=at)
    except factors.NotRight:
        return ""
    # Where factors are required and she has none, she steps up only to get one.
    is_enough = (
        settings.STAFF_SECOND_FACTOR != factors.REQUIRED or purpose == factors.CHANGE_PURPOSE
    )
    shown = "directory" if proof.vouched else "password"
    return shown if is_enough else ""
