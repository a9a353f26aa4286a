"""What every sheet is made of, whatever it is: papers, slips, receipts, advices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from documents.rendering.errors import DoesNotFit
from documents.rendering.fonts import Face, width, wrap
from documents.rendering.pdf import Node, Sheet
from documents.rendering.style import (
    ACCENT,
    GREY,
    INK,
    LEFT,
    MIDDLE,
    RIGHT,
    RULE,
    SMALLEST,
    TINT,
    WIDTH,
)

CARD = 46.0  # The height of the tinted box in which the number stands.


@dataclass(frozen=True)
class Type:
    """How words are set: sizes and leading in points."""

    face: Face
    size: float
    leading: float
    colour: str = INK


@dataclass(frozen=True)
class Cell:
    """A label above a value in the card, from x over so much room."""

    x: float
    room: float
    label: str
    value: str


def both(words: Mapping[str, str], languages: Sequence[str]) -> str:
    """Return a word in both languages of the paper, once where they are the same."""
    return " / ".join(dict.fromkeys(words[language] for language in languages))


def fitted(
    text: str, face: Face, size: float, room: float, *, least: float = SMALLEST, spacing: float = 0
) -> float:
    """
    Return the largest size, by half points, at which the text fits the room.

    :raises DoesNotFit: if it does not fit at the least
    """
    while width(text, face, size) + spacing * len(text) > room:
        size -= 0.5
        if size < least:
            raise DoesNotFit
    return size


def centred(sheet: Sheet, text: str, face: Face, size: float, y: float, *, colour: str) -> float:
    """Write lines around the middle of the sheet; return the baseline of the last."""
    lines = list(wrap(text, face, size, WIDTH))
    for number, line in enumerate(lines):
        y -= size * 1.3 if number else 0
        sheet.text(MIDDLE, y, line, face, size, colour=colour, align="centre")
    return y


def rule(sheet: Sheet, y: float) -> float:
    with sheet.artifact():
        sheet.pen(RULE, 0.5)
        sheet.line(LEFT, y, RIGHT, y)
    return y


def lines(
    sheet: Sheet, texts: Iterable[str], x: float, y: float, how: Type, *, align: str = "left"
) -> float:
    """Write lines below each other from a baseline; return the baseline after the last."""
    for text in texts:
        sheet.text(x, y, text, how.face, how.size, colour=how.colour, align=align)
        y -= how.leading
    return y


def paragraphs(
    sheet: Sheet, words: Mapping[str, str], languages: Sequence[str], y: float, how: Type
) -> float:
    """Write a sentence in each language, the second in grey italics; return the next baseline."""
    for language in dict.fromkeys(languages):
        with sheet.tag("P", language=language):
            y = lines(sheet, wrap(words[language], how.face, how.size, WIDTH), LEFT, y, how)
        how = Type(Face.SANS_ITALIC, how.size, how.leading, GREY)
    return y


def heading(
    sheet: Sheet, country: str, title: Mapping[str, str], languages: tuple[str, str],
    y: float, *, size: float, gap: float, second_gap: float,
) -> float:  # fmt: skip
    """Write country and title, one below the other; return the last baseline."""
    first, second = languages
    with sheet.tag("P"):
        sheet.text(
            MIDDLE, y, country.upper(), Face.SERIF_BOLD, 13.5,
            colour=INK, align="centre", spacing=2.4,
        )  # fmt: skip
    y -= gap
    with sheet.tag("H1"):
        sheet.text(MIDDLE, y, title[first], Face.SERIF_BOLD, size, colour=ACCENT, align="centre")
    if title[second] != title[first]:
        y -= second_gap
        with sheet.tag("P", language=second):
            sheet.text(MIDDLE, y, title[second], Face.SERIF_ITALIC, 13, colour=GREY, align="centre")
    return y


def card(sheet: Sheet, y: float, cells: Iterable[Cell], *, least: float = SMALLEST) -> None:
    """Write labels and values in a tinted box that stands on y; values shrink to the least."""
    with sheet.artifact():
        sheet.ink(TINT)
        sheet.pen(ACCENT, 0.7)
        sheet.box(LEFT, y, WIDTH, CARD, radius=7, fill=True)
    for cell in cells:
        size = fitted(cell.value, Face.SANS_BOLD, 13, cell.room, least=least)
        with sheet.tag("P"):
            sheet.text(cell.x, y + 31, cell.label, Face.SANS, 8, colour=GREY)
            sheet.text(cell.x, y + 12, cell.value, Face.SANS_BOLD, size, colour=INK)


def pairs(
    sheet: Sheet, told: Iterable[tuple[str, str]], y: float, *,
    labels: float, pitch: float, value: Type,
) -> float:  # fmt: skip
    """Write labels and what they say as a table; return the last baseline."""
    table = sheet.node("Table")
    for label, text in told:
        row = sheet.node("TR", table)
        y -= pitch
        with sheet.tag("TH", row, **sheet.row_header()):
            sheet.text(LEFT + 2, y, label, Face.SANS, 9, colour=GREY)
        with sheet.tag("TD", row):
            for number, line in enumerate(wrap(text, value.face, value.size, WIDTH - labels)):
                y -= value.leading if number else 0
                sheet.text(LEFT + labels, y, line, value.face, value.size, colour=value.colour)
    return y


def head_cell(sheet: Sheet, row: Node, text: str, x: float, y: float, *, align: str) -> None:
    """Write the head of a column."""
    with sheet.tag("TH", row, **sheet.column_header()):
        sheet.text(x, y, text, Face.SANS_BOLD, 9, colour=ACCENT, align=align)
