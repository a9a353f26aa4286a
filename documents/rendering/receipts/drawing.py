"""One A4 sheet from above to below: country, title, number, what came, and the way to check it."""

from documents.rendering import qr
from documents.rendering.errors import CannotBeDrawn
from documents.rendering.fonts import Face, width, wrap
from documents.rendering.pdf import Node, Sheet
from documents.rendering.receipts.content import Line, Receipt
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

_SYMBOL = 32 * 72 / 25.4  # 32 mm: an address alone, without signed claims.
_AMOUNTS = 90.0
_LINES_AT_EASE = 8
_FLOOR = FOOT + _SYMBOL + 30


class TooLong(CannotBeDrawn):
    """The lines need more than one sheet."""


def draw(receipt: Receipt) -> bytes:
    """
    Return the receipt as PDF/A-2b and PDF/UA-1, unsigned; equal contents give equal bytes.

    :raises MissingGlyph: for a letter that the house's fonts cannot write
    :raises TooLong: if its lines need more than one sheet
    """
    sheet = Sheet(
        Metadata(
            title=f"{receipt.words['title'][receipt.languages[0]]} {receipt.number}",
            author=receipt.beneficiary,
            subject=receipt.number,
            language=receipt.languages[0],
            made_at=receipt.made_at,
        )
    )
    word = receipt.words["cancelled"][receipt.languages[0]]
    ground(sheet, undone=word if receipt.cancelled_on else "")
    y = _head(sheet, receipt)
    y = _facts(sheet, receipt, y)
    y = _lines(sheet, receipt, y)
    if y < _FLOOR:
        raise TooLong(receipt.number)
    _check(sheet, receipt)
    return sheet.finish()


def _head(sheet: Sheet, receipt: Receipt) -> float:
    first, second = receipt.languages
    title = receipt.words["title"]
    y = TOP - 58
    with sheet.tag("P"):
        sheet.text(
            MIDDLE, y, receipt.country.upper(), Face.SERIF_BOLD, 13.5,
            colour=INK, align="centre", spacing=2.4,
        )  # fmt: skip
    y -= 40
    with sheet.tag("H1"):
        sheet.text(MIDDLE, y, title[first], Face.SERIF_BOLD, 28, colour=ACCENT, align="centre")
    if title[second] != title[first]:
        y -= 18
        with sheet.tag("P", language=second):
            sheet.text(MIDDLE, y, title[second], Face.SERIF_ITALIC, 13, colour=GREY, align="centre")
    y -= 64
    with sheet.artifact():
        sheet.ink(TINT)
        sheet.pen(ACCENT, 0.7)
        sheet.box(LEFT, y, WIDTH, 46, radius=7, fill=True)
    tear = LEFT + WIDTH * 0.62
    for x, room, key, value in (
        (LEFT + 14, tear - LEFT - 24, "number", receipt.number),
        (tear, RIGHT - tear - 10, "reference", receipt.reference),
    ):
        size = 13.0
        while width(value, Face.SANS_BOLD, size) > room:
            size -= 0.5
        with sheet.tag("P"):
            sheet.text(
                x, y + 31, both(receipt.words[key], receipt.languages), Face.SANS, 8, colour=GREY
            )
            sheet.text(x, y + 12, value, Face.SANS_BOLD, size, colour=INK)
    if receipt.cancelled_on:
        y = _paragraph(sheet, receipt, y - 20, "cancelled_note", Face.SANS_BOLD, WARNING)
    return _paragraph(sheet, receipt, y - 20, "statement", Face.SANS, INK)


def _paragraph(
    sheet: Sheet, receipt: Receipt, y: float, key: str, face: Face, colour: str
) -> float:
    words = receipt.words[key]
    for language in dict.fromkeys(receipt.languages):
        text = words[language].format(date=receipt.cancelled_on)
        with sheet.tag("P", language=language):
            for line in wrap(text, face, 10, WIDTH):
                sheet.text(LEFT, y, line, face, 10, colour=colour)
                y -= 13
        face, colour = Face.SANS_ITALIC, GREY
    return y


def _facts(sheet: Sheet, receipt: Receipt, y: float) -> float:
    table = sheet.node("Table")
    for key, value in (
        ("beneficiary", receipt.beneficiary),
        ("paid_at", receipt.paid_on),
        ("rails", receipt.rails),
        ("issued_at", receipt.issued_on),
    ):
        row = sheet.node("TR", table)
        y -= 18
        with sheet.tag("TH", row, **sheet.row_header()):
            sheet.text(
                LEFT + 2, y, both(receipt.words[key], receipt.languages), Face.SANS, 9, colour=GREY
            )
        with sheet.tag("TD", row):
            for number, line in enumerate(wrap(value, Face.SERIF_BOLD, 11, WIDTH - 180)):
                y -= 13 if number else 0
                sheet.text(LEFT + 180, y, line, Face.SERIF_BOLD, 11, colour=INK)
    return y - 20


def _lines(sheet: Sheet, receipt: Receipt, y: float) -> float:
    table = sheet.node("Table")
    head = sheet.node("TR", table)
    with sheet.tag("TH", head, **sheet.column_header()):
        sheet.text(
            LEFT + 2,
            y,
            both(receipt.words["fee"], receipt.languages),
            Face.SANS_BOLD,
            9,
            colour=ACCENT,
        )
    with sheet.tag("TH", head, **sheet.column_header()):
        words = both(receipt.words["amount"], receipt.languages)
        sheet.text(RIGHT - 2, y, words, Face.SANS_BOLD, 9, colour=ACCENT, align="right")
    write = _line if len(receipt.lines) <= _LINES_AT_EASE else _small_line
    for line in receipt.lines:
        y = write(sheet, receipt, line, sheet.node("TR", table), y)
    y = _rule(sheet, y) - 20
    row = sheet.node("TR", table)
    with sheet.tag("TH", row, **sheet.row_header()):
        sheet.text(
            LEFT + 2,
            y,
            both(receipt.words["total"], receipt.languages),
            Face.SANS_BOLD,
            11,
            colour=INK,
        )
    with sheet.tag("TD", row):
        sheet.text(RIGHT - 2, y, receipt.total, Face.SERIF_BOLD, 15, colour=INK, align="right")
    return y - 12


def _line(sheet: Sheet, receipt: Receipt, line: Line, row: Node, y: float) -> float:
    y = _rule(sheet, y - 5)
    top = y - 14
    with sheet.tag("TD", row):
        y = top
        for text in wrap(line.name, Face.SERIF_BOLD, 11, WIDTH - _AMOUNTS):
            sheet.text(LEFT + 2, y, text, Face.SERIF_BOLD, 11, colour=INK)
            y -= 12
        for text in wrap(_law(receipt, line), Face.SANS, 8, WIDTH - _AMOUNTS):
            sheet.text(LEFT + 2, y, text, Face.SANS, 8, colour=GREY)
            y -= 10
    with sheet.tag("TD", row):
        sheet.text(RIGHT - 2, top, line.amount, Face.SERIF_BOLD, 11, colour=INK, align="right")
    return y


def _small_line(sheet: Sheet, receipt: Receipt, line: Line, row: Node, y: float) -> float:
    """Write all of a line small, where there are many."""
    top = y = _rule(sheet, y - 4) - 9
    said = " · ".join(filter(None, (line.name, _law(receipt, line))))
    with sheet.tag("TD", row):
        for number, text in enumerate(wrap(said, Face.SANS, 8, WIDTH - _AMOUNTS)):
            y = top - number * 9
            sheet.text(LEFT + 2, y, text, Face.SANS, 8, colour=INK)
    with sheet.tag("TD", row):
        sheet.text(RIGHT - 2, top, line.amount, Face.SANS_BOLD, 8, colour=INK, align="right")
    return y


def _law(receipt: Receipt, line: Line) -> str:
    code = f"{receipt.words['revenue_code'][receipt.languages[0]]} {line.revenue_code}"
    return " · ".join(filter(None, (line.revenue_code and code, line.legal_source)))


def _rule(sheet: Sheet, y: float) -> float:
    with sheet.artifact():
        sheet.pen(RULE, 0.5)
        sheet.line(LEFT, y, RIGHT, y)
    return y


def _check(sheet: Sheet, receipt: Receipt) -> None:
    margin = _SYMBOL * qr.QUIET_MODULES / qr.modules(receipt.check_url)
    box = (LEFT, FOOT, LEFT + _SYMBOL + 2 * margin, FOOT + _SYMBOL + 2 * margin)
    with sheet.tag("Figure", **sheet.figure(receipt.words["qr"][receipt.languages[0]], box)):
        sheet.operators(qr.operators(receipt.check_url, LEFT + margin, FOOT + margin, _SYMBOL))
    x, y = box[2] + 12, box[3] - 30
    for language in dict.fromkeys(receipt.languages):
        with sheet.tag("P", language=language):
            for line in wrap(receipt.words["check"][language], Face.SANS, 9, RIGHT - x):
                sheet.text(x, y, line, Face.SANS, 9, colour=GREY)
                y -= 12
        y -= 4
