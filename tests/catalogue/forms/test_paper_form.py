"""The form on paper: the same questions as the page's, in the reader's language."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

from catalogue.pages import paper_form
from catalogue.queries import ServiceVersionView
from documents.rendering import request_form
from tests.catalogue.forms.world import full
from tests.documents import harness
from tests.world import NOON

pytestmark = pytest.mark.django_db

ADDRESS = "/services/boat-licence/form.pdf"


def _content(language: str = "en") -> request_form.RequestForm:
    version = ServiceVersionView(1, 3, "boat-licence", full(), NOON)
    with override(language):
        return paper_form.content(version, language)


def test_the_form_says_what_the_page_asks_and_when(tiny) -> None:
    form = _content()
    owner, boat, crew = form.sections[1:]
    club = owner.questions[1]
    assert (club.label, club.only) == ("Name of the club", "Only if: “Who owns it?” is “A club”.")
    assert owner.questions[0].options == ("A person", "A club", "The crown")
    assert owner.questions[3].options == ("Yes",)
    assert [one.cells for one in boat.questions[:3]] == [(9,), (), (2, 2, 4)]
    assert crew.help.startswith("Only if: “Who owns it?” is “A club” or “The crown” or “Length")
    assert (crew.questions[0].columns, crew.questions[0].rows) == (
        ("Name", "Younger than 18", "Born on"), 3
    )  # fmt: skip
    assert form.bring == ("Statute", "Letter of the state (if it applies)")


def test_equal_forms_are_equal_files_and_another_version_is_another(tiny) -> None:
    assert request_form.draw(_content()) == request_form.draw(_content())
    other = replace(_content(), note="form of version 4")
    assert request_form.draw(other) != request_form.draw(_content())


def test_anybody_prints_it_and_a_browser_that_has_it_asks_no_more(tiny) -> None:
    first = Client().get(ADDRESS)
    assert first.status_code == 200
    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    again = Client().get(ADDRESS, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    french = Client(headers={"Accept-Language": "fr"}).get(
        ADDRESS, headers={"If-None-Match": first["ETag"]}
    )
    assert french.status_code == 200
    assert french.content != first.content
    assert Client().get("/services/no-such-service/form.pdf").status_code == 404


def test_poppler_reads_every_question(tiny, tmp_path: Path) -> None:
    words = " ".join(harness.words(request_form.draw(_content()), tmp_path).split())
    for said in ("Who owns it?", "Name of the club", "The crew", "Statute"):
        assert said in words


def test_verapdf_finds_the_form_to_be_pdf_a_and_pdf_ua(tiny, tmp_path: Path) -> None:
    file = tmp_path / "form.pdf"
    file.write_bytes(request_form.draw(_content()))
    judged = harness.verapdf([file], "2b,ua1")
    assert harness.faults(judged) == {}


def test_a_service_without_a_form_has_none(rw) -> None:
    assert Client().get("/services/national-id-first/form.pdf").status_code == 404
