"""What the papers about money share: receipts and advices are of one family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from documents.rendering import kit, ornament
from documents.rendering.fonts import Face, wrap
from documents.rendering.pdf import PAGE_SIZE, Node, Sheet
from documents.rendering.style import ACCENT, EDGE, GREY, INK, LEFT, MIDDLE, RIGHT, TOP

Words = Mapping[str, Mapping[str, str]]

# Numbers of money are never cut: a long one is set as small as it must be.
LEAST = 4.0


@dataclass(frozen=True)
class Figure:
    """A number of a line, ending at x."""

    x: float
    text: str


@dataclass(frozen=True)
class Style:
    """How the lines of a paper are set: `room` is what a name may fill, in points."""

    room: float
    name: float
    figures: Face
    small: float
    small_figures: Face


def ground(sheet: Sheet, *, undone: str) -> None:
    """Draw border and rosette and, across the sheet, the word for what counts no more, if any."""
    wide, high = PAGE_SIZE
    with sheet.artifact():
        sheet.pen(ACCENT, 1.1)
        sheet.box(EDGE, EDGE, wide - 2 * EDGE, high - 2 * EDGE)
        sheet.pen(ACCENT, 0.5)
        sheet.operators(ornament.rosette(MIDDLE, TOP - 22, 21, 8, 5))
        if undone:
            with sheet.turned(MIDDLE, high / 2, 52):
                sheet.text(0, -34, undone, Face.SANS_BOLD, 96, colour="#f3dcda", align="centre")


def law(words: Words, languages: Sequence[str], revenue_code: str, legal_source: str) -> str:
    """Return by which rule the money is due: the code and the law, where each is known."""
    code = f"{words['revenue_code'][languages[0]]} {revenue_code}"
    return " · ".join(filter(None, (revenue_code and code, legal_source)))


def line(
    sheet: Sheet, row: Node, y: float, name: str, by_law: str,
    figures: Sequence[Figure], style: Style,
) -> float:  # fmt: skip
    """Write a line at ease: its name, the law below it, its figures; return where it ends."""
    y = kit.rule(sheet, y - 5)
    top = y - 14
    with sheet.tag("TD", row):
        texts = wrap(name, Face.SERIF_BOLD, style.name, style.room)
        y = kit.lines(sheet, texts, LEFT + 2, top, kit.Type(Face.SERIF_BOLD, style.name, 12))
        texts = wrap(by_law, Face.SANS, 8, style.room)
        y = kit.lines(sheet, texts, LEFT + 2, y, kit.Type(Face.SANS, 8, 10, GREY))
    _figures(sheet, row, top, figures, style.figures, style.name)
    return y


def small_line(
    sheet: Sheet, row: Node, y: float, name: str, by_law: str,
    figures: Sequence[Figure], style: Style,
) -> float:  # fmt: skip
    """Write all of a line small, where there are many; return its last baseline."""
    top = y = kit.rule(sheet, y - 4) - 9
    said = " · ".join(filter(None, (name, by_law)))
    with sheet.tag("TD", row):
        for number, text in enumerate(wrap(said, Face.SANS, style.small, style.room)):
            y = top - number * 9
            sheet.text(LEFT + 2, y, text, Face.SANS, style.small, colour=INK)
    _figures(sheet, row, top, figures, style.small_figures, 8)
    return y


def total(
    sheet: Sheet, row: Node, y: float, label: str, value: str, *,
    label_size: float, size: float, columns: int = 1,
) -> None:  # fmt: skip
    """Write a sum below the lines; it spans that many columns of figures."""
    with sheet.tag("TH", row, **sheet.row_header()):
        sheet.text(LEFT + 2, y, label, Face.SANS_BOLD, label_size, colour=INK)
    with sheet.tag("TD", row, **(sheet.spanning(columns) if columns > 1 else {})):
        sheet.text(RIGHT - 2, y, value, Face.SERIF_BOLD, size, colour=INK, align="right")


def _figures(
    sheet: Sheet, row: Node, y: float, figures: Sequence[Figure], face: Face, size: float
) -> None:
    for figure in figures:
        with sheet.tag("TD", row):
            sheet.text(figure.x, y, figure.text, face, size, colour=INK, align="right")
