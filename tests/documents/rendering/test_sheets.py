"""Every kind of paper and slip: read by eye, ear, camera, program; equal facts, equal bytes."""

import hashlib
import io
from functools import cache
from pathlib import Path

import pikepdf
import pytest

from documents.rendering import draw, qr, style
from documents.rendering.style import ACCENT, SMALLEST, TINT
from tests.documents import harness
from tests.documents.rendering import golden
from tests.documents.rendering.operators import contrast, rgb, shown
from tests.documents.rendering.sheets import SHEETS, birth, specimen

DRAWN = {name: cache(make) for name, make in golden.drawn().items()}
# The lines of an advice of many fees are set at 7.5 points since before this rule; its bytes stay.
SMALL_ALREADY = {"advice_of_40_fees"}
WHITE = (1.0, 1.0, 1.0)

drawn = pytest.mark.parametrize("name", DRAWN)
sheets = pytest.mark.parametrize("name", SHEETS)


@drawn
def test_a_sheet_is_drawn_as_it_was_yesterday(name: str) -> None:
    """A change of looks is looked at, then kept: python -m tests.documents.rendering.golden"""
    assert hashlib.sha256(DRAWN[name]()).hexdigest() == golden.kept()[name]


def test_no_kept_hash_is_of_a_sheet_that_is_gone() -> None:
    assert set(golden.kept()) == set(DRAWN)


@sheets
def test_equal_facts_give_equal_bytes(name: str) -> None:
    assert draw(SHEETS[name]()) == draw(SHEETS[name]())


@drawn
def test_it_is_one_sheet_of_a4_but_for_long_lists(name: str) -> None:
    with pikepdf.open(io.BytesIO(DRAWN[name]())) as pdf:
        assert (len(pdf.pages) == 1) == (name not in OVER_PAGES)
        for page in pdf.pages:
            assert [float(side) for side in page.MediaBox] == [0, 0, 595.276, 841.89]


@drawn
def test_nothing_is_smaller_than_eight_points_and_letters_are_of_two_families(name: str) -> None:
    pieces = list(shown(DRAWN[name]()))
    least = 7.5 if name in SMALL_ALREADY else SMALLEST
    assert min(piece.size for piece in pieces) >= least
    assert {piece.font for piece in pieces} <= {"SourceSansPro", "SourceSerifPro"}


@drawn
def test_letters_stand_out_in_grey(name: str) -> None:
    """4.5 to 1 (WCAG 2.2, 1.4.3) on white and on the tinted card; white letters on the bar."""
    for piece in shown(DRAWN[name]()):
        if not piece.tagged:
            continue
        grounds = [rgb(ACCENT)] if piece.colour == WHITE else [WHITE, rgb(TINT)]
        assert min(contrast(piece.colour, ground) for ground in grounds) >= 4.5


@drawn
def test_marks_and_tree_agree_on_every_page(name: str) -> None:
    with pikepdf.open(io.BytesIO(DRAWN[name]())) as pdf:
        numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        assert [int(number) for number in numbers[::2]] == list(range(len(pdf.pages)))
        for page, owners in zip(pdf.pages, numbers[1::2], strict=True):
            streams = page.Contents if isinstance(page.Contents, pikepdf.Array) else [page.Contents]
            marks = sum(stream.read_bytes().count(b"/MCID") for stream in streams)
            assert marks == len(owners)
            assert all(owner.Pg.objgen == page.objgen for owner in owners)


@drawn
def test_every_letter_is_in_the_file(name: str) -> None:
    with pikepdf.open(io.BytesIO(DRAWN[name]())) as pdf:
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
                assert "/FontFile2" in inner.FontDescriptor
                assert "/ToUnicode" in font


OVER_PAGES = {"register_of_the_day", "criminal_record_of_20"}
ORDER: dict[str, list[str]] = {
    "birth_duplicate": [
        "Kimironko Sector Office", "Birth certificate", "Certificat de naissance",
        "Certificate: confirms the facts", "DUPLICATE 2 of BC-SECTOR1209-2026-000123-7",
        "BC-SECTOR1209-2026-000311-2", "7QK3 M0ZB 94TV X2HD", "The officer named below",
        "Family name", "MUKAMANA", "Given names", "Aline Chantal", "27 March 1990",
        "Register entry cited", "0413", "Signed electronically by", "Marie-Claire Uwase",
        "Sealed electronically by", "Done on 23 November 2026", "Is this paper genuine?",
    ],
    "marriage_record": [
        "Marriage record", "Acte de mariage", "Record: full copy of the entry", "First spouse",
        "Family name", "HABIMANA", "MUKAMANA", "Father", "Habimana Jean", "Married on",
        "Property regime", "Register entry cited",
    ],
    "criminal_record_two": [
        "Criminal record extract", "HABIMANA", "Nationality", "Rwanda", "Judgments entered",
        "Date", "Court", "Offence", "Sentence", "2019-05-14", "Gasabo Primary Court",
        "Six months", "Register entry cited", "Criminal records",
    ],
    "criminal_record_of_20": [
        "Criminal record extract", "CX-SECTOR1209-2026-000123-7", "HABIMANA", "Judgments entered",
        "Gasabo Primary Court", "Page 1 of 2", "Criminal record extract, continued",
        "CX-SECTOR1209-2026-000123-7", "Court", "Gasabo Primary Court", "Register entry cited",
        "Signed electronically by", "Marie-Claire Uwase", "Is this paper genuine?",
    ],
    "criminal_record_nothing": [
        "Valid until", "23 May 2027", "Judgments entered",
        "Nothing is entered in the criminal records", "Néant", "Register entry cited",
    ],
    "birth_reissued": ["Takes the place of", "BC-SECTOR1209-2026-000120-9", "MUKAMANA"],
    "acknowledgement": [
        "Kimironko Sector Office", "Acknowledgement of receipt", "Récépissé de dépôt", "AK-",
        "received this application", "BC-26-48201937", "500 RWF", "What was handed in",
        "Copy of the passport", "Keep this paper", "Sealed electronically by",
        "A letter of the office",
    ],
    "completion_request": ["send what is listed here by 8 December 2026", "What is missing", "Why"],
    "refusal": ["Ground in law", "Law 001/2020", "you may appeal to Gasabo District"],
    "apology": ["promised an answer by 27 November 2026", "Why it is late", "New date"],
    "control_slip": ["The road of the case", "Front desk, Éric Nsengimana", "10:05", "35 min"],
    "register_of_the_day": ["23 November 2026", "Cases of the day", "Page 1 of", "Sealed"],
}  # fmt: skip


@pytest.mark.parametrize("name", ORDER)
def test_the_order_of_the_text_is_the_order_of_reading(name: str, tmp_path: Path) -> None:
    text = " ".join(harness.words(DRAWN[name](), tmp_path).split())
    place = 0
    for said in ORDER[name]:
        found = text.find(said, place)
        assert found >= 0, f"{said!r} does not come after what it should: …{text[place:][:200]}"
        place = found + len(said)


@sheets
def test_a_worn_grey_copy_still_says_its_code_its_number_and_its_name(
    name: str, tmp_path: Path
) -> None:
    """150 dpi, grey, JPEG of quality 40: an office scanner on a bad day."""
    image = harness.picture(_last_page(DRAWN[name]()), tmp_path, dpi=150, grey=True, jpeg=40)
    assert harness.read_code(image) == SHEETS[name]().check_url


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("birth_record", ["BC-SECTOR1209-2026-000123-7", "MUKAMANA", "Aline Chantal"]),
        ("marriage_record_duplicate", ["MC-SECTOR1209-2026-000088-4", "HABIMANA", "DUPLICATE 2"]),
        ("criminal_record_two", ["CX-SECTOR1209-2026-000123-7", "HABIMANA", "Gasabo Primary"]),
        ("refusal", ["RF-SECTOR1209-2026-000123-7", "MUKAMANA", "Law 001/2020"]),
    ],
)
def test_tesseract_reads_number_and_name_from_it(
    name: str, said: list[str], tmp_path: Path
) -> None:
    image = harness.picture(DRAWN[name](), tmp_path, dpi=150, grey=True, jpeg=40)
    read = " ".join(harness.read_letters(image).split())
    for each in said:
        assert each in read


@pytest.mark.parametrize(
    "name", ["birth_record", "criminal_record_two", "full_identity", "refusal"]
)
def test_a_specimen_has_no_code_that_leads_anywhere(name: str, tmp_path: Path) -> None:
    data = draw(specimen(SHEETS[name]()))

    assert harness.read_code(harness.picture(data, tmp_path, dpi=150)) == ""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        kinds = {str(owner.S) for owner in pdf.Root.StructTreeRoot.ParentTree.Nums[1]}
        assert not pdf.attachments
    assert "/Figure" not in kinds
    assert "7QK3" not in harness.words(data, tmp_path)


def test_the_code_is_as_large_as_a_cheap_camera_wants() -> None:
    symbol_mm = style.QR_SYMBOL / 72 * 25.4
    assert 46 <= symbol_mm <= 55
    assert symbol_mm / qr.modules(birth().check_url) >= 0.6
    assert style.quiet(birth()) * qr.modules(birth().check_url) / style.QR_SYMBOL >= 4


def _last_page(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        del pdf.pages[:-1]
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()
