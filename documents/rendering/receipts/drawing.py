"""One A4 sheet from above to below: country, title, number, what came, and the way to check it."""

from documents.rendering import kit, qr, sums
from documents.rendering.errors import CannotBeDrawn
from documents.rendering.fonts import Face, wrap
from documents.rendering.pdf import Sheet
from documents.rendering.receipts.content import Receipt
from documents.rendering.style import FOOT, GREY, INK, LEFT, RIGHT, TOP, WARNING, WIDTH
from documents.rendering.xmp import Metadata

_SYMBOL = 32 * 72 / 25.4  # 32 mm: an address alone, without signed claims.
_AMOUNTS = 90.0
_LINES_AT_EASE = 8
_FLOOR = FOOT + _SYMBOL + 30
_STYLE = sums.Style(
    room=WIDTH - _AMOUNTS,
    name=11,
    figures=Face.SERIF_BOLD,
    small=8,
    small_figures=Face.SANS_BOLD,
)


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
    sums.ground(sheet, undone=word if receipt.cancelled_on else "")
    y = _head(sheet, receipt)
    y = _facts(sheet, receipt, y)
    y = _lines(sheet, receipt, y)
    if y < _FLOOR:
        raise TooLong(receipt.number)
    _check(sheet, receipt)
    return sheet.finish()


def _head(sheet: Sheet, receipt: Receipt) -> float:
    words, languages = receipt.words, receipt.languages
    y = kit.heading(
        sheet, receipt.country, words["title"], languages, TOP - 58,
        size=28, gap=40, second_gap=18,
    )  # fmt: skip
    y -= 64
    tear = LEFT + WIDTH * 0.62
    number, reference = (kit.both(words[key], languages) for key in ("number", "reference"))
    kit.card(
        sheet,
        y,
        [
            kit.Cell(LEFT + 14, tear - LEFT - 24, number, receipt.number),
            kit.Cell(tear, RIGHT - tear - 10, reference, receipt.reference),
        ],
        least=sums.LEAST,
    )
    if receipt.cancelled_on:
        said = {
            language: text.format(date=receipt.cancelled_on)
            for language, text in words["cancelled_note"].items()
        }
        how = kit.Type(Face.SANS_BOLD, 10, 13, WARNING)
        y = kit.paragraphs(sheet, said, languages, y - 20, how)
    how = kit.Type(Face.SANS, 10, 13, INK)
    return kit.paragraphs(sheet, words["statement"], languages, y - 20, how)


def _facts(sheet: Sheet, receipt: Receipt, y: float) -> float:
    told = [
        (kit.both(receipt.words[key], receipt.languages), value)
        for key, value in (
            ("beneficiary", receipt.beneficiary),
            ("paid_at", receipt.paid_on),
            ("rails", receipt.rails),
            ("issued_at", receipt.issued_on),
        )
    ]
    how = kit.Type(Face.SERIF_BOLD, 11, 13)
    return kit.pairs(sheet, told, y, labels=180, pitch=18, value=how) - 20


def _lines(sheet: Sheet, receipt: Receipt, y: float) -> float:
    words, languages = receipt.words, receipt.languages
    table = sheet.node("Table")
    head = sheet.node("TR", table)
    for key, x, align in (("fee", LEFT + 2, "left"), ("amount", RIGHT - 2, "right")):
        kit.head_cell(sheet, head, kit.both(words[key], languages), x, y, align=align)
    write = sums.line if len(receipt.lines) <= _LINES_AT_EASE else sums.small_line
    for line in receipt.lines:
        by_law = sums.law(words, languages, line.revenue_code, line.legal_source)
        figures = [sums.Figure(RIGHT - 2, line.amount)]
        y = write(sheet, sheet.node("TR", table), y, line.name, by_law, figures, _STYLE)
    y = kit.rule(sheet, y) - 20
    sums.total(
        sheet, sheet.node("TR", table), y, kit.both(words["total"], languages), receipt.total,
        label_size=11, size=15,
    )  # fmt: skip
    return y - 12


def _check(sheet: Sheet, receipt: Receipt) -> None:
    margin = _SYMBOL * qr.QUIET_MODULES / qr.modules(receipt.check_url)
    box = (LEFT, FOOT, LEFT + _SYMBOL + 2 * margin, FOOT + _SYMBOL + 2 * margin)
    with sheet.tag("Figure", **sheet.figure(receipt.words["qr"][receipt.languages[0]], box)):
        sheet.operators(qr.operators(receipt.check_url, LEFT + margin, FOOT + margin, _SYMBOL))
    x, y = box[2] + 12, box[3] - 30
    for language in dict.fromkeys(receipt.languages):
        with sheet.tag("P", language=language):
            texts = wrap(receipt.words["check"][language], Face.SANS, 9, RIGHT - x)
            y = kit.lines(sheet, texts, x, y, kit.Type(Face.SANS, 9, 12, GREY))
        y -= 4
