"""
An office's service standard as a sheet for its wall, A4 or A3: a table, and how to complain.

It is no paper of a register: it carries no seal and says nothing of anybody. Equal content gives
equal bytes. A3 is A4 made larger by the root of two, with the same lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from documents.rendering import kit
from documents.rendering.fonts import Face, wrap
from documents.rendering.kit import Type
from documents.rendering.pdf import Node, Sheet
from documents.rendering.style import ACCENT, GREY, INK, LEFT, RIGHT, RULE, TOP, WIDTH
from documents.rendering.xmp import Metadata

SCALES = {"a4": 1.0, "a3": sqrt(2)}

_FOOT = 46.0
_GAP = 10.0
_SHARES = (0.36, 0.16, 0.16, 0.32)
_HEAD = Type(Face.SANS_BOLD, 8.5, 10.5, GREY)
_NAME = Type(Face.SANS_BOLD, 10, 12.5, INK)
_CELL = Type(Face.SANS, 9.5, 12, INK)
_WORDS = Type(Face.SANS, 9.5, 12.5, INK)
_TITLE = Type(Face.SERIF_BOLD, 24, 28, ACCENT)
_SUBTITLE = Type(Face.SERIF_BOLD, 13, 17, ACCENT)


@dataclass(frozen=True)
class Said:
    """A text in the language that it is in."""

    language: str
    text: str


Texts = Sequence[Said]
"""The same in one language or two: the first is set upright, the second in grey italics."""


@dataclass(frozen=True)
class Notice:
    """All that is printed; each row has as many cells as there are heads."""

    title: str  # Of the file.
    language: str
    country: str
    standard: Texts
    office: Texts
    hours: Sequence[Texts]
    heads: Sequence[Texts]
    rows: Sequence[Sequence[Texts]]
    nothing: Texts  # Instead of rows.
    sections: Sequence[tuple[Texts, Sequence[Texts]]]
    note: str
    made_at: datetime


def draw(notice: Notice, paper: str) -> bytes:
    """
    Return the sheet as PDF, tagged; it goes over several pages where an office gives much.

    :param paper: one of `SCALES`
    """
    office = notice.office[0].text
    metadata = Metadata(notice.title, office, notice.title, notice.language, notice.made_at)
    pen = _Pen(Sheet(metadata, scale=SCALES[paper]), notice)
    _top(pen, notice)
    if notice.rows:
        _table(pen, notice)
    else:
        pen.words(notice.nothing, _WORDS)
    for title, texts in notice.sections:
        _section(pen, title, texts)
    return pen.sheet.finish()


class _Pen:
    """Where the next thing goes, and a new page when it does not fit."""

    def __init__(self, sheet: Sheet, notice: Notice) -> None:
        self.sheet, self._notice, self.y = sheet, notice, TOP
        self._foot()

    def room(self, height: float) -> bool:
        """See to it that so many points are left on this page; say whether it is a new one."""
        if self.y - height >= _FOOT:
            return False
        self.sheet.turn()
        self.y = TOP
        self._foot()
        return True

    def words(self, texts: Texts, how: Type, *, kind: str = "P") -> None:
        """Write the text in its languages below each other, as one heading or as paragraphs."""
        self.room(_height(texts, how, WIDTH))
        for place, one in enumerate(texts):
            with self.sheet.tag(kind if place == 0 else "P", language=one.language):
                self.y = _lines(self.sheet, one, place, LEFT, self.y, how, WIDTH)

    def _foot(self) -> None:
        with self.sheet.artifact():
            self.sheet.pen(RULE, 0.5)
            self.sheet.line(LEFT, _FOOT - 10, RIGHT, _FOOT - 10)
            self.sheet.text(LEFT, _FOOT - 22, self._notice.note, Face.SANS, 8, colour=GREY)
            page = str(self.sheet.page)
            self.sheet.text(RIGHT, _FOOT - 22, page, Face.SANS, 8, colour=GREY, align="right")


def _top(pen: _Pen, notice: Notice) -> None:
    sheet = pen.sheet
    with sheet.tag("P"):
        name = notice.country.upper()
        sheet.text(LEFT, pen.y - 10, name, Face.SERIF_BOLD, 11, colour=INK, spacing=1.6)
    pen.y = kit.rule(sheet, pen.y - 20) - 8
    pen.words(notice.standard, _WORDS)
    pen.words(notice.office, _TITLE, kind="H1")
    pen.y -= 3
    for texts in notice.hours:
        pen.words(texts, _WORDS)
    pen.y -= 8


def _table(pen: _Pen, notice: Notice) -> None:
    table = pen.sheet.node("Table")
    _heads(pen, notice, table)
    for row in notice.rows:
        height = max(
            _height(texts, _how(column), _width(column)) for column, texts in enumerate(row)
        )
        # Whoever reads the second page from afar must know what its columns are.
        if pen.room(height + 8):
            _heads(pen, notice, table)
        node = pen.sheet.node("TR", table)
        pen.y -= 4
        for column, texts in enumerate(row):
            _cell(pen, node, column, texts, _how(column), is_head=False)
        pen.y -= height + 4
        kit.rule(pen.sheet, pen.y)
    pen.y -= 6


def _heads(pen: _Pen, notice: Notice, table: Node) -> None:
    node = pen.sheet.node("TR", table)
    pen.y -= 4
    for column, texts in enumerate(notice.heads):
        _cell(pen, node, column, texts, _HEAD, is_head=True)
    pen.y -= max(_height(texts, _HEAD, _width(c)) for c, texts in enumerate(notice.heads)) + 4
    with pen.sheet.artifact():
        pen.sheet.pen(ACCENT, 1.0)
        pen.sheet.line(LEFT, pen.y, RIGHT, pen.y)


def _cell(pen: _Pen, row: Node, column: int, texts: Texts, how: Type, *, is_head: bool) -> None:
    sheet, x, y = pen.sheet, LEFT + sum(_SHARES[:column]) * WIDTH, pen.y
    scope = sheet.column_header() if is_head else sheet.row_header() if column == 0 else {}
    cell = sheet.node("TH" if scope else "TD", row, **scope)
    for place, one in enumerate(texts):
        with sheet.tag("P", cell, language=one.language):
            y = _lines(sheet, one, place, x, y, how, _width(column))


def _section(pen: _Pen, title: Texts, texts: Sequence[Texts]) -> None:
    # A heading is never left alone at the foot of a page.
    pen.room(60)
    pen.y -= 8
    pen.words(title, _SUBTITLE, kind="H2")
    for each in texts:
        pen.words(each, _WORDS)
        pen.y -= 3


def _how(column: int) -> Type:
    return _NAME if column == 0 else _CELL


def _width(column: int) -> float:
    return _SHARES[column] * WIDTH - _GAP


def _face(place: int, how: Type) -> Type:
    return how if place == 0 else Type(Face.SANS_ITALIC, min(how.size, 11), how.leading, GREY)


def _height(texts: Texts, how: Type, width: float) -> float:
    return sum(
        len(list(wrap(one.text, set_as.face, set_as.size, width))) * set_as.leading
        for place, one in enumerate(texts)
        for set_as in [_face(place, how)]
    )


def _lines(
    sheet: Sheet, said: Said, place: int, x: float, y: float, how: Type, width: float
) -> float:
    """Write a text from its upper edge; return its lower one."""
    set_as = _face(place, how)
    told = wrap(said.text, set_as.face, set_as.size, width)
    return kit.lines(sheet, told, x, y - set_as.size, set_as) + set_as.size
