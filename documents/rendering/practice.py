"""
The mark of books to learn on: whatever is drawn from them says so on every page of it.

The one thing that a page says and its content does not: nobody who draws one can forget it.
"""

from math import atan2, degrees, hypot
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override
from reportlab.lib.colors import HexColor

from documents.rendering.fonts import Face

# Of the sentence; its baseline is so far below the upper edge.
INK, SIZE, BASELINE = "#ffffff", 8.5, 11.0
_STRIP, _HIGH, _PALE = "#a33a32", 16.0, "#f3dcda"


def words(language: str) -> tuple[str, str]:
    """Return the word and the sentence of the mark, as the sans writes them; "" on real books."""
    if not settings.PRACTICE:
        return "", ""
    with override(language):
        word = gettext("PRACTICE")
        told = gettext("Nothing here is real: no money moves, and no paper counts.")
    # Its letters have no narrow space.
    return word, f"{word}. {told}".replace("\u202f", "\u00a0")


def stamp(canvas: Any, width: float, height: float, *, language: str) -> None:
    """Mark a page of a reportlab canvas before anything else is drawn on it; never a real one."""
    word, sentence = words(language)
    if word:
        ground(canvas, width, height, word)
        canvas.setFillColor(HexColor(INK))
        canvas.setFont(Face.SANS_BOLD.value, SIZE)
        canvas.drawCentredString(width / 2, height - BASELINE, sentence)


def ground(canvas: Any, width: float, height: float, word: str) -> None:
    """Draw a strip along the top, and the word twice across the page, beside its middle."""
    across = hypot(width, height)
    canvas.saveState()
    canvas.setFillColor(HexColor(_STRIP))
    canvas.rect(0, height - _HIGH, width, _HIGH, stroke=0, fill=1)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(degrees(atan2(height, width)))
    canvas.setFillColor(HexColor(_PALE))
    canvas.setFont(Face.SANS_BOLD.value, across * 0.09)
    for place in (0.15, -0.15):
        # The middle is left to what may stand there: a specimen, or what counts no more.
        canvas.drawCentredString(0, across * (place - 0.033), word)
    canvas.restoreState()


def ground_of(sheet: Any, width: float, height: float, word: str) -> None:
    """Draw the same on a page of a `Sheet`."""
    across = hypot(width, height)
    sheet.ink(_STRIP)
    sheet.box(0, height - _HIGH, width, _HIGH, fill=True, stroke=False)
    with sheet.turned(width / 2, height / 2, degrees(atan2(height, width))):
        for place in (0.15, -0.15):
            low = across * (place - 0.033)
            sheet.text(
                0, low, word, Face.SANS_BOLD, across * 0.09, colour=_PALE, align="centre"
            )  # fmt: skip
