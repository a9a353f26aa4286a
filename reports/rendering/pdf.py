"""
A report on paper: title, bars, table, page after page.

In the letters and colours of the house's papers, whose own kit draws one page alone. Equal tables
made at equal times have equal bytes.
"""

import io
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from documents.rendering import fonts, practice
from documents.rendering.fonts import Face
from documents.rendering.style import ACCENT, GREY, INK, RULE
from kernel.country import country
from kernel.money import Money
from reports import cells
from reports.tables import Chart, Row, Shape, Table, charts

PAGE = landscape(A4)
LEFT, RIGHT, TOP, BOTTOM = 48.0, PAGE[0] - 48.0, PAGE[1] - 48.0, 52.0
LINE = 17.0
SIZE = 9.0
LABEL = 0.30  # Of the width, for the first column.


def draw(table: Table, *, at: datetime) -> bytes:
    """Return the PDF; a sign that the letters do not know is drawn as a question mark."""
    fonts.register()
    paper = _Paper(table, at)
    paper.begin()
    for chart in charts(table):
        paper.chart(chart)
    paper.heads()
    for row in table.rows:
        paper.row(row)
    for row in table.totals:
        paper.row(row, bold=True)
    for note in table.notes:
        paper.note(note)
    return paper.finish()


class _Paper:
    def __init__(self, table: Table, at: datetime) -> None:
        self.table, self.at = table, at
        self.buffer = io.BytesIO()
        self.canvas = Canvas(
            self.buffer,
            pagesize=PAGE,
            pageCompression=1,
            invariant=1,
            initialFontName=Face.SANS.value,
            lang=get_language() or "en",
        )
        self.canvas.setTitle(f"{table.title}, {table.subtitle}")
        self.canvas.setAuthor("Guichet")
        self.number = 0
        self.currencies = sorted({row.currency for row in table.rows})

    def begin(self) -> None:
        self.number += 1
        self.y = TOP
        practice.stamp(self.canvas, *PAGE, language=get_language() or "en")
        if self.number == 1:
            self.text(LEFT, self.y, self.table.title, Face.SERIF_BOLD, 18)
            self.y -= 20
            who = country().name(get_language() or "en")
            told = " · ".join([self.table.subtitle, who, *self.currencies])
            self.text(LEFT, self.y, told, Face.SANS, 10.5, GREY)
            self.y -= 26
        self.foot()

    def foot(self) -> None:
        made = formats.date_format(timezone.localtime(self.at), "j F Y, H:i")
        told = gettext("Made on %(time)s") % {"time": made}
        self.text(LEFT, 30, told, Face.SANS, 8, GREY)
        self.text(RIGHT, 30, str(self.number), Face.SANS, 8, GREY, right=True)

    def chart(self, chart: Chart) -> None:
        if chart.is_course:
            self.columns(chart)
            return
        width = (RIGHT - LEFT) * 0.52
        start = LEFT + (RIGHT - LEFT) * LABEL
        for bar in chart.bars:
            self.room(LINE)
            self.text(LEFT, self.y, self.fit(bar.label, start - LEFT - 8), Face.SANS, SIZE)
            self.block(start, self.y - 1, width * bar.width / 1000, 8, ACCENT)
            if bar.before is not None:
                self.block(start, self.y - 4, width * bar.before / 1000, 2, RULE)
            value = Money(bar.value_minor, chart.currency).format(get_language() or "en")
            self.text(RIGHT, self.y, value, Face.SANS, SIZE, right=True)
            self.y -= LINE
        self.y -= 10

    def columns(self, chart: Chart) -> None:
        height = 110.0
        self.room(height + 30)
        floor, step = self.y - height, (RIGHT - LEFT) / max(1, len(chart.bars))
        for bar in chart.bars:
            x = LEFT + bar.place * step
            if bar.before:
                self.block(x + step * 0.08, floor, step * 0.84, height * bar.before / 1000, RULE)
            self.block(x + step * 0.22, floor, step * 0.56, height * bar.width / 1000, ACCENT)
        self.block(LEFT, floor, RIGHT - LEFT, 0.6, RULE)
        self.text(LEFT, floor - 12, chart.bars[0].label, Face.SANS, 8, GREY)
        self.text(RIGHT, floor - 12, chart.bars[-1].label, Face.SANS, 8, GREY, right=True)
        self.y = floor - 32

    def heads(self) -> None:
        self.room(3 * LINE)
        for place, column in enumerate(self.table.columns):
            self.cell(
                place, column.label, Face.SANS_BOLD, GREY, number=column.shape is not Shape.TEXT
            )
        self.block(LEFT, self.y - 5, RIGHT - LEFT, 0.8, INK)
        self.y -= LINE

    def row(self, row: Row, *, bold: bool = False) -> None:
        if self.y - LINE < BOTTOM:
            self.canvas.showPage()
            self.begin()
            self.heads()
        face = Face.SANS_BOLD if bold else Face.SANS
        for place, column in enumerate(self.table.columns):
            told = cells.text(column, row.cells[place], row.currency)
            if place == 0 and len(self.currencies) > 1:
                told = f"{told} {row.currency}"
            self.cell(place, told, face, INK, number=column.shape is not Shape.TEXT)
        self.block(LEFT, self.y - 5, RIGHT - LEFT, 0.4, RULE)
        self.y -= LINE

    def note(self, text: str) -> None:
        for line in fonts.wrap(_drawable(text, Face.SANS), Face.SANS, 8.5, RIGHT - LEFT):
            self.room(13)
            self.text(LEFT, self.y - 6, line, Face.SANS, 8.5, GREY)
            self.y -= 13

    def finish(self) -> bytes:
        self.canvas.showPage()
        self.canvas.save()
        return self.buffer.getvalue()

    def cell(self, place: int, text: str, face: Face, colour: str, *, number: bool) -> None:
        others = max(1, len(self.table.columns) - 1)
        label = (RIGHT - LEFT) * (LABEL if others > 2 else 0.6)
        width = (RIGHT - LEFT - label) / others
        if place == 0:
            self.text(LEFT, self.y, self.fit(text, label - 8), face, SIZE, colour)
        elif number:
            self.text(LEFT + label + place * width, self.y, text, face, SIZE, colour, right=True)
        else:
            start = LEFT + label + (place - 1) * width + 8
            self.text(start, self.y, self.fit(text, width - 8), face, SIZE, colour)

    def room(self, height: float) -> None:
        if self.y - height < BOTTOM:
            self.canvas.showPage()
            self.begin()

    def fit(self, text: str, width: float) -> str:
        if fonts.width(text, Face.SANS_BOLD, SIZE) <= width:
            return text
        while text and fonts.width(f"{text}…", Face.SANS_BOLD, SIZE) > width:
            text = text[:-1]
        return f"{text.rstrip()}…"

    def block(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self.canvas.setFillColor(HexColor(colour))
        self.canvas.rect(x, y, width, height, stroke=0, fill=1)

    def text(
        self, x: float, y: float, text: str, face: Face, size: float, colour: str = INK, *,
        right: bool = False,
    ) -> None:  # fmt: skip
        text = _drawable(text, face)
        face = fonts.able(text, face)
        self.canvas.setFillColor(HexColor(colour))
        self.canvas.setFont(face.value, size)
        draw: Any = self.canvas.drawRightString if right else self.canvas.drawString
        draw(x, y, text)


def _drawable(text: str, face: Face) -> str:
    """A report must not fail over one sign of one name."""
    # The narrow spaces that numbers have in French are none of these letters'.
    text = text.replace("\u202f", "\u00a0")
    try:
        return fonts.clean(text, fonts.able(text, face))
    except fonts.MissingGlyph:
        return "".join(sign if _known(sign, face) else "?" for sign in text)


def _known(sign: str, face: Face) -> bool:
    try:
        fonts.clean(sign, fonts.able(sign, face))
    except fonts.MissingGlyph:
        return False
    return True
