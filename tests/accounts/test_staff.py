from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts import operations as accounts
from accounts.models import Account, StepUp
from kernel.models import AuditEntry
from tests.accounts.people import PASSWORD, citizen, staff
from tests.world import NOON

pytestmark = pytest.mark.django_db

HOME, ELSEWHERE = "10.0.0.1", "203.0.113.9"


def sign_in(account: Account, password: str = PASSWORD, address: str = HOME, at=NOON) -> Account:
    return accounts.sign_in_staff(email=account.email, password=password, address=address, at=at)


def step_up(account: Account, password: str = PASSWORD, purpose: str = "case.sign", at=NOON):
    return accounts.step_up(
        account_id=account.pk, password=password, purpose=purpose, session_key="here", at=at
    )


def consume(step: StepUp, account: Account, purpose: str = "case.sign", at=NOON, **more) -> None:
    accounts.consume_step_up(
        step_up_id=step.pk, account_id=account.pk, purpose=purpose, at=at, **more
    )


def test_staff_sign_in_with_address_and_password():
    account = staff()
    assert sign_in(account) == account
    upper = accounts.sign_in_staff(
        email=f"  {account.email.upper()} ", password=PASSWORD, address=HOME, at=NOON
    )
    assert upper == account
    assert AuditEntry.objects.filter(act="staff.password_right", actor_id=account.pk).count() == 2


def test_wrong_password_unknown_address_closed_account_and_citizen_are_refused_alike():
    account = staff()
    closed = staff(is_active=False)
    login = Account.objects.get(pk=citizen().account_id).login
    tries = [
        (account.email, "wrong"),
        (account.email, ""),
        (account.email, "x" * 10_000),
        ("nobody@guichet.example", PASSWORD),
        (closed.email, PASSWORD),
        (login, "!"),
        ("' OR 1=1 --", PASSWORD),
    ]
    for email, password in tries:
        with pytest.raises(accounts.SignInWrong):
            accounts.sign_in_staff(email=email, password=password, address=HOME, at=NOON)
    entries = AuditEntry.objects.filter(act="staff.sign_in_refused")
    assert entries.count() == len(tries)
    assert not any("@" in str(entry.detail) + entry.reason for entry in entries)


def test_five_wrong_passwords_lock_the_pair_for_a_quarter_of_an_hour():
    account = staff()
    for _ in range(5):
        with pytest.raises(accounts.SignInWrong):
            sign_in(account, "wrong")
    with pytest.raises(accounts.BudgetSpent):
        sign_in(account)
    assert sign_in(account, address=ELSEWHERE) == account
    assert sign_in(account, at=NOON + timedelta(minutes=15)) == account


def test_the_right_password_starts_the_count_anew():
    account = staff()
    for _ in range(4):
        for _ in range(4):
            with pytest.raises(accounts.SignInWrong):
                sign_in(account, "wrong")
        sign_in(account)


def test_one_address_cannot_try_many_accounts(settings):
    settings.ACCOUNTS_LIMITS = {"password.address": 3}
    for number in range(3):
        with pytest.raises(accounts.SignInWrong):
            accounts.sign_in_staff(
                email=f"guess{number}@guichet.example", password="x", address=HOME, at=NOON
            )
    with pytest.raises(accounts.BudgetSpent, match=r"password\.address"):
        sign_in(staff())


def test_one_account_cannot_be_tried_from_many_addresses(settings):
    settings.ACCOUNTS_LIMITS = {"password.account": 3}
    account = staff()
    for number in range(3):
        with pytest.raises(accounts.SignInWrong):
            sign_in(account, "wrong", address=f"203.0.113.{number}")
    with pytest.raises(accounts.BudgetSpent, match=r"password\.account"):
        sign_in(account)


def test_a_whole_office_behind_one_address_signs_in(settings):
    settings.ACCOUNTS_LIMITS = {"password.address": 2}
    for _ in range(5):
        sign_in(staff())


def test_a_new_account_needs_a_fit_password_and_a_free_address():
    made = {"display_name": "Officer", "at": NOON}
    account_id = accounts.create_staff(
        email="Officer@Guichet.example", password="a lake at dusk", **made
    )
    assert Account.objects.get(pk=account_id).login == "officer@guichet.example"
    with pytest.raises(accounts.EmailTaken):
        accounts.create_staff(email="officer@guichet.example", password="a lake at dusk", **made)
    for weak in ("short", "password1234", ""):
        with pytest.raises(ValidationError):
            accounts.create_staff(email="new@guichet.example", password=weak, **made)


def test_postgresql_tells_citizens_from_staff(refused_by):
    wrong = [
        {"kind": "staff", "login": "a@b.example"},
        {"kind": "citizen", "login": "c:1"},
        {"kind": "staff", "login": "A@b.example", "email": "A@b.example"},
        {"kind": "staff", "login": "a@b.example", "email": "other@b.example"},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.create(password="!", **values)
    her = Account.objects.get(pk=citizen().account_id)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Account.objects.filter(pk=her.pk).update(is_superuser=True)
    assert refused_by(refused.value) == "account_citizen_or_staff"


# --- step-up


def test_a_step_up_is_good_for_its_purpose_once():
    account = staff()
    step = step_up(account)
    consume(step, account, session_key="here")
    with pytest.raises(accounts.StepUpRefused):
        consume(step, account)


def test_a_step_up_is_refused_for_another_purpose_person_session_or_time():
    account, other = staff(), staff()
    step = step_up(account)
    refused = [
        (account, {"purpose": "refund.propose"}),
        (other, {}),
        (account, {"session_key": "another browser"}),
        (account, {"at": NOON + timedelta(minutes=5)}),
        (account, {"at": NOON - timedelta(seconds=1)}),
    ]
    for who, how in refused:
        with pytest.raises(accounts.StepUpRefused):
            consume(step, who, **how)
    consume(step, account, at=NOON + timedelta(minutes=4))


def test_a_wrong_password_steps_nobody_up_and_five_lock():
    account = staff()
    for _ in range(5):
        with pytest.raises(accounts.WrongPassword):
            step_up(account, "wrong")
    with pytest.raises(accounts.BudgetSpent):
        step_up(account)
    assert not StepUp.objects.exists()
    assert AuditEntry.objects.filter(act="staff.step_up_refused").count() == 5
    assert step_up(account, at=NOON + timedelta(minutes=15))


def test_a_citizen_cannot_step_up():
    with pytest.raises(accounts.WrongPassword):
        accounts.step_up(
            account_id=citizen().account_id,
            password="!",
            purpose="case.sign",
            session_key="here",
            at=NOON,
        )


def test_a_step_up_that_was_rolled_back_is_unused():
    account = staff()
    step = step_up(account)
    with transaction.atomic():
        consume(step, account)
        transaction.set_rollback(True)
    consume(step, account)


@pytest.mark.parametrize(
    "change", ["used_at = NULL", "purpose = 'refund.propose'", "expires_at = expires_at"]
)
def test_postgresql_refuses_to_revive_a_step_up(change, refused_by):
    account = staff()
    step = step_up(account)
    consume(step, account)
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE accounts_stepup SET {change} WHERE id = %s", [step.pk])
    assert refused_by(refused.value) == "step_up_once"


def test_postgresql_refuses_a_step_up_of_an_hour(refused_by):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        StepUp.objects.create(
            account=staff(),
            purpose="case.sign",
            at=NOON,
            expires_at=NOON + timedelta(hours=1),
            session_hash=b"",
        )
    assert refused_by(refused.value) == "step_up_life_limited"
