"""Tables of any number of rows: judgments, things handed in, desks, the cases of a day."""

from collections.abc import Callable
from dataclasses import dataclass

from documents.rendering import kit
from documents.rendering.content import Content, UnknownValue, told
from documents.rendering.errors import DoesNotFit
from documents.rendering.fonts import Face, wrap
from documents.rendering.pdf import Node, Sheet
from documents.rendering.style import (
    ACCENT,
    GREY,
    INK,
    LEFT,
    RIGHT,
    TINT,
    WIDTH,
    both,
    each,
    side_by_side,
)
from documents.rendering.wording import Column, Table

_TITLE, _HEAD, _NOTHING = 20.0, 28.0, 46.0
_GAP = 8.0  # Between columns.
_TOGETHER = 3  # Of the last rows: one alone on a page would look lost.


@dataclass(frozen=True)
class _Scale:
    size: float
    leading: float
    pad: float  # Of a row, above and below its lines together.


_SCALES = (_Scale(9.6, 11.6, 11), _Scale(8.8, 10.6, 8), _Scale(8, 9.6, 5.5))

Lines = list[list[str]]  # Of one row: the lines of each cell.


@dataclass(frozen=True)
class Drawn:
    """A table made ready: what each row says, and how high it is."""

    table: Table
    scale: _Scale
    rows: tuple[Lines, ...]

    def height(self, row: Lines) -> float:
        return max(map(len, row)) * self.scale.leading + self.scale.pad

    @property
    def whole(self) -> float:
        return _TITLE + _HEAD + sum(map(self.height, self.rows))


def one(sheet: Sheet, content: Content, y: float, room: float) -> float:
    """
    Write the table on this sheet; return where it ends.

    :raises DoesNotFit: if it needs more than the room, even set small
    """
    table = content.template.table
    if table is None:
        return y
    if not count(table, content):
        return _nothing(sheet, content, table, y)
    for scale in _SCALES:
        made = ready(table, content, scale)
        if made.whole <= room:
            break
    else:
        raise DoesNotFit
    y = title(sheet, content, table, y)
    node = sheet.node("Table")
    y = _heads(sheet, content, table, y, sheet.node("TR", node))
    for row in made.rows:
        y = _row(sheet, made, row, sheet.node("TR", node), y)
    return y


def wanted(content: Content, room: float) -> float:
    """Return how much of the room the table takes: set large if the facts above keep half."""
    table = content.template.table
    if table is None:
        return 0
    if not count(table, content):
        return _TITLE + 8 + _NOTHING
    heights = [ready(table, content, scale).whole for scale in _SCALES]
    return next((high for high in heights if high <= room / 2), heights[-1])


@dataclass(frozen=True)
class Room:
    """How low rows may end on a page, and the last of them; where further pages begin."""

    floor: float
    least: float
    top: float

    def ends(self, made: Drawn, index: int, y: float) -> bool:
        """
        Say whether a page ends above this row.

        The last rows leave room for what follows them, or go there together: no page is without a
        row, and none has but one of many.
        """
        rest = sum(map(made.height, made.rows[index:]))
        if index == max(len(made.rows) - _TOGETHER, min(1, len(made.rows) - 1)):
            fits = self.top - _HEAD - rest >= self.least
            if fits and y - rest < self.least:
                return True
        elif index == len(made.rows) - 1 and self.top - _HEAD - rest >= self.least:
            return y - rest < self.least
        return y - made.height(made.rows[index]) < self.floor


def over(
    sheet: Sheet, content: Content, table: Table, y: float, room: Room, turn: Callable[[], None]
) -> float:
    """
    Write the table over as many pages as it needs; `turn` begins one.

    :raises DoesNotFit: if a row needs more than a page
    """
    if not count(table, content):
        return _nothing(sheet, content, table, y)
    made = ready(table, content, _SCALES[1])
    y = title(sheet, content, table, y)
    node = sheet.node("Table")
    y = _heads(sheet, content, table, y, sheet.node("TR", node))
    for index, row in enumerate(made.rows):
        if room.ends(made, index, y):
            # The head is said once; above the rows of further pages it is ornament.
            turn()
            y = _heads(sheet, content, table, room.top, None)
            if y - made.height(row) < room.floor:
                raise DoesNotFit
        y = _row(sheet, made, row, sheet.node("TR", node), y)
    return y


def turns(content: Content, table: Table, y: float, room: Room) -> tuple[int, float]:
    """Return how often `over` turns the page, and where it ends, for the same places."""
    made = ready(table, content, _SCALES[1])
    turned, y = 0, y - _TITLE - _HEAD
    for index, row in enumerate(made.rows):
        if room.ends(made, index, y):
            turned, y = turned + 1, room.top - _HEAD
        y -= made.height(row)
    return turned, y


def count(table: Table, content: Content) -> int:
    """:raises UnknownValue: if the count is no number, or larger than the table may be"""
    said = content.facts.get(table.count, "")
    if not said.isdecimal() or (table.rows_max and int(said) > table.rows_max):
        raise UnknownValue(table.count)
    return int(said)


def ready(table: Table, content: Content, scale: _Scale) -> Drawn:
    """Read what each row says and break it into lines."""
    rows = []
    for number in range(1, count(table, content) + 1):
        row: Lines = []
        for index, column in enumerate(table.columns):
            text = " · ".join(told(column.row, table.fact(number, column), content))
            face = _face(index)
            row.append(list(wrap(text, face, scale.size, _wide(column))))
        rows.append(row)
    return Drawn(table, scale, tuple(rows))


def title(sheet: Sheet, content: Content, table: Table, y: float) -> float:
    y -= _TITLE
    with sheet.tag("P"):
        words = both(table.title, content)
        sheet.text(LEFT + 2, y, words, Face.SANS_BOLD, 9.2, colour=ACCENT)
    return y


def _nothing(sheet: Sheet, content: Content, table: Table, y: float) -> float:
    """Say plainly, in a field of its own, that there is nothing to list."""
    y = title(sheet, content, table, y)
    y -= 8 + _NOTHING
    with sheet.artifact():
        sheet.ink(TINT)
        sheet.pen(ACCENT, 0.7)
        sheet.box(LEFT, y, WIDTH, _NOTHING, radius=7, fill=True)
    side_by_side(sheet, table.none, content, y + 28, LEFT + 14, WIDTH - 28, 10.2, 12.4)
    return y


def _heads(sheet: Sheet, content: Content, table: Table, y: float, row: Node | None) -> float:
    for x, wide, column in _places(table):
        where = x + wide if column.align == "right" else x
        if row is None:
            with sheet.artifact():
                _head(sheet, content, column, where, y, wide)
        else:
            with sheet.tag("TH", row, **sheet.column_header()):
                _head(sheet, content, column, where, y, wide)
    return kit.rule(sheet, y - _HEAD)


def _head(sheet: Sheet, content: Content, column: Column, x: float, y: float, wide: float) -> None:
    (_, first), *others = each(column.row.labels, content.languages)
    size = kit.fitted(first, Face.SANS_BOLD, 8.6, wide)
    sheet.text(x, y - 14, first, Face.SANS_BOLD, size, colour=INK, align=column.align)
    for _, other in others:
        size = kit.fitted(other, Face.SANS_ITALIC, 8, wide)
        sheet.text(x, y - 23, other, Face.SANS_ITALIC, size, colour=GREY, align=column.align)


def _row(sheet: Sheet, made: Drawn, row: Lines, node: Node, y: float) -> float:
    scale = made.scale
    base = y - scale.pad / 2 - scale.size * 0.82
    for index, (x, wide, column) in enumerate(_places(made.table)):
        where = x + wide if column.align == "right" else x
        how = kit.Type(_face(index), scale.size, scale.leading)
        with sheet.tag("TD", node):
            kit.lines(sheet, row[index], where, base, how, align=column.align)
    return kit.rule(sheet, y - made.height(row))


def _face(index: int) -> Face:
    return Face.SANS_BOLD if index == 0 else Face.SANS


def _wide(column: Column) -> float:
    return (RIGHT - LEFT - 4) * column.share / 100 - _GAP


def _places(table: Table) -> list[tuple[float, float, Column]]:
    places, x = [], LEFT + 2
    for column in table.columns:
        places.append((x, _wide(column), column))
        x += _wide(column) + _GAP
    return places
