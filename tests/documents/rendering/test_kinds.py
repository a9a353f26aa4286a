"""Three kinds of paper with three contents, copies, and what the file carries as data."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from documents import facts
from documents.facts import FactsMalformed, FactsMissing, FactsRefuse
from documents.rendering import (
    Content,
    DoesNotFit,
    UnknownValue,
    draw,
    newest,
    record,
    template,
    wording,
)
from registers.queries import CitedEntryView
from tests.documents import harness
from tests.documents.rendering import sheets
from tests.world import NOON

SLIPS = {
    "acknowledgement", "completion_request", "refusal", "apology", "control_slip",
    "register_of_the_day",
}  # fmt: skip


def entry(kind: str, **facts_said: str) -> CitedEntryView:
    return CitedEntryView(
        id=1, kind=kind, source="gateway", office_id=None, office_code="", year=None, volume="",
        act_number="", registered_on=None, facts=facts_said, facts_sha256="", national_ids=(),
        cited_at=NOON,
    )  # fmt: skip


PERSON = {
    "family_name": "HABIMANA", "given_names": "Jean", "sex": "M", "born_on": "1988-12-01",
    "birth_place": "Kimironko", "residence": "Remera", "father_name": "Habimana",
    "mother_name": "Uwera", "nationality": "RW", "marital_status": "single",
}  # fmt: skip


def said(name: str, folder: Path) -> str:
    return " ".join(harness.words(draw(sheets.SHEETS[name]()), folder).split())


def test_filiation_stands_on_the_full_copy_and_on_nothing_else() -> None:
    for paper_type, version in wording.known():
        chosen = template(paper_type, version)
        for kind in ("certificate", "extract"):
            named = chosen.facts_for(kind)
            assert not any("father" in fact or "mother" in fact for fact in named)
    assert "father_name" in newest("birth_certificate").facts_for("record")
    assert "spouse_2_mother_name" in newest("marriage_certificate").facts_for("record")


def test_each_kind_says_on_its_face_which_it_is(tmp_path: Path) -> None:
    assert "Certificate: confirms the facts named here" in said("birth_certificate", tmp_path)
    assert "Birth extract" in said("birth_extract", tmp_path)
    assert "Extract: part of the entry, without filiation" in said("birth_extract", tmp_path)
    record_text = said("birth_record", tmp_path)
    for words in ("Birth record", "Acte de naissance", "Inyandiko y\u2019ivuka", "Habimana Jean"):
        assert words in record_text
    assert "Acte : copie intégrale de l\u2019inscription" in record_text


def test_three_kinds_have_three_contents() -> None:
    for paper_type in ("birth_certificate", "marriage_certificate"):
        chosen = newest(paper_type)
        certificate, extract, full = (
            set(chosen.facts_for(kind)) for kind in ("certificate", "extract", "record")
        )
        assert certificate < extract < full


def test_a_kind_that_a_paper_does_not_have_is_refused() -> None:
    with pytest.raises(FactsRefuse, match="kind"):
        facts.from_entry(newest("residence"), "record", entry("population", **PERSON), "en")
    shown = facts.from_entry(
        newest("residence"), "certificate", entry("population", **PERSON), "en"
    )
    assert shown["residence"] == "Remera"
    assert "father_name" not in shown


def test_nobody_is_certified_alive_by_a_register_that_does_not_say_so() -> None:
    chosen = newest("life")
    with pytest.raises(FactsRefuse, match="vital_status"):
        facts.from_entry(chosen, "certificate", entry("population", **PERSON), "en")
    alive = entry("population", **PERSON, vital_status="alive")
    assert facts.from_entry(chosen, "certificate", alive, "en")["given_names"] == "Jean"


class TestCriminalRecord:
    def of(self, **said: str) -> dict[str, str]:
        chosen = newest("criminal_record")
        told = entry("criminal", **{**PERSON, **said})
        return facts.from_entry(chosen, "certificate", told, "en")

    def test_silence_is_never_read_as_nothing_entered(self) -> None:
        with pytest.raises(FactsMissing, match=r"^judgments$"):
            self.of()
        assert self.of(judgments="0")["judgments"] == "0"

    def test_every_judgment_that_is_counted_is_shown_whole(self) -> None:
        one = {f"judgment_1_{name}": value for name, value in sheets.JUDGMENT.items()}
        assert self.of(judgments="1", **one)["judgment_1_court"] == "Gasabo Primary Court"
        with pytest.raises(FactsMissing, match="judgment_2_on, judgment_2_court"):
            self.of(judgments="2", **one)

    @pytest.mark.parametrize("count", ["none", "-1", "1.0", "²", "61"])
    def test_a_count_that_is_none_is_refused(self, count: str) -> None:
        with pytest.raises(FactsMalformed, match="judgments"):
            self.of(judgments=count)

    def test_nothing_entered_is_said_plainly_in_both_languages(self, tmp_path: Path) -> None:
        text = said("criminal_record_nothing", tmp_path)
        assert "Nothing is entered in the criminal records about this person." in text
        assert "Néant : aucune condamnation" in text

    def test_more_judgments_than_the_bound_are_told_and_not_cut(self) -> None:
        with pytest.raises(UnknownValue, match="judgments"):
            draw(sheets.criminal(61))

    @pytest.mark.parametrize(("judgments", "pages"), [(6, 1), (7, 2), (21, 2), (22, 3), (60, 4)])
    def test_many_judgments_go_on_over_pages(
        self, judgments: int, pages: int, tmp_path: Path
    ) -> None:
        data = draw(sheets.criminal(judgments))
        text = harness.words(data, tmp_path)
        assert text.count("Gasabo Primary Court") == judgments
        # On each page which paper it is of; on the last alone what makes it valid.
        each = text.rstrip("\f").split("\f")
        assert len(each) == pages
        assert all("CX-SECTOR1209-2026-000123-7" in page for page in each)
        assert [f"Page {n} of {pages}" in page for n, page in enumerate(each, 1)] == (
            [pages > 1] * pages
        )
        assert ["Is this paper genuine?" in page for page in each] == [False] * (pages - 1) + [True]
        # None is without a row: a last page that says nothing could be put behind any other.
        assert all("Gasabo Primary Court" in page for page in each)

    def test_a_specimen_says_so_on_every_page(self, tmp_path: Path) -> None:
        text = harness.words(draw(sheets.specimen(sheets.criminal(20))), tmp_path)
        assert all("SPECIMEN" in page for page in text.rstrip("\f").split("\f"))

    def test_one_judgment_longer_than_a_page_is_told_and_not_cut(self) -> None:
        made = sheets.criminal(1)
        facts = {**made.facts, "judgment_1_sentence": "six months and " * 400}
        with pytest.raises(DoesNotFit):
            draw(replace(made, facts=facts))


def test_a_copy_says_which_it_is_and_of_what(tmp_path: Path) -> None:
    original = "BC-SECTOR1209-2026-000123-7"
    duplicate = said("birth_duplicate", tmp_path)
    assert f"DUPLICATE 2 of {original}" in duplicate
    assert f"DUPLICATA 2 de {original}" in duplicate
    assert f"CERTIFIED COPY 1 of {original}" in said("birth_certified_copy", tmp_path)
    assert "DUPLICATE" not in said("birth_certificate", tmp_path)


def test_a_paper_says_until_when_it_counts_and_what_it_takes_the_place_of(tmp_path: Path) -> None:
    assert "Valid until / Valable jusqu\u2019au 23 May 2027 · 23 mai 2027" in said("life", tmp_path)
    reissued = said("birth_reissued", tmp_path)
    assert "Takes the place of / Remplace BC-SECTOR1209-2026-000120-9" in reissued
    assert "Valid until" not in reissued


def test_a_register_of_a_day_runs_over_pages_and_says_its_head_on_each(tmp_path: Path) -> None:
    data = draw(sheets.register_of_the_day(90))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pages = len(pdf.pages)
        kinds = [str(owner.S) for owners in list(pdf.Root.StructTreeRoot.ParentTree.Nums)[1::2]
                 for owner in owners]  # fmt: skip
    text = harness.words(data, tmp_path)
    assert pages > 2
    assert text.count("BC-26-48201937") == 90
    for page in text.split("\f"):
        assert ("What was done" in page) == ("BC-26-48201937" in page)
    assert f"Page {pages} of {pages}" in text
    # The head is heard once; what is repeated for the eye is ornament.
    assert kinds.count("/TH") == 6 + 5
    assert text.count("Is this paper genuine?") == 1


def test_every_page_of_books_to_learn_on_says_so(settings, tmp_path: Path) -> None:
    settings.PRACTICE = True
    data = draw(sheets.register_of_the_day(60))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pages = len(pdf.pages)
    assert harness.words(data, tmp_path).count("PRACTICE. Nothing here is real") == pages > 1


@pytest.mark.parametrize("make", [sheets.birth, sheets.apology])
def test_an_office_of_any_name_fits_or_is_told(make: Callable[..., Content]) -> None:
    for times in (1, 2):
        name = "Bureau central de l\u2019état civil de la ville " * times
        draw(make(office={"en": name, "fr": name}))
    name *= 4
    with pytest.raises(DoesNotFit):
        draw(make(office={"en": name, "fr": name}))


@pytest.mark.parametrize("cases", [0, 1, 12, 13, 14, 40])
def test_a_register_of_any_length_has_its_seal_at_the_end(cases: int, tmp_path: Path) -> None:
    text = harness.words(draw(sheets.register_of_the_day(cases)), tmp_path)
    assert text.count("BC-26-48201937") == cases
    assert text.count("Sealed electronically by") == 1
    assert ("No case on this day." in text) == (cases == 0)


def without(content: Content, *gone: str) -> Content:
    known = {fact: value for fact, value in content.facts.items() if fact not in gone}
    return replace(content, facts=known)


def test_a_slip_promises_nothing_that_nobody_has_published(tmp_path: Path) -> None:
    def text(content: Content) -> str:
        return " ".join(harness.words(draw(content), tmp_path).split())

    received = text(without(sheets.acknowledgement(), "due_on"))
    assert "The office has received this application. " in received
    assert "due on" not in received.lower()
    asked = text(without(sheets.completion_request(), "until"))
    assert "Please send what is listed here. " in asked
    refused = text(without(sheets.refusal(), "law", "appeal_body", "appeal_until", "appeal_how"))
    assert "the body and the term are not published" in refused
    assert "you may appeal to" not in refused
    assert "not published" not in text(sheets.refusal())
    assert "you may appeal to Gasabo District, civil registration. Give" in text(
        without(sheets.refusal(), "appeal_until")
    )


def test_slips_are_known_as_such() -> None:
    slips = {name for name, _ in wording.known() if newest(name).is_slip}
    assert slips == SLIPS


def test_older_wordings_are_still_drawn(tmp_path: Path) -> None:
    for paper_type in ("birth_certificate", "marriage_certificate", "single_status"):
        assert "Register entry cited" in harness.words(draw(sheets.old(paper_type, 1)), tmp_path)


def test_the_facts_lie_in_the_file_where_the_wording_says_so() -> None:
    made = sheets.SHEETS["full_identity"]()
    with pikepdf.open(io.BytesIO(draw(made))) as pdf:
        (name,) = pdf.attachments
        held = pdf.attachments[name].get_file()
        data = held.read_bytes()
        associated = pdf.Root.AF[0]
        assert str(associated.AFRelationship) == "/Data"
        with pdf.open_metadata() as said_of_it:
            assert said_of_it["pdfaid:part"] == "3"
    assert (name, held.mime_type) == ("facts.json", "application/json")
    told = json.loads(data)
    assert data == record.canonical(told)
    assert told["facts"] == dict(made.facts)
    assert told["facts_sha256"] == facts.sha256(told["facts"])
    assert (told["schema"], told["paper_type"], told["schema_version"]) == (
        "guichet.paper/1", "full_identity", 1,
    )  # fmt: skip
    assert told["number"] == made.number
    assert told["register_entry"]["register"] == "population"


def test_they_lie_in_no_other(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(draw(sheets.birth()))) as pdf:
        assert not pdf.attachments
        assert "/AF" not in pdf.Root


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"b": "1", "a": "2"}, {"a": "2", "b": "1"}),
        ({"name": "E\u0301ric"}, {"name": "Éric"}),
    ],
)
def test_equal_facts_have_one_canonical_text(one: dict[str, str], other: dict[str, str]) -> None:
    assert facts.canonical(one) == facts.canonical(other)
    assert facts.sha256(one) == hashlib.sha256(facts.canonical(other)).hexdigest()


def test_a_date_says_its_month_in_words_and_its_form_is_iso() -> None:
    with pytest.raises(UnknownValue, match="married_on"):
        draw(sheets.marriage(facts={**sheets.marriage().facts, "married_on": "14.08.2015"}))
    assert date.fromisoformat(sheets.marriage().facts["married_on"]).year == 2015
