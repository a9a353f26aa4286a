"""What the papers about money share: receipts and advices are of one family."""

from collections.abc import Mapping, Sequence

from documents.rendering import ornament
from documents.rendering.fonts import Face
from documents.rendering.pdf import PAGE_SIZE, Sheet
from documents.rendering.style import ACCENT, EDGE, MIDDLE, TOP


def both(words: Mapping[str, str], languages: Sequence[str]) -> str:
    """Return a word in both languages of the paper, once where they are the same."""
    return " / ".join(dict.fromkeys(words[language] for language in languages))


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
