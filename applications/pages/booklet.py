"""
A downtime book as a file: one numbered sheet a page, to be filled in by hand.

It is no paper of a register: it carries no seal, and says nothing of anybody.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from applications.models import DowntimeSheet
from catalogue.definition import Definition, Field
from catalogue.words import tell
from documents.rendering import kit, qr
from documents.rendering.fonts import Face, wrap
from documents.rendering.pdf import Sheet
from documents.rendering.style import ACCENT, GREY, INK, LEFT, RIGHT, RULE, TOP, WIDTH
from documents.rendering.xmp import Metadata
from kernel.country import country

_SYMBOL = 62.0
_OPTIONS_MAX = 8
_ROW = 25.0
_LABELS = 150.0
_FOOT = 120.0
_BOX = 9.0


def draw(
    sheets: Iterable[DowntimeSheet],
    definition: Definition,
    *,
    office: str,
    language: str,
    at: datetime,
) -> bytes:
    """Return the book as PDF; equal sheets printed at equal times give equal bytes."""
    title = gettext("Downtime book")
    paper = Sheet(Metadata(title, office, definition.name(language), language, at))
    for number, sheet in enumerate(sheets):
        if number:
            paper.turn()
        _page(paper, sheet, definition, office=office, language=language)
    return paper.finish()


def _page(
    paper: Sheet, sheet: DowntimeSheet, definition: Definition, *, office: str, language: str
) -> None:
    y = _head(paper, sheet, definition, office, language)
    for label, boxes in _who():
        y = _line(paper, label, boxes, y)
    y -= 8
    for field in definition.fields.values():
        if y < _FOOT + 2 * _ROW:
            paper.turn()
            paper.text(RIGHT, TOP, sheet.code, Face.SANS_BOLD, 11, colour=INK, align="right")
            y = TOP - 24
        y = _line(paper, _label(field, language), _boxes(field, language), y)
    _foot(paper, sheet, definition, office)


def _head(
    paper: Sheet, sheet: DowntimeSheet, definition: Definition, office: str, language: str
) -> float:
    y = TOP - 4
    with paper.tag("P"):
        paper.text(LEFT, y, country().name(language).upper(), Face.SERIF_BOLD, 10, colour=INK)
        paper.text(LEFT, y - 15, office, Face.SANS, 9.5, colour=GREY)
    with paper.tag("H1"):
        paper.text(LEFT, y - 40, definition.name(language), Face.SERIF_BOLD, 17, colour=ACCENT)
    with paper.tag("P"):
        paper.text(LEFT, y - 58, sheet.code, Face.SANS_BOLD, 14, colour=INK)
    box = (RIGHT - _SYMBOL, y - _SYMBOL + 8, RIGHT, y + 8)
    with paper.tag("Figure", **paper.figure(gettext("Number of this sheet"), box)):
        paper.operators(qr.operators(sheet.code, box[0], box[1], _SYMBOL))
    return kit.rule(paper, y - 70) - 6


def _who() -> list[tuple[str, list[str]]]:
    """Return what is written of the applicant and of the counter, before the service's own."""
    return [
        (gettext("National identity number"), []),
        (gettext("Family name"), []),
        (gettext("Given names"), []),
        (gettext("Date of birth"), []),
        (gettext("Mobile number"), []),
        (gettext("Received on (day, month, year, hour)"), []),
        (gettext("Taken by (name, signature)"), []),
    ]


def _label(field: Field, language: str) -> str:
    mark = "" if field.required else gettext(" (optional)")
    return tell(field.labels, language).text + mark


def _boxes(field: Field, language: str) -> list[str]:
    if field.type == "boolean":
        return [gettext("Yes")]
    if len(field.options) > _OPTIONS_MAX:
        return []
    return [tell(option.labels, language).text for option in field.options]


def _line(paper: Sheet, label: str, boxes: list[str], y: float) -> float:
    """Write a label with a line to write on, or boxes to tick; return where the next begins."""
    told = list(wrap(label, Face.SANS, 9, _LABELS - 12))
    with paper.tag("P"):
        kit.lines(paper, told, LEFT, y - 12, kit.Type(Face.SANS, 9, 11, INK))
    x, line_y = LEFT + _LABELS, y - 14
    if not boxes:
        with paper.artifact():
            paper.pen(RULE, 0.8)
            paper.line(x, line_y - 4, RIGHT, line_y - 4)
    for text in boxes:
        shown = list(wrap(text, Face.SANS, 9, RIGHT - x - 20))
        with paper.artifact():
            paper.pen(INK, 0.8)
            paper.box(x, line_y - 1, _BOX, _BOX)
        with paper.tag("P"):
            kit.lines(paper, shown, x + 15, line_y, kit.Type(Face.SANS, 9, 11, INK))
        line_y -= 14 + 11 * (len(shown) - 1)
    return min(y - max(_ROW, 11 * len(told) + 8), line_y - 4 if boxes else y)


def _foot(paper: Sheet, sheet: DowntimeSheet, definition: Definition, office: str) -> None:
    """Write the signature's place, where the whole form is, and the slip for the applicant."""
    form = settings.SITE_URL.partition("://")[2] + reverse(
        "catalogue:form_pdf", args=[definition.code]
    )
    with paper.artifact():
        paper.pen(RULE, 0.8)
        paper.line(LEFT, _FOOT, LEFT + WIDTH / 2 - 12, _FOOT)
        paper.dashes(4, 3)
        paper.pen(GREY, 0.6)
        paper.line(LEFT, _FOOT - 34, RIGHT, _FOOT - 34)
        paper.dashes(0, 0)
    with paper.tag("P"):
        paper.text(LEFT, _FOOT - 11, gettext("Applicant's signature"), Face.SANS, 8, colour=GREY)
    with paper.tag("P"):
        told = gettext("The form with every question explained: %s") % form
        paper.text(RIGHT, _FOOT - 24, told, Face.SANS, 8, colour=GREY, align="right")
    with paper.tag("P"):
        paper.text(LEFT, _FOOT - 52, sheet.code, Face.SANS_BOLD, 11, colour=INK)
        told = gettext("For the applicant: when the network is back you get a message to pay.")
        paper.text(LEFT, _FOOT - 66, told, Face.SANS, 8.5, colour=GREY)
        paper.text(LEFT, _FOOT - 78, office, Face.SANS, 8.5, colour=GREY)
