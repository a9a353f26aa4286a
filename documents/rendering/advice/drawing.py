"""One A4 sheet from above to below: country, title, number, where it goes, what for, the sums."""

from documents.rendering import kit, sums
from documents.rendering.advice.content import Advice, Line
from documents.rendering.fonts import Face
from documents.rendering.pdf import Sheet
from documents.rendering.style import FOOT, GREY, INK, LEFT, RIGHT, TOP, WARNING, WIDTH
from documents.rendering.xmp import Metadata

_AMOUNTS, _COUNTS = 96.0, 62.0
_LINES_AT_EASE = 9
_SUMS = 96.0  # What the sums and the note below the lines need.
_STYLE = sums.Style(
    room=WIDTH - _AMOUNTS - _COUNTS,
    name=10.5,
    figures=Face.SANS,
    small=7.5,
    small_figures=Face.SANS,
)


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
    sums.ground(sheet, undone=word if advice.ended_on else "")
    y = _head(sheet, advice)
    y = _facts(sheet, advice, y)
    _lines(sheet, advice, y)
    return sheet.finish()


def _head(sheet: Sheet, advice: Advice) -> float:
    words, first = advice.words, advice.languages[0]
    y = kit.heading(
        sheet, advice.country, words["title"], advice.languages, TOP - 58,
        size=26, gap=36, second_gap=17,
    )  # fmt: skip
    y -= 60
    columns = (LEFT + 14, LEFT + WIDTH * 0.34, LEFT + WIDTH * 0.7, RIGHT)
    values = (("number", advice.number), ("reference", advice.reference), ("total", advice.total))
    cells = [
        kit.Cell(x, until - x - 8, words[key][first], value)
        for x, until, (key, value) in zip(columns, columns[1:], values, strict=False)
    ]
    kit.card(sheet, y, cells, least=sums.LEAST)
    if advice.ended_on:
        return _paragraph(sheet, advice, y - 20, "cancelled_note", Face.SANS_BOLD, WARNING)
    return _paragraph(sheet, advice, y - 20, "statement", Face.SANS, INK)


def _paragraph(sheet: Sheet, advice: Advice, y: float, key: str, face: Face, colour: str) -> float:
    said = {
        language: text.format(date=advice.ended_on, amount=advice.charges)
        for language, text in advice.words[key].items()
    }
    return kit.paragraphs(sheet, said, advice.languages, y, kit.Type(face, 9.5, 12, colour))


def _facts(sheet: Sheet, advice: Advice, y: float) -> float:
    told = [
        (kit.both(advice.words[key], advice.languages), value)
        for key, value in (
            ("beneficiary", advice.beneficiary),
            ("account", advice.account),
            ("holder", advice.holder),
            ("cut_off", advice.cut_off),
            ("approved_at", advice.approved_on),
            ("state", advice.state),
        )
    ]
    how = kit.Type(Face.SERIF_BOLD, 10.5, 12)
    return kit.pairs(sheet, told, y, labels=190, pitch=16, value=how) - 24


def _lines(sheet: Sheet, advice: Advice, y: float) -> None:
    words, languages = advice.words, advice.languages
    table = sheet.node("Table")
    head = sheet.node("TR", table)
    for x, key, align in (
        (LEFT + 2, "fee", "left"),
        (RIGHT - _AMOUNTS, "payments", "right"),
        (RIGHT - 2, "amount", "right"),
    ):
        kit.head_cell(sheet, head, words[key][languages[0]], x, y, align=align)
    write = sums.line if len(advice.lines) <= _LINES_AT_EASE else sums.small_line
    left_out = 0
    for number, line in enumerate(advice.lines):
        if y < FOOT + _SUMS + 34:
            left_out = len(advice.lines) - number
            break
        by_law = sums.law(words, languages, line.revenue_code, line.legal_source)
        figures = _figures(line)
        y = write(sheet, sheet.node("TR", table), y, line.name, by_law, figures, _STYLE)
    if left_out:
        more = f"{kit.both(words['more'], languages)}: {left_out}"
        figures = _figures(Line(more, "", "", "", ""))
        y = sums.small_line(sheet, sheet.node("TR", table), y, more, "", figures, _STYLE)
    y = kit.rule(sheet, y - 6) - 16
    totals = [("total", advice.total, 14.0)]
    if advice.taken_back:
        totals = [("gross", advice.gross, 10), ("taken_back", advice.taken_back, 10), *totals]
    for key, value, size in totals:
        y -= 2 if key == "total" else 0
        label = kit.both(words[key], languages)
        sums.total(
            sheet, sheet.node("TR", table), y, label, value, label_size=10, size=size, columns=2
        )
        y -= 16
    if advice.charges:
        _paragraph(sheet, advice, y - 8, "charges", Face.SANS, GREY)


def _figures(line: Line) -> list[sums.Figure]:
    return [
        sums.Figure(RIGHT - _AMOUNTS, line.payments),
        sums.Figure(RIGHT - 2, line.amount),
    ]
