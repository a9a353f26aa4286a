import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import policies
from accounts.models import Account
from tests.accounts.people import staff

pytestmark = pytest.mark.django_db


def create(monkeypatch, password: str, *more: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    call_command("create_staff", "ana@guichet.example", "Ana", "--password-stdin", *more)


def test_a_staff_account_is_made_from_the_command_line(monkeypatch, capsys):
    create(monkeypatch, "a lake at dusk", "--operator")
    account = Account.objects.get(email="ana@guichet.example")
    assert account.is_staff
    assert account.check_password("a lake at dusk")
    with pytest.raises(CommandError, match="exists"):
        create(monkeypatch, "a lake at dusk")


@pytest.mark.parametrize(
    ("password", "more", "said"),
    [("short", [], "too short"), ("a lake at dusk", ["--office", "nowhere"], "no office")],
)
def test_a_weak_password_or_an_unknown_office_makes_nothing(monkeypatch, password, more, said):
    with pytest.raises(CommandError, match=said):
        create(monkeypatch, password, *more)
    assert not Account.objects.exists()


def found(*people: str) -> None:
    roles = ("--gives", "--confirms", "--witness")
    call_command(
        "found_rights", *[word for pair in zip(roles, people, strict=True) for word in pair]
    )


def test_the_first_rights_are_founded_once_from_the_command_line():
    one, two, three = (staff().email for _ in range(3))
    with pytest.raises(CommandError, match="three people"):
        found(one, two, one)
    with pytest.raises(CommandError, match="no staff account"):
        found(one, two, "nobody@guichet.example")
    found(one, two, three)
    with pytest.raises(CommandError, match="before"):
        found(one, two, three)
    giver = Account.objects.get(email=one)
    assert policies.may(account_id=giver.pk, act="rights.give", area_code=None, at=timezone.now())
