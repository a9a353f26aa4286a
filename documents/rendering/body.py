"""The middle: the facts, and the register entry that they come from."""

from dataclasses import dataclass

from documents.rendering import kit
from documents.rendering.content import Content, Entry, told
from documents.rendering.errors import DoesNotFit
from documents.rendering.fonts import Face, width, wrap
from documents.rendering.pdf import Node, Sheet
from documents.rendering.style import ACCENT, GREY, INK, LABELS, LEFT, WIDTH, both
from documents.rendering.wording import Row


@dataclass(frozen=True)
class _Scale:
    """How large values are set, and how far apart rows stand, in points."""

    size: float
    leading: float
    pitch_most: float
    pitch_least: float


_SCALES = (_Scale(12, 13.5, 29, 18), _Scale(11, 12.4, 22, 16.5), _Scale(10, 11.4, 18, 14.5))


def facts(sheet: Sheet, content: Content, y: float, room: float) -> float:
    """
    Write what the paper says as a table; return where it ends.

    :raises DoesNotFit: if it needs more than the room, even set small
    """
    template = content.template
    rows = [
        row
        for row in template.rows_for(content.kind)
        if not row.optional or any(content.facts.get(fact) for fact in row.facts)
    ]
    head = 16.0 if template.columns else 0.0
    for scale in _SCALES:
        lines = [_value_lines(row, content, scale.size) for row in rows]
        deepest = [max(map(len, each)) for each in lines]
        extra = (sum(deepest) - len(rows)) * scale.leading
        pitch = min(scale.pitch_most, (room - 12 - head - extra) / len(rows))
        if pitch >= scale.pitch_least:
            break
    else:
        raise DoesNotFit
    table = sheet.node("Table")
    y -= 10
    if template.columns:
        y -= head
        _columns(sheet, content, table, y + 4)
    for row, values, depth in zip(rows, lines, deepest, strict=True):
        y -= pitch
        _row(sheet, content, table, row, values, y + pitch * 0.36, scale)
        y -= (depth - 1) * scale.leading
        kit.rule(sheet, y)
    return y


def _row(
    sheet: Sheet, content: Content, table: Node, row: Row, values: list[list[str]],
    base: float, scale: _Scale,
) -> None:  # fmt: skip
    columns = len(content.template.columns)
    line = sheet.node("TR", table)
    with sheet.tag("TH", line, **sheet.row_header()):
        label = row.labels[content.languages[0]]
        sheet.text(LEFT + 2, base, label, Face.SANS_BOLD, 9.2, colour=INK)
        other = row.labels[content.languages[1]]
        if other != label:
            x = LEFT + 2 + width(label, Face.SANS_BOLD, 9.2) + 4
            size = kit.fitted(f"/ {other}", Face.SANS_ITALIC, 8.6, LEFT + LABELS - 4 - x)
            sheet.text(x, base, f"/ {other}", Face.SANS_ITALIC, size, colour=GREY)
    spanned = columns if len(values) < columns else 0
    for index, value in enumerate(values):
        with sheet.tag("TD", line, **(sheet.spanning(spanned) if spanned else {})):
            x = LEFT + LABELS + index * (WIDTH - LABELS) / len(values)
            how = kit.Type(Face.SERIF_BOLD, scale.size, scale.leading)
            kit.lines(sheet, value, x, base, how)


def _columns(sheet: Sheet, content: Content, table: Node, base: float) -> None:
    """Write the heads of the columns; the corner above the labels is an empty cell."""
    head = sheet.node("TR", table)
    sheet.node("TD", head)
    columns = content.template.columns
    for index, words in enumerate(columns):
        x = LEFT + LABELS + index * (WIDTH - LABELS) / len(columns)
        with sheet.tag("TH", head, **sheet.column_header()):
            sheet.text(x, base, both(words, content), Face.SANS_BOLD, 8.4, colour=ACCENT)


def _value_lines(row: Row, content: Content, size: float) -> list[list[str]]:
    """Return, for each fact of the row, its lines: both languages on one where they fit."""
    room = (WIDTH - LABELS) / len(row.facts) - 8
    cells = []
    for fact in row.facts:
        values = told(row, fact, content)
        together = list(wrap(" · ".join(values), Face.SERIF_BOLD, size, room))
        apart = [line for value in values for line in wrap(value, Face.SERIF_BOLD, size, room)]
        cells.append(together if len(together) == 1 else apart)
    return cells


def entry(sheet: Sheet, content: Content, y: float) -> float:
    """Write which entry of which register this is; a slip has none."""
    if content.entry is None:
        return y
    words = content.template.common["entry"]
    first, second = content.languages
    cells = _citation(content, content.entry)
    y -= 19
    with sheet.tag("P"):
        title = both(words["title"], content)
        sheet.text(LEFT + 2, y, title, Face.SANS_BOLD, 9.2, colour=ACCENT)
    table = sheet.node("Table")
    header, body = sheet.node("TR", table), sheet.node("TR", table)
    places, rooms = _spread(content, cells)
    for x, (key, _) in zip(places, cells, strict=True):
        with sheet.tag("TH", header, **sheet.column_header()):
            sheet.text(x, y - 13, words[key][first], Face.SANS, 8, colour=GREY)
            if words[key][second] != words[key][first]:
                sheet.text(x, y - 22, words[key][second], Face.SANS_ITALIC, 8, colour=GREY)
    for x, room, (_, value) in zip(places, rooms, cells, strict=True):
        with sheet.tag("TD", body):
            if width(value, Face.SERIF_BOLD, 10) <= room:
                sheet.text(x, y - 35, value, Face.SERIF_BOLD, 10, colour=INK)
                continue
            texts = list(wrap(value, Face.SERIF_BOLD, 8.5, room))
            if len(texts) > 2:
                raise DoesNotFit
            kit.lines(sheet, texts, x, y - 33, kit.Type(Face.SERIF_BOLD, 8.5, 9.5))
    return y - 43


def _citation(content: Content, entry: Entry) -> list[tuple[str, str]]:
    register = content.template.common["registers"][content.template.register]
    cells = [("register", both(register, content)), ("office", entry.office)]
    if entry.year is not None:
        cells.append(("year", str(entry.year)))
    cells += [("volume", entry.volume), ("act_number", entry.act_number)]
    if entry.registered_on is not None:
        cells.append(("registered_on", entry.registered_on.isoformat()))
    else:
        cells.append(("read_on", entry.read_on.isoformat()))
    return [(key, value) for key, value in cells if value]


def _spread(content: Content, cells: list[tuple[str, str]]) -> tuple[list[float], list[float]]:
    """Return where each cell begins and how wide it is: as wide as it needs, the rest shared."""
    words = content.template.common["entry"]
    needs = [
        max(
            width(value, Face.SERIF_BOLD, 10),
            *(width(words[key][language], Face.SANS, 8) for language in content.languages),
        )
        + 10
        for key, value in cells
    ]
    # What is too wide is taken from the widest alone: it has words to break between.
    while sum(needs) > WIDTH - 4:
        widest = needs.index(max(needs))
        needs[widest] -= min(sum(needs) - (WIDTH - 4), max(needs) / 4)
    spare = (WIDTH - 4 - sum(needs)) / len(cells)
    places, x = [], LEFT + 2
    for need in needs:
        places.append(x)
        x += need + spare
    return places, [need + spare - 6 for need in needs]
