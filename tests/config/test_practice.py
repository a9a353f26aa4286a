"""Books to learn on say so on every screen, and real ones are never filled with trouble."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Account
from config.stack.home import Home
from kernel import exports

PAGES = ("/", "/staff/", "/verify/", "/track/", "/no-such-page/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_every_screen_says_that_it_is_practice(path: str, settings) -> None:  # type: ignore[no-untyped-def]
    said = b"Nothing here is real"
    settings.PRACTICE = True
    assert said in Client().get(path).content

    settings.PRACTICE = False
    assert said not in Client().get(path).content


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/operators/", "/operators/payments/refund/"])
def test_the_pages_of_the_administration_say_it_too(path: str, settings) -> None:  # type: ignore[no-untyped-def]
    browser = Client()
    browser.force_login(Account.objects.create_superuser("root@guichet.example", "password"))
    settings.PRACTICE = True
    assert b"Nothing here is real" in browser.get(path).content

    settings.PRACTICE = False
    assert b"Nothing here is real" not in browser.get(path).content


@pytest.mark.parametrize(
    "respond",
    [
        lambda: exports.csv_response("day", ["a"], []),
        lambda: exports.xlsx_response("day", "Day", ["a"], []),
    ],
)
def test_a_file_that_is_taken_away_is_named_practice(respond, settings) -> None:  # type: ignore[no-untyped-def]
    settings.PRACTICE = True
    assert 'filename="PRACTICE-day.' in respond()["Content-Disposition"]

    settings.PRACTICE = False
    assert 'filename="day.' in respond()["Content-Disposition"]


def test_practice_has_books_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAR_DIR")
    monkeypatch.setattr("pathlib.Path.mkdir", lambda *_, **__: None)
    monkeypatch.setenv("COUNTRY", "ke")
    assert Home.of_environment().folder.name == "ke"

    monkeypatch.setenv("PRACTICE", "1")
    assert Home.of_environment().folder.name == "ke-practice"


def test_a_bad_day_is_never_played_on_real_books(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="real books"):
        call_command("bad_day")
