"""What must hold when many do the same thing at the same moment; these tests really commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts import operations as accounts
from accounts.models import ContactPoint, Person, PersonContact
from tests.accounts.conftest import entry
from tests.accounts.people import PASSWORD, citizen, staff
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run all calls at the same moment; an exception is an answer too."""
    together = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            together.wait(timeout=60)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def ask() -> int:
    return accounts.request_code(
        phone="+250788000101",
        purpose="sign_in",
        binding="mine",
        language="en",
        address="203.0.113.7",
        at=NOON,
    )


def test_a_number_has_one_code_and_one_contact_however_many_ask_at_once():
    answers = at_once(*[ask] * 8)
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, accounts.BudgetSpent) for answer in answers) == 7
    assert ContactPoint.objects.count() == 1


def test_a_code_typed_twice_at_once_signs_in_once():
    code_id = ask()
    digits = accounts.mint_code(code_id=code_id, at=NOON)

    def type_it() -> int:
        account = accounts.check_code(code_id=code_id, typed=digits, binding="mine", at=NOON)
        return account.pk

    answers = at_once(type_it, type_it, type_it)
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, accounts.CodeExpired) for answer in answers) == 2


def test_a_code_guessed_at_by_many_at_once_has_five_attempts():
    code_id = ask()
    digits = accounts.mint_code(code_id=code_id, at=NOON)
    wrong = f"{(int(digits) + 1) % 10**6:06d}"

    def guess() -> None:
        accounts.check_code(code_id=code_id, typed=wrong, binding="mine", at=NOON)

    at_once(*[guess] * 8)
    with pytest.raises(accounts.TooManyAttempts):
        accounts.check_code(code_id=code_id, typed=digits, binding="mine", at=NOON)


def test_a_person_claimed_from_two_phones_at_once_is_bound_to_one():
    phones = [citizen(), citizen()]
    answers = at_once(
        *[
            lambda phone=phone: accounts.prove_person(
                account_id=phone.account_id, entry=entry(), at=NOON
            )
            for phone in phones
        ]
    )
    assert sum(isinstance(answer, Person) for answer in answers) == 1
    assert sum(isinstance(answer, accounts.BoundToAnotherPhone) for answer in answers) == 1
    assert PersonContact.objects.filter(person__family_name="Mukamana").count() == 1


def test_a_step_up_spent_twice_at_once_is_spent_once():
    account = staff()
    step = accounts.step_up(
        account_id=account.pk, password=PASSWORD, purpose="case.sign", session_key="s", at=NOON
    )

    def spend() -> str:
        accounts.consume_step_up(
            step_up_id=step.pk, account_id=account.pk, purpose="case.sign", at=NOON
        )
        return "spent"

    answers = at_once(spend, spend, spend)
    assert answers.count("spent") == 1


def test_the_first_rights_are_founded_once_by_two_commands_at_once():
    one, two, three = staff(), staff(), staff()

    def found() -> str:
        accounts.found_rights(giver_id=one.pk, confirmer_id=two.pk, witness_id=three.pk, at=NOON)
        return "founded"

    answers = at_once(found, found)
    assert answers.count("founded") == 1
    assert sum(isinstance(answer, accounts.AlreadyFounded) for answer in answers) == 1
