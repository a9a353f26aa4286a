"""A table over as many pages as it needs; each says which paper it is of, and which of how many."""

from collections.abc import Callable

from documents.rendering import grid
from documents.rendering.content import Content
from documents.rendering.fonts import Face
from documents.rendering.pdf import Sheet
from documents.rendering.style import ACCENT, GREY, LEFT, RIGHT, TOP, both

FLOOR = 64.0
_NEXT_TOP = TOP - 26

Ground = Callable[[Sheet, Content], None]


def table(
    sheet: Sheet, content: Content, y: float, *, least: float, ground: Ground, number_at: float
) -> float:
    """
    Write the table from `y`; return where it ends: at `least` or above it, so that the rest fits.

    `ground` is what lies below everything on each page; its number stands at `number_at`.
    """
    listed = content.template.table
    if listed is None:
        return y
    room = grid.Room(FLOOR, least, _NEXT_TOP)
    turned, end = grid.turns(content, listed, y, room)
    pages = 1 + turned + (1 if end < least else 0)

    def turn() -> None:
        _number(sheet, content, pages, number_at)
        sheet.turn()
        ground(sheet, content)
        _running_head(sheet, content)

    y = grid.over(sheet, content, listed, y, room, turn)
    if y < least:
        turn()
        y = _NEXT_TOP
    if pages > 1:
        _number(sheet, content, pages, number_at)
    return y


def _running_head(sheet: Sheet, content: Content) -> None:
    first = content.languages[0]
    title = content.template.titles_for(content.kind)[first]
    said = f"{title}, {content.template.common['continued'][first]}"
    with sheet.artifact():
        sheet.text(LEFT, TOP - 4, said, Face.SERIF_BOLD, 11, colour=ACCENT)
        number = content.number or content.template.common["specimen"]["word"][first]
        sheet.text(RIGHT, TOP - 4, number, Face.SANS, 9, colour=GREY, align="right")


def _number(sheet: Sheet, content: Content, pages: int, y: float) -> None:
    words = content.template.common["page"]
    said = {key: text.format(page=sheet.page, pages=pages) for key, text in words.items()}
    with sheet.artifact():
        sheet.text(RIGHT, y, both(said, content), Face.SANS, 8.4, colour=GREY, align="right")
