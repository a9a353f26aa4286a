"""The remittance advice as a file: the same bytes each time, tagged, with sums that are there."""

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from documents.rendering.advice import Advice, Line, draw

MADE = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def line(name: str = "Birth certificate") -> Line:
    return Line(
        name=name,
        revenue_code="R-1104",
        legal_source="Ministerial Order 001/2024 of 12/01/2024, annex II",
        payments="1,204",
        amount="602,000 RWF",
    )


def content(**changed: object) -> Advice:
    made = Advice(
        version=1,
        languages=("en", "fr"),
        country="Republic of Rwanda",
        number="RM-2026-000017",
        reference="RM202600000017",
        beneficiary="Gasabo district",
        account="00040-0281-17, Bank of Kigali, BKIGRWRW",
        holder="Gasabo district, own revenue",
        cut_off="23 November 2026, 16:00",
        approved_on="24 November 2026, 09:10",
        state="Sent to the bank",
        lines=(line(), line("Certificate of being single, extract of the population register")),
        gross="1,204,000 RWF",
        taken_back="1,500 RWF",
        total="1,202,500 RWF",
        charges="18,060 RWF",
        ended_on="",
        made_at=MADE,
    )
    return replace(made, **changed)


def words(data: bytes, folder: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    file = folder / "advice.pdf"
    file.write_bytes(data)
    run = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True
    )
    return run.stdout


def test_the_same_advice_gives_the_same_bytes() -> None:
    assert draw(content()) == draw(content())
    assert draw(content()) != draw(content(total="1 RWF"))


def test_it_is_one_tagged_page_with_its_title() -> None:
    with pikepdf.open(io.BytesIO(draw(content()))) as pdf:
        assert len(pdf.pages) == 1
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.docinfo["/Title"]) == "Remittance advice RM-2026-000017"


def test_it_says_where_the_money_goes_and_by_which_law(tmp_path: Path) -> None:
    text = words(draw(content()), tmp_path)
    for said in ("00040-0281-17", "RM202600000017", "R-1104", "annex II", "1,202,500 RWF"):
        assert said in text
    assert "not taken off: 18,060 RWF" in text
    ended = words(draw(content(ended_on="25 November 2026")), tmp_path)
    assert "came to nothing on 25 November 2026" in ended


@pytest.mark.parametrize("count", [10, 40, 300])
def test_any_number_of_fees_stays_on_one_sheet_and_says_what_is_left_out(count, tmp_path) -> None:
    data = draw(content(lines=tuple(line(f"Fee {number}") for number in range(count))))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 1
    text = words(data, tmp_path)
    shown = sum(f"Fee {number} " in text for number in range(count))
    left_out = f"Autres frais, dans le tableur de ce lot: {count - shown}"
    assert (shown == count) != (left_out in " ".join(text.split()))
    assert "1,202,500 RWF" in text
