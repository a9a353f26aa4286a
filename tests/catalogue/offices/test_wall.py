"""The notice board: one sheet for the wall, in the two languages asked, on A4 or A3."""

import re

import pytest
import time_machine
from django.conf import settings

from tests.applications.drafts.test_saved import new_version
from tests.documents import harness
from tests.world import NOON

pytestmark = pytest.mark.django_db

WALL = "/offices/sector-1209/wall/"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


def _sheet(client, **asked: str) -> str:
    answer = client.get(WALL, asked, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode().partition("<article")[2]


def test_the_sheet_names_each_procedure_its_fee_its_time_and_what_to_bring(rw, client) -> None:
    sheet = _sheet(client, first="en", second="fr")
    for words in (
        "Kimironko sector office",
        "Bureau du secteur Kimironko",
        "Certificate of residence",
        "Attestation de résidence",
        "1,500",
        "1 working day",
        "1 jour ouvrable",
        "Your national identity number",
        "et votre date de naissance",
        "When the standard is not kept",
        "Ask the office first",
        "Monday to Friday",
        "lundi",
        "23 November 2026",
    ):
        assert words in sheet, words


def test_each_text_says_in_which_language_it_is(rw, client) -> None:
    sheet = _sheet(client, first="rw", second="fr")
    assert '<span lang="rw">Umurenge wa Kimironko</span>' in sheet
    assert '<span class="second" lang="fr">Bureau du secteur Kimironko</span>' in sheet
    assert '<span lang="rw">Icyemezo cy&#x27;amavuko</span>' in sheet


def test_what_has_no_words_in_a_language_falls_back_visibly_and_is_never_said_twice(
    rw, client
) -> None:
    new_version(names={"en": "Birth certificate"})
    sheet = _sheet(client, first="rw", second="fr")
    assert sheet.count('<span lang="en">Birth certificate</span>') == 1
    assert '<span lang="rw">Birth certificate' not in sheet


def test_one_language_is_enough(rw, client) -> None:
    assert 'class="second"' not in _sheet(client, first="fr", second="")


@pytest.mark.parametrize(
    ("asked", "shown"), [("a4", "a4"), ("a3", "a3"), ("", "a4"), ("../../x", "a4")]
)
def test_the_sheet_has_the_size_that_was_asked_for(rw, client, asked: str, shown: str) -> None:
    page = client.get(WALL, {"paper": asked}).content.decode()
    assert re.findall(r"catalogue/wall-(\w+)\.css", page) == [shown]


@pytest.mark.parametrize("asked", ["xx", "<b>", "en,fr"])
def test_an_unknown_language_is_none(rw, client, asked: str) -> None:
    page = _sheet(client, first=asked, second=asked)
    assert "Kimironko" in page
    assert "<b>" not in page


def _file(client, **asked: str) -> bytes:
    answer = client.get("/offices/sector-1209/wall.pdf", asked, headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return answer.content


def test_the_sheet_is_a_file_too_and_says_the_same(rw, client, tmp_path) -> None:
    told = " ".join(harness.words(_file(client, first="en", second="fr"), tmp_path).split())
    for words in (
        "Kimironko sector office",
        "Bureau du secteur Kimironko",
        "Certificate of residence",
        "1,500",
        "1 working day",
        "1 jour ouvrable",
        "When the standard is not kept",
        "Monday to Friday",
        "As published on 23 November 2026",
        "/offices/sector-1209/",
    ):
        assert words in told, words
    assert "<span" not in told


def test_a3_is_a_larger_sheet_of_the_same_words(rw, client, tmp_path) -> None:
    small, large = _file(client), _file(client, paper="a3")
    assert b"/MediaBox [ 0 0 595.276 841.890 ]" in small
    assert b"/MediaBox [ 0 0 841.847 1190.612 ]" in large
    assert harness.words(small, tmp_path) == harness.words(large, tmp_path)
    assert small == _file(client)
    assert small != _file(client, first="fr")


def test_verapdf_finds_both_sheets_to_be_pdf_a_and_pdf_ua(rw, client, tmp_path) -> None:
    files = []
    for paper in ("a4", "a3"):
        files.append(tmp_path / f"{paper}.pdf")
        files[-1].write_bytes(_file(client, paper=paper, second="fr"))
    assert harness.faults(harness.verapdf(files, "2b,ua1")) == {}


def test_an_office_that_is_not_there_has_no_sheet_as_a_file(rw, client) -> None:
    assert client.get("/offices/nowhere/wall.pdf").status_code == 404


def test_the_address_on_the_wall_is_the_sites_and_not_what_a_request_names(rw, client) -> None:
    sheet = client.get(WALL, headers={"host": "localhost"}).content.decode()
    assert f"{settings.SITE_URL}/offices/sector-1209/" in sheet
    assert "http://localhost/" not in sheet
