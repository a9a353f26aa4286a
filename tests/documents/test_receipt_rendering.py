"""The official receipt as a file: the same bytes each time, tagged, without a payer's name."""

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from documents.rendering import receipts
from documents.rendering.receipts import Line, Receipt, draw
from documents.rendering.receipts.drawing import TooLong

MADE = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def line(name: str = "Birth certificate") -> Line:
    return Line(
        name=name,
        revenue_code="R-1104",
        legal_source="Ministerial Order 001/2024 of 12/01/2024, annex II",
        amount="500 RWF",
    )


def content(**changed: object) -> Receipt:
    made = Receipt(
        version=1,
        languages=("en", "fr"),
        country="Republic of Rwanda",
        number="OR-DISTRICT11-2026-000001-K",
        reference="8589 6132 6965",
        beneficiary="Nyarugenge District",
        lines=(line(), line("Certificate of being single, extract of the population register")),
        total="1,000 RWF",
        rails="MTN Mobile Money",
        paid_on="23 November 2026, 12:00",
        issued_on="23 November 2026, 12:00",
        cancelled_on="",
        check_url="https://guichet.example/pay/6c95a23f-661a-42bf-9f4d-4c8da770dfc1/",
        made_at=MADE,
    )
    return replace(made, **changed)


def words(data: bytes, folder: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    file = folder / "receipt.pdf"
    file.write_bytes(data)
    run = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True
    )
    return run.stdout


def test_the_same_receipt_gives_the_same_bytes() -> None:
    assert draw(content()) == draw(content())
    assert draw(content()) != draw(content(total="2,000 RWF"))


@pytest.mark.parametrize("languages", [("en", "fr"), ("fr", "en"), ("en", "en")])
def test_a_receipt_is_one_tagged_page(languages: tuple[str, str]) -> None:
    with pikepdf.open(io.BytesIO(draw(content(languages=languages)))) as pdf:
        assert len(pdf.pages) == 1
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == languages[0]
        assert content().number in str(pdf.docinfo.Title)


def test_a_receipt_says_what_came_to_whom_and_by_which_law(tmp_path: Path) -> None:
    said = words(draw(content()), tmp_path)
    for part in (
        content().number,
        "8589 6132 6965",
        "Nyarugenge District",
        "Ministerial Order 001/2024",
        "R-1104",
        "1,000 RWF",
        "MTN Mobile Money",
        "Quittance",
    ):
        assert part in said
    assert "CANCELLED" not in said


def test_a_cancelled_receipt_says_so_and_since_when(tmp_path: Path) -> None:
    said = words(draw(content(cancelled_on="24 November 2026, 09:00")), tmp_path)
    assert "The payment was taken back on 24 November 2026, 09:00." in said


def test_twenty_lines_fit_one_sheet() -> None:
    draw(content(lines=tuple(line(f"Certificate {number}") for number in range(20))))


def test_lines_that_need_a_second_sheet_are_refused_aloud() -> None:
    with pytest.raises(TooLong):
        draw(content(lines=(line(),) * 40))


def test_a_reader_of_another_language_gets_the_countrys_next() -> None:
    assert receipts.languages("rw", ("rw", "fr", "en")) == ("fr", "en")
    assert receipts.languages("en", ("rw", "fr", "en")) == ("en", "fr")
