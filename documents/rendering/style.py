"""Colours, measures and the two-language habits that every part of the sheet shares."""

from collections.abc import Mapping

from documents.rendering import qr
from documents.rendering.content import Content
from documents.rendering.fonts import Face, wrap
from documents.rendering.pdf import PAGE_SIZE, Sheet

INK, GREY, RULE = "#16202c", "#55606e", "#c9c3b5"
ACCENT, TINT, FAINT = "#0b5d6b", "#e7f1f1", "#eef4f3"
WARNING, PAPER = "#b5473f", "#ffffff"

# Nothing is set smaller (points): older eyes, and letters that survive a photocopy.
SMALLEST = 8.0

LEFT, RIGHT = 56.0, PAGE_SIZE[0] - 56.0
MIDDLE = PAGE_SIZE[0] / 2
WIDTH = RIGHT - LEFT
BAND = 15.0
EDGE = 22.0
TOP = PAGE_SIZE[1] - EDGE - BAND - 14

# 50 mm of symbol: a cheap camera reads 81 modules of 0.6 mm from a worn print.
QR_SYMBOL = 50 * 72 / 25.4
# Version 14, which most papers need.
_MODULES_USUAL = 73
FOOT = 52.0
LABELS = 172.0
ENTRY = 68.0


def side_by_side(
    sheet: Sheet, words: Mapping[str, str], content: Content,
    y: float, left: float, room: float, size: float, leading: float,
) -> float:  # fmt: skip
    """Write two languages in two columns; return the baseline of the longer one's last line."""
    gap = 14.0
    column = (room - gap) / 2
    lowest = y
    for index, (language, text) in enumerate(each(words, content.languages)):
        face = Face.SANS if index == 0 else Face.SANS_ITALIC
        line_y = y
        with sheet.tag("P", language=language):
            for line in wrap(text, face, size, column):
                sheet.text(
                    left + index * (column + gap), line_y, line, face, size,
                    colour=INK if index == 0 else GREY,
                )  # fmt: skip
                lowest = min(lowest, line_y)
                line_y -= leading
    return lowest


def each(words: Mapping[str, str], languages: tuple[str, str]) -> list[tuple[str, str]]:
    """Return language and text for both languages, once where they say the same."""
    first, second = languages
    both = [(first, words[first])]
    if words[second] != words[first]:
        both.append((second, words[second]))
    return both


def both(words: Mapping[str, str], content: Content) -> str:
    return " / ".join(text for _, text in each(words, content.languages))


def quiet(content: Content) -> float:
    # A specimen leaves as much room as the code of the paper will need.
    if content.specimen:
        return QR_SYMBOL * qr.QUIET_MODULES / _MODULES_USUAL
    return QR_SYMBOL * qr.QUIET_MODULES / qr.modules(content.check_url)
