"""
A form to be printed and filled in by hand: boxes to write in, boxes to tick.

It is no paper of a register: it carries no seal and says nothing of anybody. Equal content gives
equal bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from documents.rendering import kit
from documents.rendering.fonts import Face, wrap
from documents.rendering.pdf import Sheet
from documents.rendering.style import ACCENT, GREY, INK, LEFT, RIGHT, RULE, TINT, TOP, WIDTH
from documents.rendering.xmp import Metadata

_FOOT = 58.0
_LINE = 21.0  # The height of a box that one line is written into.
_CELL = 15.5  # The width of a box for one letter.
_TICK = 10.0
_COLUMNS = 2
_LABEL = kit.Type(Face.SANS_BOLD, 9.5, 12, INK)
_HINT = kit.Type(Face.SANS, 8.2, 10.4, GREY)
_WORDS = kit.Type(Face.SANS, 9.5, 12.5, INK)


@dataclass(frozen=True)
class Question:
    """
    One question and where its answer goes: `cells` boxes of one letter each, in runs ("2, 2, 4"
    for a date), `lines` to write on, `options` to tick; or a table of `columns` with `rows`.
    """

    label: str
    hint: str = ""
    only: str = ""  # When it is answered: "Only if ...".
    cells: tuple[int, ...] = ()
    lines: int = 1
    options: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True)
class Section:
    title: str
    help: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class RequestForm:
    """All that is printed, in one language; `note` stands at the foot of each page."""

    title: str
    language: str
    country: str
    agency: str
    intro: tuple[str, ...]
    sections: tuple[Section, ...]
    bring_title: str
    bring: tuple[str, ...]
    sign: tuple[str, str]  # Place and date; signature.
    office_title: str
    office: tuple[str, ...]  # What the office writes.
    note: str
    page: str  # "Page %d"
    made_at: datetime


def draw(form: RequestForm) -> bytes:
    """Return the form as PDF."""
    metadata = Metadata(form.title, form.agency, form.title, form.language, form.made_at)
    pen = _Pen(Sheet(metadata), form)
    _head(pen, form)
    for section in form.sections:
        _section(pen, section)
    _bring(pen, form)
    _sign(pen, form)
    return pen.finish()


class _Pen:
    """Where the next thing goes, and a new page when it does not fit."""

    def __init__(self, sheet: Sheet, form: RequestForm) -> None:
        self.sheet, self._form, self.y = sheet, form, TOP
        self._foot()

    def room(self, height: float) -> None:
        """See to it that so many points are left on this page."""
        if self.y - height < _FOOT + 8:
            self.sheet.turn()
            self.y = TOP
            self._foot()

    def words(self, text: str, how: kit.Type, *, kind: str = "P", width: float = WIDTH) -> None:
        told = list(wrap(text, how.face, how.size, width))
        self.room(len(told) * how.leading)
        with self.sheet.tag(kind):
            self.y = kit.lines(self.sheet, told, LEFT, self.y - how.size, how) + how.size

    def finish(self) -> bytes:
        return self.sheet.finish()

    def _foot(self) -> None:
        with self.sheet.artifact():
            self.sheet.pen(RULE, 0.5)
            self.sheet.line(LEFT, _FOOT - 8, RIGHT, _FOOT - 8)
            y, page = _FOOT - 20, self._form.page % self.sheet.page
            self.sheet.text(LEFT, y, self._form.note, Face.SANS, 8, colour=GREY)
            self.sheet.text(RIGHT, y, page, Face.SANS, 8, colour=GREY, align="right")


def _head(pen: _Pen, form: RequestForm) -> None:
    sheet = pen.sheet
    with sheet.tag("P"):
        sheet.text(
            LEFT, pen.y - 10, form.country.upper(), Face.SERIF_BOLD, 11, colour=INK, spacing=1.6
        )
        sheet.text(RIGHT, pen.y - 10, form.agency, Face.SANS, 9, colour=GREY, align="right")
    pen.y = kit.rule(sheet, pen.y - 20) - 14
    pen.words(form.title, kit.Type(Face.SERIF_BOLD, 22, 26, ACCENT), kind="H1")
    pen.y -= 2
    for text in form.intro:
        pen.words(text, _WORDS)
        pen.y -= 3


def _section(pen: _Pen, section: Section) -> None:
    # A heading is never left alone at the foot of a page.
    pen.room(90)
    pen.y -= 16
    pen.words(section.title, kit.Type(Face.SERIF_BOLD, 13.5, 17, ACCENT), kind="H2")
    kit.rule(pen.sheet, pen.y - 1)
    pen.y -= 7
    if section.help:
        pen.words(section.help, _HINT)
        pen.y -= 3
    for question in section.questions:
        _question(pen, question)


def _question(pen: _Pen, question: Question) -> None:
    pen.room(_height(question))
    pen.words(question.label, _LABEL)
    for text in (question.only, question.hint):
        if text:
            pen.words(text, _HINT)
    pen.y -= 4
    if question.columns:
        _table(pen, question)
    elif question.options:
        _ticks(pen, question.options)
    elif question.cells:
        _cells(pen, question.cells)
    else:
        _box(pen, question.lines)
    pen.y -= 9


def _height(question: Question) -> float:
    """Return about how high a question is, so that it is not torn; long lists may be."""
    words = sum(len(text) / 95 + 1 for text in (question.hint, question.only) if text)
    answer = question.lines * _LINE
    if question.columns:
        answer = (min(question.rows, 3) + 1) * _LINE
    if question.options:
        answer = min(len(question.options), 12) / _COLUMNS * 16 + 16
    return 14 + words * _HINT.leading + answer + 12


def _box(pen: _Pen, lines: int) -> None:
    height = max(lines, 1) * _LINE
    with pen.sheet.artifact():
        pen.sheet.pen(GREY, 0.7)
        pen.sheet.box(LEFT, pen.y - height, WIDTH, height, radius=3)
        pen.sheet.pen(RULE, 0.4)
        for line in range(1, lines):
            y = pen.y - line * _LINE
            pen.sheet.line(LEFT + 6, y, RIGHT - 6, y)
    pen.y -= height


def _cells(pen: _Pen, runs: Sequence[int]) -> None:
    x = LEFT
    with pen.sheet.artifact():
        pen.sheet.pen(GREY, 0.7)
        for run in runs:
            for _cell in range(run):
                pen.sheet.box(x, pen.y - _LINE, _CELL, _LINE)
                x += _CELL
            x += 9
    pen.y -= _LINE


def _ticks(pen: _Pen, options: Sequence[str]) -> None:
    """Write boxes to tick in two columns, in one where the words are long."""
    columns = _COLUMNS if max(map(len, options)) <= 42 else 1
    room = WIDTH / columns - 24
    for first in range(0, len(options), columns):
        row = options[first : first + columns]
        told = [list(wrap(text, Face.SANS, 9.5, room)) for text in row]
        height = max(len(lines) for lines in told) * 12 + 5
        pen.room(height)
        for place, lines in enumerate(told):
            x = LEFT + place * WIDTH / columns
            with pen.sheet.artifact():
                pen.sheet.pen(INK, 0.8)
                pen.sheet.box(x + 1, pen.y - _TICK - 1, _TICK, _TICK)
            with pen.sheet.tag("P"):
                kit.lines(pen.sheet, lines, x + 18, pen.y - 9.5, _WORDS)
        pen.y -= height


def _table(pen: _Pen, question: Question) -> None:
    width = WIDTH / len(question.columns)
    heads = [list(wrap(text, Face.SANS_BOLD, 8.2, width - 8)) for text in question.columns]
    height = max(map(len, heads)) * 10 + 7
    with pen.sheet.artifact():
        pen.sheet.ink(TINT)
        pen.sheet.box(LEFT, pen.y - height, WIDTH, height, fill=True, stroke=False)
    for place, lines in enumerate(heads):
        with pen.sheet.tag("P"):
            how = kit.Type(Face.SANS_BOLD, 8.2, 10, INK)
            kit.lines(pen.sheet, lines, LEFT + place * width + 4, pen.y - 11, how)
    pen.y -= height
    for _row in range(question.rows):
        pen.room(_LINE)
        with pen.sheet.artifact():
            pen.sheet.pen(GREY, 0.7)
            for place in range(len(question.columns)):
                pen.sheet.box(LEFT + place * width, pen.y - _LINE, width, _LINE)
        pen.y -= _LINE


def _bring(pen: _Pen, form: RequestForm) -> None:
    if not form.bring:
        return
    pen.room(70)
    pen.y -= 16
    pen.words(form.bring_title, kit.Type(Face.SERIF_BOLD, 13.5, 17, ACCENT), kind="H2")
    kit.rule(pen.sheet, pen.y - 1)
    pen.y -= 9
    _ticks(pen, form.bring)


def _sign(pen: _Pen, form: RequestForm) -> None:
    pen.room(190)
    pen.y -= 22
    half = WIDTH / 2 - 8
    for place, label in enumerate(form.sign):
        x = LEFT + place * (half + 16)
        with pen.sheet.artifact():
            pen.sheet.pen(GREY, 0.7)
            pen.sheet.box(x, pen.y - 46, half, 46, radius=3)
        with pen.sheet.tag("P"):
            pen.sheet.text(x + 6, pen.y - 57, label, Face.SANS, 8.2, colour=GREY)
    pen.y -= 76
    _office(pen, form)


def _office(pen: _Pen, form: RequestForm) -> None:
    height = 22 + 26.0 * len(form.office)
    with pen.sheet.artifact():
        pen.sheet.ink(TINT)
        pen.sheet.pen(ACCENT, 0.7)
        pen.sheet.box(LEFT, pen.y - height, WIDTH, height, radius=5, fill=True)
    with pen.sheet.tag("P"):
        at = pen.y - 15
        pen.sheet.text(LEFT + 10, at, form.office_title, Face.SANS_BOLD, 9, colour=ACCENT)
    for place, label in enumerate(form.office):
        y = pen.y - 38 - 26 * place
        with pen.sheet.tag("P"):
            pen.sheet.text(LEFT + 10, y, label, Face.SANS, 8.8, colour=INK)
        with pen.sheet.artifact():
            pen.sheet.pen(GREY, 0.6)
            pen.sheet.line(LEFT + 190, y - 3, RIGHT - 12, y - 3)
    pen.y -= height
