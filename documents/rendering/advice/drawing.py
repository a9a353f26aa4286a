"""One A4 sheet from above to below: country, title, number, where it goes, what for, the sums."""

from documents.rendering.advice.content import Advice, Line
from documents.rendering.fonts import Face, width, wrap
from documents.rendering.pdf import Node, Sheet
from documents.rendering.style import (
    ACCENT,
    FOOT,
    GREY,
    INK,
    LEFT,
    MIDDLE,
    RIGHT,
    RULE,
    TINT,
    TOP,
    WARNING,
    WIDTH,
)
from documents.rendering.sums import both, ground
from documents.rendering.xmp import Metadata

_AMOUNTS, _COUNTS = 96.0, 62.0
_LINES_AT_EASE = 9
_SUMS = 96.0  # What the sums and the note below the lines need.


def draw(advice: Advice) -> bytes:
    """
    Return the advice as PDF/A-2b and PDF/UA-1, unsigned; equal contents give equal bytes.

    Fees that find no room on the sheet stand there as one, and in the spreadsheet one by one.

    :raises MissingGlyph: for a letter that the house's fonts cannot write
    """
    sheet = Sheet(
        Metadata(
            title=f"{advice.words['title'][advice.languages[0]]} {advice.number}",
            author=advice.country,
            subject=advice.number,
            language=advice.languages[0],
            made_at=advice.made_at,
        )
    )
    word = advice.words["cancelled"][advice.languages[0]]
    ground(sheet, undone=word if advice.ended_on else "")
    y = _head(sheet, advice)
    y = _facts(sheet, advice, y)
    _lines(sheet, advice, y)
    return sheet.finish()


def _head(sheet: Sheet, advice: Advice) -> float:
    first, second = advice.languages
    title = advice.words["title"]
    y = TOP - 58
    with sheet.tag("P"):
        sheet.text(
            MIDDLE, y, advice.country.upper(), Face.SERIF_BOLD, 13.5,
            colour=INK, align="centre", spacing=2.4,
        )  # fmt: skip
    y -= 36
    with sheet.tag("H1"):
        sheet.text(MIDDLE, y, title[first], Face.SERIF_BOLD, 26, colour=ACCENT, align="centre")
    if title[second] != title[first]:
        y -= 17
        with sheet.tag("P", language=second):
            sheet.text(MIDDLE, y, title[second], Face.SERIF_ITALIC, 13, colour=GREY, align="centre")
    y -= 60
    with sheet.artifact():
        sheet.ink(TINT)
        sheet.pen(ACCENT, 0.7)
        sheet.box(LEFT, y, WIDTH, 46, radius=7, fill=True)
    columns = (LEFT + 14, LEFT + WIDTH * 0.34, LEFT + WIDTH * 0.7)
    for x, until, key, value in (
        (columns[0], columns[1], "number", advice.number),
        (columns[1], columns[2], "reference", advice.reference),
        (columns[2], RIGHT, "total", advice.total),
    ):
        size = 13.0
        while width(value, Face.SANS_BOLD, size) > until - x - 8:
            size -= 0.5
        with sheet.tag("P"):
            label = advice.words[key][first]
            sheet.text(x, y + 31, label, Face.SANS, 8, colour=GREY)
            sheet.text(x, y + 12, value, Face.SANS_BOLD, size, colour=INK)
    if advice.ended_on:
        y = _paragraph(sheet, advice, y - 20, "cancelled_note", Face.SANS_BOLD, WARNING)
    else:
        y = _paragraph(sheet, advice, y - 20, "statement", Face.SANS, INK)
    return y


def _paragraph(sheet: Sheet, advice: Advice, y: float, key: str, face: Face, colour: str) -> float:
    words = advice.words[key]
    for language in dict.fromkeys(advice.languages):
        text = words[language].format(date=advice.ended_on, amount=advice.charges)
        with sheet.tag("P", language=language):
            for line in wrap(text, face, 9.5, WIDTH):
                sheet.text(LEFT, y, line, face, 9.5, colour=colour)
                y -= 12
        face, colour = Face.SANS_ITALIC, GREY
    return y


def _facts(sheet: Sheet, advice: Advice, y: float) -> float:
    table = sheet.node("Table")
    for key, value in (
        ("beneficiary", advice.beneficiary),
        ("account", advice.account),
        ("holder", advice.holder),
        ("cut_off", advice.cut_off),
        ("approved_at", advice.approved_on),
        ("state", advice.state),
    ):
        row = sheet.node("TR", table)
        y -= 16
        with sheet.tag("TH", row, **sheet.row_header()):
            sheet.text(
                LEFT + 2, y, both(advice.words[key], advice.languages), Face.SANS, 9, colour=GREY
            )
        with sheet.tag("TD", row):
            for number, line in enumerate(wrap(value, Face.SERIF_BOLD, 10.5, WIDTH - 190)):
                y -= 12 if number else 0
                sheet.text(LEFT + 190, y, line, Face.SERIF_BOLD, 10.5, colour=INK)
    return y - 24


def _lines(sheet: Sheet, advice: Advice, y: float) -> None:
    table = sheet.node("Table")
    head = sheet.node("TR", table)
    for x, key, align in (
        (LEFT + 2, "fee", "left"),
        (RIGHT - _AMOUNTS, "payments", "right"),
        (RIGHT - 2, "amount", "right"),
    ):
        with sheet.tag("TH", head, **sheet.column_header()):
            label = advice.words[key][advice.languages[0]]
            sheet.text(x, y, label, Face.SANS_BOLD, 9, colour=ACCENT, align=align)
    write = _line if len(advice.lines) <= _LINES_AT_EASE else _small_line
    left_out = 0
    for number, line in enumerate(advice.lines):
        if y < FOOT + _SUMS + 34:
            left_out = len(advice.lines) - number
            break
        y = write(sheet, advice, line, sheet.node("TR", table), y)
    if left_out:
        more = Line(f"{both(advice.words['more'], advice.languages)}: {left_out}", "", "", "", "")
        y = _small_line(sheet, advice, more, sheet.node("TR", table), y)
    y = _rule(sheet, y - 6) - 16
    if advice.taken_back:
        for key, value in (("gross", advice.gross), ("taken_back", advice.taken_back)):
            _sum(sheet, advice, sheet.node("TR", table), key, value, y, 10)
            y -= 16
    _sum(sheet, advice, sheet.node("TR", table), "total", advice.total, y - 2, 14)
    if advice.charges:
        _paragraph(sheet, advice, y - 26, "charges", Face.SANS, GREY)


def _sum(
    sheet: Sheet, advice: Advice, row: Node, key: str, value: str, y: float, size: float
) -> None:
    with sheet.tag("TH", row, **sheet.row_header()):
        sheet.text(
            LEFT + 2, y, both(advice.words[key], advice.languages), Face.SANS_BOLD, 10, colour=INK
        )
    with sheet.tag("TD", row, **sheet.spanning(2)):
        sheet.text(RIGHT - 2, y, value, Face.SERIF_BOLD, size, colour=INK, align="right")


def _line(sheet: Sheet, advice: Advice, line: Line, row: Node, y: float) -> float:
    y = _rule(sheet, y - 5)
    top = y - 14
    with sheet.tag("TD", row):
        y = top
        for text in wrap(line.name, Face.SERIF_BOLD, 10.5, WIDTH - _AMOUNTS - _COUNTS):
            sheet.text(LEFT + 2, y, text, Face.SERIF_BOLD, 10.5, colour=INK)
            y -= 12
        for text in wrap(_law(advice, line), Face.SANS, 8, WIDTH - _AMOUNTS - _COUNTS):
            sheet.text(LEFT + 2, y, text, Face.SANS, 8, colour=GREY)
            y -= 10
    _figures(sheet, line, row, top, 10.5)
    return y


def _small_line(sheet: Sheet, advice: Advice, line: Line, row: Node, y: float) -> float:
    """Write all of a line small, where there are many."""
    top = y = _rule(sheet, y - 4) - 9
    said = " · ".join(filter(None, (line.name, _law(advice, line))))
    with sheet.tag("TD", row):
        for number, text in enumerate(wrap(said, Face.SANS, 7.5, WIDTH - _AMOUNTS - _COUNTS)):
            y = top - number * 9
            sheet.text(LEFT + 2, y, text, Face.SANS, 7.5, colour=INK)
    _figures(sheet, line, row, top, 8)
    return y


def _figures(sheet: Sheet, line: Line, row: Node, y: float, size: float) -> None:
    for x, text in ((RIGHT - _AMOUNTS, line.payments), (RIGHT - 2, line.amount)):
        with sheet.tag("TD", row):
            sheet.text(x, y, text, Face.SANS, size, colour=INK, align="right")


def _law(advice: Advice, line: Line) -> str:
    code = f"{advice.words['revenue_code'][advice.languages[0]]} {line.revenue_code}"
    return " · ".join(filter(None, (line.revenue_code and code, line.legal_source)))


def _rule(sheet: Sheet, y: float) -> float:
    with sheet.artifact():
        sheet.pen(RULE, 0.5)
        sheet.line(LEFT, y, RIGHT, y)
    return y
