"""The sheet itself: the same bytes each time, readable by eye, by ear and by camera."""

import io
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pikepdf
import pytest

from documents.rendering import (
    DoesNotFit,
    MissingGlyph,
    UnknownPaperType,
    UnknownValue,
    draw,
    icc,
    newest,
    wording,
)
from tests.documents.papers import content, with_facts

TYPES = ["birth_certificate", "marriage_certificate", "single_status"]


def needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def words(data: bytes, folder: Path) -> str:
    file = folder / "paper.pdf"
    file.write_bytes(data)
    run = subprocess.run(
        [needs("pdftotext"), "-layout", file, "-"], capture_output=True, check=True, text=True
    )
    return run.stdout


@pytest.mark.parametrize("paper_type", TYPES)
def test_the_same_facts_give_the_same_bytes(paper_type: str) -> None:
    assert draw(content(paper_type)) == draw(content(paper_type))


def test_other_facts_give_other_bytes_and_another_file_id() -> None:
    one, other = draw(content()), draw(with_facts(family_name="UWERA"))

    assert one != other
    assert pikepdf.open(io.BytesIO(one)).trailer.ID != pikepdf.open(io.BytesIO(other)).trailer.ID


@pytest.mark.parametrize("paper_type", TYPES)
@pytest.mark.parametrize("languages", [("en", "fr"), ("fr", "en")])
@pytest.mark.parametrize("officer", ["Marie-Claire Uwase", None])
def test_a_sheet_is_one_tagged_page_with_every_font_embedded(
    paper_type: str, languages: tuple[str, str], officer: str | None
) -> None:
    with pikepdf.open(
        io.BytesIO(draw(content(paper_type, languages=languages, officer=officer)))
    ) as pdf:
        assert len(pdf.pages) == 1
        assert pdf.pdf_version == "1.7"
        assert str(pdf.Root.Lang) == languages[0]
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.StructTreeRoot.K[0].S == "/Document"
        fonts = pdf.pages[0].Resources.Font
        assert len(fonts) >= 4
        assert all("/FontFile2" in font.FontDescriptor for font in fonts.values())
        with pdf.open_metadata() as xmp:
            assert xmp["pdfaid:part"] == "2"
            assert xmp["pdfuaid:part"] == "1"


def test_every_element_of_the_tree_is_reached_from_its_mark() -> None:
    with pikepdf.open(io.BytesIO(draw(content()))) as pdf:
        parents = pdf.Root.StructTreeRoot.ParentTree.Nums[1]
        marks = b"".join(each.read_bytes() for each in pdf.pages[0].Contents).count(b"/MCID")
        assert len(parents) == marks
        kinds = [str(parent.S) for parent in parents]
    assert kinds.count("/H1") == 1
    assert kinds.count("/Figure") == 1
    assert kinds.count("/TH") >= 5


def test_streams_end_their_last_line_before_the_keyword() -> None:
    data = draw(content())

    assert data.count(b"\nendstream") == data.count(b"endstream")


def test_the_colour_profile_is_whole() -> None:
    profile = icc.srgb()

    assert int.from_bytes(profile[:4]) == len(profile)
    assert profile[36:40] == b"acsp"
    needed = {b"desc", b"cprt", b"wtpt", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"}
    assert {profile[132 + 12 * n : 136 + 12 * n] for n in range(profile[131])} == needed


def test_a_letter_without_a_glyph_stops_the_paper() -> None:
    draw(with_facts(family_name="Ŋgũgĩ Ðặng Škvorecký Ÿ œuvre"))
    for name in ("漢字", "שלום", "name\u202e", "😀", "Ma\u0000ma"):
        with pytest.raises(MissingGlyph, match=r"^U\+"):
            draw(with_facts(family_name=name))


def test_a_mark_that_cannot_join_its_letter_stops_the_paper() -> None:
    with pytest.raises(MissingGlyph):
        draw(with_facts(family_name="M\u0308ukamana"))


def test_decomposed_letters_are_composed() -> None:
    name = "Hélène Nyirabagenzi Ñ Ç Ễ"

    decomposed = with_facts(family_name=unicodedata.normalize("NFD", name))
    assert draw(decomposed) == draw(with_facts(family_name=name))


def test_the_text_can_be_read_back(tmp_path: Path) -> None:
    text = words(draw(with_facts(given_names="Zoé Hélène")), tmp_path)

    for expected in (
        "Birth certificate", "Certificat de naissance", "Icyemezo cy", "MUKAMANA",
        "Zoé Hélène", "Female · Féminin", "27 March 1990 · 27 mars 1990", "0413",
        "BC-SECTOR1209-2026-000123-7", "7QK3 M0ZB 94TV X2HD", "Signed electronically by",
        "Marie-Claire Uwase", "Kimironko Sector Office", "guichet.example/verify/",
    ):  # fmt: skip
        assert expected in text
    assert "Habimana" not in text


def test_a_record_states_the_parents_and_a_certificate_does_not(tmp_path: Path) -> None:
    assert "Habimana Jean" in words(draw(content(kind="record")), tmp_path)


def test_a_specimen_says_so_and_carries_no_code(tmp_path: Path) -> None:
    specimen = content(number="", verification_id="", languages=("fr", "en"))
    text = words(draw(specimen), tmp_path)

    assert text.count("SPÉCIMEN") >= 3
    assert "7QK3" not in text
    with pikepdf.open(io.BytesIO(draw(specimen))) as pdf:
        kinds = [str(each.S) for each in pdf.Root.StructTreeRoot.ParentTree.Nums[1]]
    assert "/Figure" not in kinds


@pytest.mark.parametrize("dpi", [150, 300])
@pytest.mark.parametrize("paper_type", TYPES)
def test_a_camera_reads_the_address(tmp_path: Path, paper_type: str, dpi: int) -> None:
    pdftoppm, zbarimg = needs("pdftoppm"), needs("zbarimg")
    (tmp_path / "paper.pdf").write_bytes(draw(content(paper_type)))
    subprocess.run(
        [pdftoppm, "-r", str(dpi), "-gray", "-png", "-singlefile", "paper.pdf", "paper"],
        cwd=tmp_path,
        check=True,
    )

    run = subprocess.run(
        [zbarimg, "-q", "--raw", "paper.png"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
        text=True,
    )
    assert run.stdout.strip() == "HTTPS://GUICHET.EXAMPLE/V/7QK3M0ZB94TVX2HD"


def test_long_names_are_broken_into_lines_and_endless_ones_refused() -> None:
    long = with_facts(given_names=" ".join(["Immaculée"] * 12))
    endless = with_facts(given_names="Immaculée " * 400)

    draw(long)
    draw(with_facts(given_names="X" * 200))
    with pytest.raises(DoesNotFit):
        draw(endless)
    with pytest.raises(DoesNotFit):  # And at once: an officer's page waits for it.
        draw(with_facts(given_names="X" * 4000))


def test_the_longest_name_of_an_officer_stays_in_its_box(tmp_path: Path) -> None:
    name = "Marie-Claire Immaculée Uwamahoro Nyirahabimana de la Fontaine"
    office = {"en": "Bureau of births, marriages and deaths of the sector of Kimironko and around"}
    text = words(draw(content(officer=name, office=office | {"fr": office["en"]})), tmp_path)
    assert "Fontaine" in text
    with pytest.raises(DoesNotFit):
        draw(content(officer="M" * 200))


def test_a_value_without_words_stops_the_paper() -> None:
    with pytest.raises(UnknownValue, match="sex"):
        draw(with_facts(sex="7"))
    with pytest.raises(UnknownValue, match="born_on"):
        draw(with_facts(born_on="27/03/1990"))


def test_every_template_speaks_the_same_languages_throughout() -> None:
    for paper_type in sorted({known for known, _version in wording._known()}):
        template = newest(paper_type)
        spoken = set(template.languages)
        assert spoken <= set(template.titles)
        assert set(template.statement_sealed) == spoken
        for row in template.rows:
            assert set(row.labels) == spoken
            assert all(set(words) == spoken for words in row.choices.values())
    with pytest.raises(UnknownPaperType):
        newest("passport")


def test_a_language_that_the_template_lacks_gives_way_to_the_countrys_next() -> None:
    template = newest("birth_certificate")

    assert template.pair("rw", ("en", "fr", "rw")) == ("en", "fr")
    assert template.pair("fr", ("en", "fr", "rw")) == ("fr", "en")
    assert template.pair("sw", ("sw", "en")) == ("en", "fr")
