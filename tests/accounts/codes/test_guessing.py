"""
Ten guesses at each of a thousand numbers: nobody gets in, though the sixth is always right.

The suite plays a hundred numbers; `CODE_GUESSES=10000` plays them all.
"""

import os
from datetime import timedelta

import pytest

from accounts import operations as accounts
from accounts.models import CODE_ATTEMPTS_MAX, OneTimeCode
from accounts.operations.codes import _hash
from tests.accounts.test_at_once import at_once
from tests.world import NOON

GUESSES = int(os.environ.get("CODE_GUESSES", "1000"))
EACH = 10


def ask(phone: str, at=NOON, address: str = "203.0.113.7", binding: str = "mine") -> int:
    return accounts.request_code(
        phone=phone, purpose="sign_in", binding=binding, language="en", address=address, at=at
    )


@pytest.mark.django_db
def test_guessing_at_a_thousand_numbers_lets_nobody_in(settings):
    settings.ACCOUNTS_LIMITS = {"code.address": 10**6, "code.block": 10**6, "code.all": 10**6}
    told = {"CodeWrong": 0, "TooManyAttempts": 0, "in": 0}
    for number in range(GUESSES // EACH):
        code_id = ask(f"+2507880{number:05d}")
        right = accounts.mint_code(code_id=code_id, at=NOON)
        for guess in guesses(right):
            try:
                accounts.check_code(
                    code_id=code_id, typed=guess, binding="mine", at=NOON + timedelta(minutes=1)
                )
                told["in"] += 1
            except (accounts.CodeWrong, accounts.TooManyAttempts) as refused:
                told[type(refused).__name__] += 1
    # Four of ten are answered "wrong"; the fifth kills the code, and the others meet a dead one.
    each = GUESSES // EACH
    assert told == {"CodeWrong": 4 * each, "TooManyAttempts": 6 * each, "in": 0}
    assert not OneTimeCode.objects.exclude(used_at=None).exists()
    assert set(OneTimeCode.objects.values_list("attempts", flat=True)) == {5}


def guesses(right: str) -> list[str]:
    """Return ten guesses that are as lucky as can be without it: the right one is the sixth."""
    luck = [f"{(int(right) + away) % 10**6:06d}" for away in range(-5, 5)]
    assert luck.index(right) == CODE_ATTEMPTS_MAX
    return luck


@pytest.mark.django_db
def test_equal_digits_of_two_codes_are_kept_as_different_hashes():
    assert _hash(1, "123456") != _hash(2, "123456")


@pytest.mark.django_db(transaction=True)
def test_one_right_code_typed_by_24_at_once_lets_one_in():
    code_id = ask("+250788000101")
    digits = accounts.mint_code(code_id=code_id, at=NOON)

    def type_it() -> int:
        return accounts.check_code(code_id=code_id, typed=digits, binding="mine", at=NOON).pk

    answers = at_once(*[type_it] * 24)
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, accounts.CodeExpired) for answer in answers) == 23


@pytest.mark.django_db(transaction=True)
def test_24_at_once_spend_a_blocks_budget_exactly(settings):
    settings.ACCOUNTS_LIMITS = {"code.block": 7}
    answers = at_once(
        *[lambda number=number: ask(f"+2507880001{number:02d}") for number in range(24)]
    )
    assert sum(isinstance(answer, int) for answer in answers) == 7
    assert {answer.kind for answer in answers if not isinstance(answer, int)} == {"code.block"}
    assert OneTimeCode.objects.count() == 7
