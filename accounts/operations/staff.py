"""Staff: their accounts, and signing in with a password."""

from datetime import datetime

import structlog
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from accounts.limits import limit
from accounts.models import Account, Grant
from accounts.operations import budgets, passwords
from accounts.operations.rights import lock_accounts
from accounts.states import AccountKind
from kernel import audit

log = structlog.get_logger()


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


def set_password(*, account_id: int, password: str, at: datetime, by_id: int | None = None) -> None:
    """
    Replace a staff member's password; all her sessions end with their next request.

    :raises django.core.exceptions.ValidationError: if the password is too weak
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id, kind=AccountKind.STAFF)
        validate_password(password, account)
        account.set_password(password)
        account.save(update_fields=["password"])
        audit.record(
            act="staff.password_set",
            actor_id=by_id,
            subject="accounts.account",
            subject_id=account_id,
            at=at,
        )


def close_account(*, account_id: int, by_id: int, at: datetime) -> None:
    """End an account: she is signed out with her next request, and her grants end now."""
    open_grants = Grant.objects.filter(account_id=account_id, ended_at__isnull=True)
    with transaction.atomic():
        # The trigger locks whom each grant names: taken together, and before, in one order.
        named = open_grants.values_list("given_by_id", "confirmed_by_id")
        lock_accounts(account_id, by_id, *{pk for pair in named for pk in pair if pk})
        account = Account.objects.get(pk=account_id)
        account.is_active = False
        account.save(update_fields=["is_active"])
        open_grants.update(ended_by_id=by_id, ended_at=at)
        audit.record(
            act="account.closed",
            actor_id=by_id,
            subject="accounts.account",
            subject_id=account_id,
            at=at,
        )
    log.info("account.closed", account_id=account_id)


def sign_in_staff(*, email: str, password: str, address: str, at: datetime) -> Account:
    """
    Return the staff account of this address and password.

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
        act="staff.signed_in",
        actor_id=account.pk,
        subject="accounts.account",
        subject_id=account.pk,
        at=at,
    )
    log.info("staff.signed_in", account_id=account.pk)
    return account


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
