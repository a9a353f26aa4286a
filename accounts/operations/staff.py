"""Staff: their accounts, and signing in with a password."""

from collections.abc import Collection
from datetime import datetime

import structlog
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from accounts.limits import limit
from accounts.models import Account
from accounts.operations import budgets, passwords
from accounts.operations.using_up import consume_step_up
from accounts.operations.visiting import end_visits
from accounts.states import AccountKind
from kernel import audit

log = structlog.get_logger()

CHANGE_PASSWORD = "password.change"  # noqa: S105


class SignInWrong(Exception):
    """No such address, another password, or an account that is closed: not told apart."""


class EmailTaken(Exception):
    """An account with this address exists."""


def create_staff(
    *,
    email: str,
    password: str,
    display_name: str,
    at: datetime,
    office_id: int | None = None,
    person_id: int | None = None,
    language: str = "",
    is_operator: bool = False,
    by_id: int | None = None,
) -> int:
    """
    Make a staff account and return its id; it can sign in and may do nothing.

    `is_operator` opens the read-only admin. `by_id` is who made it, None for a command. Without
    `person_id`, who she is, she can be given no right that takes two people.

    :raises EmailTaken: if the address has an account
    :raises django.core.exceptions.ValidationError: if the password is too weak
    """
    login = email.strip().lower()
    account = Account(
        kind=AccountKind.STAFF,
        login=login,
        email=login,
        display_name=display_name,
        office_id=office_id,
        person_id=person_id,
        language=language,
        is_staff=is_operator,
    )
    validate_password(password, account)
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save()
            audit.record(
                act="staff.created",
                actor_id=by_id,
                subject="accounts.account",
                subject_id=account.pk,
                detail={"office_id": office_id, "operator": is_operator},
                at=at,
            )
    except IntegrityError:
        raise EmailTaken from None
    log.info("staff.created", account_id=account.pk)
    return account.pk


def set_password(
    *,
    account_id: int,
    password: str,
    at: datetime,
    by_id: int | None = None,
    visit_id: int | None = None,
) -> None:
    """
    Replace a staff member's password; all her visits end, but not the one where she does it.

    :raises django.core.exceptions.ValidationError: if the password is too weak
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id, kind=AccountKind.STAFF)
        validate_password(password, account)
        account.set_password(password)
        account.save(update_fields=["password"])
        end_visits(account_id=account_id, reason="password", at=at, but_not=visit_id)
        audit.record(
            act="staff.password_set",
            actor_id=by_id,
            subject="accounts.account",
            subject_id=account_id,
            at=at,
        )


def change_password(
    *, account_id: int, password: str, step_up_id: int, visit_id: int | None, at: datetime
) -> None:
    """
    Replace one's own password behind a step-up for "password.change".

    :raises StepUpRefused: without one; it is not used up by a password that is too weak
    :raises django.core.exceptions.ValidationError: if the password is too weak
    """
    with transaction.atomic():
        consume_step_up(
            step_up_id=step_up_id, account_id=account_id, purpose=CHANGE_PASSWORD, at=at
        )
        set_password(
            account_id=account_id, password=password, at=at, by_id=account_id, visit_id=visit_id
        )


def sign_in_staff(*, email: str, password: str, address: str, at: datetime) -> Account:
    """
    Return the staff account of this address and password; it may have a second factor to show yet.

    Wrong passwords are counted by account and network address together, then by each alone
    (`accounts.limits`), before the password is looked at.

    :raises BudgetSpent: while locked
    :raises SignInWrong: whatever else is wrong
    """
    login = email.strip().lower()
    _spend_guess(login, address, at=at)
    account = Account.objects.filter(login=login, kind=AccountKind.STAFF, is_active=True).first()
    if not passwords.matches(account, password) or account is None:
        audit.record(
            act="staff.sign_in_refused",
            actor_id=None,
            subject="accounts.account",
            subject_id=account.pk if account else None,
            at=at,
        )
        log.warning("staff.sign_in_refused", account_id=account.pk if account else None)
        raise SignInWrong
    budgets.forget(limit("password.pair"), f"{login} {address}")
    budgets.give_back(limit("password.address"), address)
    budgets.give_back(limit("password.account"), login)
    audit.record(
        act="staff.password_right",
        actor_id=account.pk,
        subject="accounts.account",
        subject_id=account.pk,
        at=at,
    )
    log.info("staff.password_right", account_id=account.pk)
    return account


def record_sign_in(*, account_id: int, by: Collection[str], at: datetime) -> None:
    """
    Keep that she is signed in, with nothing left to show.

    :param by: all that she has shown, as `accounts.sessions.strength` names it
    """
    audit.record(
        act="staff.signed_in",
        actor_id=account_id,
        subject="accounts.account",
        subject_id=account_id,
        detail={"by": " ".join(sorted(by))},
        at=at,
    )
    log.info("staff.signed_in", account_id=account_id)


def record_sign_out(*, account_id: int, at: datetime) -> None:
    audit.record(
        act="account.signed_out",
        actor_id=account_id,
        subject="accounts.account",
        subject_id=account_id,
        at=at,
    )


def _spend_guess(login: str, address: str, *, at: datetime) -> None:
    budgets.spend(limit("password.pair"), f"{login} {address}", at=at)
    budgets.spend(limit("password.address"), address, at=at)
    budgets.spend(limit("password.account"), login, at=at)
