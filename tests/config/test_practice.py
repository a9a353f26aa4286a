"""Books to learn on say so on every screen, and real ones are never filled with trouble."""

import io
from collections.abc import Iterator

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.models import Account
from config.practice import NamedPractice
from config.stack.home import Home
from kernel import exports
from tests.accounts import people

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
    ("said", "named"),
    [
        ('attachment; filename="day.csv"', 'attachment; filename="PRACTICE-day.csv"'),
        ("inline; filename=day.pdf", "inline; filename=PRACTICE-day.pdf"),
        (
            "attachment; filename*=utf-8''d%C3%A9.csv",
            "attachment; filename*=utf-8''PRACTICE-d%C3%A9.csv",
        ),
        ("attachment", "attachment"),
    ],
)
def test_a_file_that_is_taken_away_is_named_practice(said, named, settings) -> None:  # type: ignore[no-untyped-def]
    def given() -> str:
        answer = HttpResponse(headers={"Content-Disposition": said})
        pages = NamedPractice(lambda _: answer)
        return str(pages(RequestFactory().get("/"))["Content-Disposition"])

    assert given() == said
    settings.PRACTICE = True
    assert given() == named


@pytest.mark.django_db
def test_every_download_of_the_site_goes_by_that_door(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PRACTICE = True
    browser = Client()
    browser.force_login(Account.objects.get(pk=people.officer("money.view")))
    board = browser.get("/desk/money/board/board.csv")
    assert 'filename="PRACTICE-board-' in board["Content-Disposition"]
    assert board.getvalue().decode().splitlines()[0].endswith(",PRACTICE")


def test_the_rows_of_a_table_say_it_one_by_one(settings) -> None:  # type: ignore[no-untyped-def]
    def csv() -> list[str]:
        answer = exports.csv_response("day", ["a", "b"], [(1, 2), (3, 4)])
        return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[arg-type]

    assert csv() == ["a,b", "1,2", "3,4"]
    settings.PRACTICE = True
    assert csv() == ["a,b,PRACTICE", "1,2,PRACTICE", "3,4,PRACTICE"]


def test_the_sheet_of_a_workbook_says_it_too(settings) -> None:  # type: ignore[no-untyped-def]
    def sheet() -> tuple[str, list[tuple[object, ...]]]:
        file = io.BytesIO()
        exports.xlsx_write(file, "Day", ["a"], [(1,)])
        [found] = openpyxl.load_workbook(file).worksheets
        return found.title, list(found.values)

    assert sheet() == ("Day", [("a",), (1,)])
    settings.PRACTICE = True
    assert sheet() == ("PRACTICE Day", [("a", "PRACTICE"), (1, "PRACTICE")])


def test_a_reader_that_leaves_early_closes_the_source(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PRACTICE = True
    left: list[str] = []

    def source() -> Iterator[tuple[int]]:
        try:
            yield (1,)
            yield (2,)
        finally:
            left.append("closed")

    header, rows = exports.marked(["a"], source())
    assert list(header) == ["a", "PRACTICE"]
    reading = iter(rows)
    assert next(reading) == (1, "PRACTICE")
    reading.close()  # type: ignore[attr-defined]
    assert left == ["closed"]


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
