"""The summary of a closed day as PDF, for whoever reads a pack on paper."""

import hashlib
import io
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from documents.rendering import fonts, practice
from documents.rendering.fonts import Face
from kernel.country import country
from kernel.money import Money
from payments.models import Close
from payments.sealing import Record

_TEXT = ParagraphStyle("text", fontName=Face.SANS.value, fontSize=9, leading=12.5)
_SMALL = ParagraphStyle("small", parent=_TEXT, fontSize=7.5, leading=10)
_TITLE = ParagraphStyle("title", fontName=Face.SERIF_BOLD.value, fontSize=18, leading=24)
_HEAD = ParagraphStyle(
    "head", fontName=Face.SERIF_BOLD.value, fontSize=12, leading=16, spaceBefore=10, spaceAfter=4
)
# Beyond these the files of the pack tell more than paper can.
_ROWS_MAX = 400


def draw(told: Record, kept: Close) -> bytes:
    """
    Return the PDF, in English as the headers of the pack; one record gives one file.

    :param told: the record of the day; `kept` is where it stands, with totals and differences
    """
    fonts.register()
    buffer = io.BytesIO()
    paper = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=f"Day close {told.day}",
        author="Guichet",
        lang="en",
        invariant=1,
    )
    parts = [*_head(told, kept), *_totals(kept), *_differences(kept)]
    paper.build(parts, onFirstPage=_ground, onLaterPages=_ground)
    return buffer.getvalue()


def _ground(canvas: Any, _paper: Any) -> None:
    practice.stamp(canvas, *A4, language="en")


def _head(told: Record, kept: Close) -> list[Any]:
    counts = {name: f"{entries}" for name, (entries, _) in told.parts.items()}
    facts = [
        ("Country", country().name("en")),
        ("Day", f"{told.day} ({told.zone})"),
        ("Journals", counts["journals"]),
        ("Movements of money", counts["movements"]),
        ("Messages of providers", counts["messages"]),
        ("Statement files", counts["statements"]),
        ("Prepared", f"{told.prepared.name}, {told.prepared.at}"),
        ("Signed", f"{told.signed.name}, {told.signed.at}"),
        ("Recorded, by the database's clock", told.sealed_at),
        ("Record (SHA-256)", hashlib.sha256((kept.record or "").encode()).hexdigest()),
        ("Seal of the day before", told.previous or "none: this is the first closed day"),
    ]
    return [
        Paragraph("Day close", _TITLE),
        Spacer(1, 3 * mm),
        _table([[_cell(name), _cell(value)] for name, value in facts], [45 * mm, 129 * mm]),
        Paragraph(
            "The seal of this day is over the record and over this paper. It stands on the page of"
            " the day, in the auditor's pack and in the record of the next day.",
            _SMALL,
        ),
    ]


def _totals(record: Close) -> list[Any]:
    totals: list[dict[str, Any]] = record.totals or []
    rows = [[_cell("Account"), _cell("Debit"), _cell("Credit")]]
    rows += [
        [
            _cell(one["account"]),
            _cell(Money(one["debit_minor"], one["currency"]).format("en")),
            _cell(Money(one["credit_minor"], one["currency"]).format("en")),
        ]
        for one in totals[:_ROWS_MAX]
    ]
    return [
        Paragraph("What each account took", _HEAD),
        _table(rows, [94 * mm, 40 * mm, 40 * mm]) if totals else Paragraph("Nothing.", _TEXT),
        *_more(totals, "totals.csv"),
    ]


def _differences(record: Close) -> list[Any]:
    listed: list[dict[str, Any]] = record.differences or []
    stood = [one for one in listed if one["settled_at"] is None]
    settled = [one for one in listed if one["settled_at"] is not None]
    return [
        Paragraph("Listed differences that stood", _HEAD),
        *_listed(stood, "Note", "note"),
        Paragraph("Differences settled since the day before was signed", _HEAD),
        *_listed(settled, "How it ended", "ended"),
    ]


def _listed(differences: list[dict[str, Any]], last: str, name: str) -> list[Any]:
    rows = [[_cell("Found"), _cell("What"), _cell("Rail"), _cell(last)]]
    rows += [
        [
            _cell(one["day_found"]),
            _cell(f"{one['kind']} ({one['subject']})"),
            _cell(one["rail"]),
            _cell(one["note"] if name == "note" else _ended(one)),
        ]
        for one in differences[:_ROWS_MAX]
    ]
    if not differences:
        return [Paragraph("None.", _TEXT)]
    table = _table(rows, [22 * mm, 62 * mm, 26 * mm, 64 * mm])
    return [table, *_more(differences, "differences.csv")]


def _ended(one: dict[str, Any]) -> str:
    if one["settled_by"] is None:
        return f"{one['settled_at']}, its cause is gone"
    return f"{one['settled_at']}, by {one['settled_by_name']}: {one['settled_note']}"


def _more(rows: list[dict[str, Any]], file: str) -> list[Any]:
    left = len(rows) - _ROWS_MAX
    return [Paragraph(f"{left} more stand in {file}.", _SMALL)] if left > 0 else []


def _cell(text: str) -> Paragraph:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Paragraph(escaped, _SMALL)


def _table(rows: list[list[Paragraph]], widths: list[float]) -> Table:
    lines = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#d9d4c8")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    return Table(rows, colWidths=widths, style=TableStyle(lines), repeatRows=1)
