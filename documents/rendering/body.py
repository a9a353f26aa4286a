"""The middle: the facts, and the register entry that they come from."""

from documents.rendering.content import Content, told
from documents.rendering.errors import CannotBeDrawn
from documents.rendering.fonts import Face, width, wrap
from documents.rendering.pdf import Node, Sheet
from documents.rendering.style import ACCENT, GREY, INK, LABELS, LEFT, RIGHT, RULE, WIDTH, both
from documents.rendering.wording import Row


class DoesNotFit(CannotBeDrawn):
    """The facts need more than one sheet."""


def facts(sheet: Sheet, content: Content, y: float, room: float) -> float:
    template = content.template
    rows = [
        row
        for row in template.rows_for(content.kind)
        if not row.optional or any(content.facts.get(fact) for fact in row.facts)
    ]
    lines = [_value_lines(row, content) for row in rows]
    deepest = [max(map(len, each)) for each in lines]
    head = 16.0 if template.columns else 0.0
    leading = 13.5
    extra = (sum(deepest) - len(rows)) * leading
    pitch = min(29.0, (room - 12 - head - extra) / len(rows))
    if pitch < 17:
        raise DoesNotFit
    table = sheet.node("Table")
    y -= 10
    if template.columns:
        y -= head
        _columns(sheet, content, table, y + 4)
    for row, values, depth in zip(rows, lines, deepest, strict=True):
        y -= pitch
        base = y + pitch * 0.36
        line = sheet.node("TR", table)
        with sheet.tag("TH", line, **sheet.row_header()):
            label = row.labels[content.languages[0]]
            sheet.text(LEFT + 2, base, label, Face.SANS_BOLD, 9.2, colour=INK)
            other = row.labels[content.languages[1]]
            if other != label:
                x = LEFT + 2 + width(label, Face.SANS_BOLD, 9.2) + 4
                sheet.text(x, base, f"/ {other}", Face.SANS_ITALIC, 8.6, colour=GREY)
        spanned = len(template.columns) if len(values) < len(template.columns) else 0
        for index, value in enumerate(values):
            with sheet.tag("TD", line, **(sheet.spanning(spanned) if spanned else {})):
                x = LEFT + LABELS + index * (WIDTH - LABELS) / len(values)
                for number, text in enumerate(value):
                    sheet.text(x, base - number * leading, text, Face.SERIF_BOLD, 12, colour=INK)
        y -= (depth - 1) * leading
        with sheet.artifact():
            sheet.pen(RULE, 0.5)
            sheet.line(LEFT, y, RIGHT, y)
    return y


def _columns(sheet: Sheet, content: Content, table: Node, base: float) -> None:
    """Write the heads of the columns; the corner above the labels is an empty cell."""
    head = sheet.node("TR", table)
    sheet.node("TD", head)
    columns = content.template.columns
    for index, words in enumerate(columns):
        x = LEFT + LABELS + index * (WIDTH - LABELS) / len(columns)
        with sheet.tag("TH", head, **sheet.column_header()):
            sheet.text(x, base, both(words, content), Face.SANS_BOLD, 8.4, colour=ACCENT)


def _value_lines(row: Row, content: Content) -> list[list[str]]:
    """Return, for each fact of the row, its lines: both languages on one where they fit."""
    room = (WIDTH - LABELS) / len(row.facts) - 8
    cells = []
    for fact in row.facts:
        values = told(row, fact, content)
        together = list(wrap(" · ".join(values), Face.SERIF_BOLD, 12, room))
        apart = [line for value in values for line in wrap(value, Face.SERIF_BOLD, 12, room)]
        cells.append(together if len(together) == 1 else apart)
    return cells


def entry(sheet: Sheet, content: Content, y: float) -> float:
    words, entry = content.template.common["entry"], content.entry
    first = content.languages[0]
    register = content.template.common["registers"][content.template.register]
    cells = [("register", both(register, content)), ("office", entry.office)]
    if entry.year is not None:
        cells.append(("year", str(entry.year)))
    if entry.volume:
        cells.append(("volume", entry.volume))
    if entry.act_number:
        cells.append(("act_number", entry.act_number))
    if entry.registered_on is not None:
        cells.append(("registered_on", entry.registered_on.isoformat()))
    else:
        cells.append(("read_on", entry.read_on.isoformat()))
    cells = [(key, value) for key, value in cells if value]
    y -= 19
    with sheet.tag("P"):
        title = both(words["title"], content)
        sheet.text(LEFT + 2, y, title, Face.SANS_BOLD, 9.2, colour=ACCENT)
    table = sheet.node("Table")
    header, body = sheet.node("TR", table), sheet.node("TR", table)
    needs = [
        max(
            width(value, Face.SERIF_BOLD, 10),
            *(width(words[key][language], Face.SANS, 7.4) for language in content.languages),
        )
        + 10
        for key, value in cells
    ]
    spare = max(WIDTH - 4 - sum(needs), 0) / len(cells)
    shrink = min(1.0, (WIDTH - 4) / sum(needs))
    places, x = [], LEFT + 2
    for need in needs:
        places.append(x)
        x += need * shrink + spare
    for x, (key, _) in zip(places, cells, strict=True):
        with sheet.tag("TH", header, **sheet.column_header()):
            sheet.text(x, y - 13, words[key][first], Face.SANS, 7.4, colour=GREY)
            if words[key][content.languages[1]] != words[key][first]:
                sheet.text(
                    x, y - 21, words[key][content.languages[1]], Face.SANS_ITALIC, 7.2, colour=GREY
                )
    for x, need, (_, value) in zip(places, needs, cells, strict=True):
        with sheet.tag("TD", body):
            size = 10.0
            while width(value, Face.SERIF_BOLD, size) > need * shrink + spare - 4 and size > 6:
                size -= 0.5
            sheet.text(x, y - 34, value, Face.SERIF_BOLD, size, colour=INK)
    return y - 42
