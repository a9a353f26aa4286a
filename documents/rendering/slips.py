"""
Slips, the letters of an office: one calm sheet, left-aligned; the register of a day over several.

They rest on no register entry and carry the office's seal alone.
"""

from documents.rendering import foot, grid, head, kit, ornament, pages
from documents.rendering.content import Content, can_say, in_words, told
from documents.rendering.errors import DoesNotFit
from documents.rendering.fonts import Face, wrap
from documents.rendering.pdf import PAGE_SIZE, Sheet
from documents.rendering.style import (
    ACCENT,
    EDGE,
    FOOT,
    GREY,
    INK,
    LEFT,
    QR_SYMBOL,
    RIGHT,
    TOP,
    WIDTH,
    both,
    each,
    quiet,
    side_by_side,
)
from documents.rendering.wording import Words

_LABELS = 196.0
_PAGE_NUMBER = 34.0
_VALUE = kit.Type(Face.SERIF_BOLD, 10.8, 13)


def draw(sheet: Sheet, content: Content) -> None:
    """
    Write the slip from above to below.

    :raises DoesNotFit: if it needs more than one sheet, and its wording allows no second
    """
    bottom = FOOT + QR_SYMBOL + 2 * quiet(content)
    _ground(sheet, content)
    y = _head(sheet, content)
    y = _title(sheet, content, y)
    y = head.ticket(sheet, content, y)
    y = head.statement(sheet, content, y)
    y = kit.pairs(sheet, _told(content), y - 8, labels=_LABELS, pitch=18, value=_VALUE) - 6
    if content.template.many_pages:
        least = bottom + 10
        y = pages.table(sheet, content, y, least=least, ground=_ground, number_at=_PAGE_NUMBER)
    else:
        y = grid.one(sheet, content, y, room=y - bottom - _notes_need(content))
    for words in _notes(content):
        y = side_by_side(sheet, in_words(words, content), content, y - 22, LEFT, WIDTH, 9.4, 11.8)
    if y < bottom + 4:
        raise DoesNotFit
    foot.check(sheet, content, bottom)


def _told(content: Content) -> list[tuple[str, str]]:
    return [
        (both(row.labels, content), " · ".join(told(row, fact, content)))
        for row in content.template.rows
        for fact in row.facts
        if content.facts.get(fact) or not row.optional
    ]


def _notes(content: Content) -> list[Words]:
    return [
        note.words
        for note in content.template.notes
        if can_say(note.words, content) and not content.facts.get(note.without)
    ]


def _notes_need(content: Content) -> float:
    """Return how high the paragraphs below the table are: two columns of 9.4 points."""
    column = (WIDTH - 14) / 2
    need = 4.0
    for words in _notes(content):
        said = in_words(words, content).values()
        deepest = max(len(list(wrap(text, Face.SANS, 9.4, column))) for text in said)
        need += 22 + (deepest - 1) * 11.8
    return need


def _ground(sheet: Sheet, content: Content) -> None:
    wide, high = PAGE_SIZE
    with sheet.artifact():
        sheet.pen(ACCENT, 0.8)
        sheet.box(EDGE, EDGE, wide - 2 * EDGE, high - 2 * EDGE)
        if content.specimen:
            head.specimen(sheet, content)


def _head(sheet: Sheet, content: Content) -> float:
    y = TOP - 8
    with sheet.artifact():
        sheet.pen(ACCENT, 0.5)
        sheet.operators(ornament.rosette(LEFT + 21, y - 9, 21, 8, 5))
        sheet.ink(ACCENT)
        sheet.disc(LEFT + 21, y - 9, 5.2, fill=True, stroke=False)
    x = LEFT + 56
    names = dict.fromkeys(content.country[language] for language in content.languages)
    with sheet.tag("P"):
        country = "  ·  ".join(names).upper()
        sheet.text(x, y, country, Face.SERIF_BOLD, 12, colour=INK, spacing=2)
    y -= 15
    for index, (language, office) in enumerate(each(head.offices(content), content.languages)):
        with sheet.tag("P", language=language):
            face, size = (Face.SANS_ITALIC, 9.0) if index else (Face.SANS, 10.0)
            size = kit.fitted(office, face, size, RIGHT - x)
            sheet.text(x, y, office, face, size, colour=GREY if index else INK)
        y -= 12
    y = TOP - 52
    head.flag(sheet, content, LEFT, y, 90)
    kit.rule(sheet, y)
    return y


def _title(sheet: Sheet, content: Content, y: float) -> float:
    for index, (language, title) in enumerate(each(content.template.titles, content.languages)):
        y -= 18 if index else 34
        with sheet.tag("P" if index else "H1", language=language):
            if index:
                sheet.text(LEFT, y, title, Face.SERIF_ITALIC, 13, colour=GREY)
            else:
                sheet.text(LEFT, y, title, Face.SERIF_BOLD, 25, colour=ACCENT)
    return y + 4
