import hashlib

import pytest
from django.core.exceptions import ValidationError

from accounts import operations
from accounts.models import Account
from accounts.validators import Breached, ContextWords
from tests.accounts.people import PASSWORD, staff
from tests.world import NOON

HER = Account(kind="staff", display_name="Béatrice Mukamana", email="bea.m@gasabo.example")


def digest(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


@pytest.mark.parametrize(
    "password",
    ["beatrice mukamana", "BéatriceMukamana!", "guichet guichet 26", "Gasabo-Guichet-1"],
)
def test_a_password_of_her_own_words_is_refused(password):
    with pytest.raises(ValidationError):
        ContextWords().validate(password, HER)


@pytest.mark.parametrize(
    "password", ["beatrice sails at dusk", "quatre hérons, le soir", "🙂" * 12, "a" * 9 + "bcd"]
)
def test_any_other_characters_will_do(password):
    ContextWords().validate(password, HER)
    ContextWords().validate(password)


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_a_stolen_password_is_found_wherever_it_stands_in_the_list(tmp_path, line_end, count):
    stolen = [f"stolen number {n}" for n in range(count)]
    listed = tmp_path / "pwned.txt"
    lines = sorted(f"{digest(one)}:{n * 7919}" for n, one in enumerate(stolen))
    listed.write_text("".join(line + line_end for line in lines), newline="")
    validator = Breached(path=str(listed))
    for one in stolen:
        with pytest.raises(ValidationError):
            validator.validate(one)
    for fresh in ("never seen", "stolen number 50", ""):
        validator.validate(fresh)
    Breached().validate("stolen number 1")


@pytest.mark.django_db
def test_the_same_is_asked_wherever_a_password_is_set(settings, tmp_path):
    listed = tmp_path / "pwned.txt"
    listed.write_text(digest("a lake at quarter to") + ":3\r\n", newline="")
    stolen = {"NAME": "accounts.validators.Breached", "OPTIONS": {"path": str(listed)}}
    settings.AUTH_PASSWORD_VALIDATORS = [*settings.AUTH_PASSWORD_VALIDATORS, stolen]
    account = staff()
    with pytest.raises(ValidationError):
        operations.set_password(account_id=account.pk, password="a lake at quarter to", at=NOON)
    account.refresh_from_db()
    assert account.check_password(PASSWORD)
    operations.set_password(account_id=account.pk, password="a lake at quarter past", at=NOON)
