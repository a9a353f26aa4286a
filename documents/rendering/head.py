"""The upper half: ornament, country and office, title, ticket, statement."""

from documents.rendering import ornament
from documents.rendering.content import Content, spaced
from documents.rendering.fonts import Face, width
from documents.rendering.pdf import PAGE_SIZE, Sheet
from documents.rendering.style import (
    ACCENT,
    BAND,
    EDGE,
    FAINT,
    GREY,
    INK,
    LEFT,
    MIDDLE,
    RIGHT,
    TINT,
    TOP,
    WIDTH,
    both,
    each,
    side_by_side,
)


def ground(sheet: Sheet, content: Content) -> None:
    high = PAGE_SIZE[1]
    left, right, bottom, top = EDGE, PAGE_SIZE[0] - EDGE, EDGE, high - EDGE
    with sheet.artifact():
        sheet.pen(FAINT, 0.45)
        sheet.operators(ornament.rosette(MIDDLE, high * 0.5, 196, 12, 8))
        sheet.pen("#7fb0b3", 0.4)
        sheet.operators(ornament.band(left, bottom, right, top, BAND))
        sheet.pen(ACCENT, 1.1)
        sheet.box(left - 3, bottom - 3, right - left + 6, top - bottom + 6)
        sheet.pen(ACCENT, 0.4)
        inner = BAND + 2.5
        sheet.box(left + inner, bottom + inner, right - left - 2 * inner, top - bottom - 2 * inner)
        if content.specimen:
            word = content.template.common["specimen"]["word"][content.languages[0]]
            with sheet.turned(MIDDLE, high / 2, 52):
                sheet.text(0, -34, word, Face.SANS_BOLD, 112, colour="#f3dcda", align="centre")


def country(sheet: Sheet, content: Content) -> float:
    y = TOP - 44
    with sheet.artifact():
        # Where the arms of the country will stand, once a pack brings them.
        sheet.pen(ACCENT, 0.5)
        sheet.operators(ornament.rosette(MIDDLE, y + 22, 21, 8, 5))
        sheet.ink(ACCENT)
        sheet.disc(MIDDLE, y + 22, 5.2, fill=True, stroke=False)
    names = list(dict.fromkeys(content.country[language] for language in content.languages))
    y -= 14
    with sheet.tag("P"):
        sheet.text(
            MIDDLE, y, "  ·  ".join(names).upper(), Face.SERIF_BOLD, 13.5,
            colour=INK, align="centre", spacing=2.4,
        )  # fmt: skip
    y -= 9
    with sheet.artifact():
        piece = 90 / len(content.flag_colours)
        for index, colour in enumerate(content.flag_colours):
            sheet.ink(colour)
            sheet.box(MIDDLE - 45 + index * piece, y, piece, 2.2, fill=True, stroke=False)
    y -= 15
    full = {
        language: ", ".join(filter(None, (name, content.place[language])))
        for language, name in content.office.items()
    }
    for index, (language, office) in enumerate(each(full, content.languages)):
        with sheet.tag("P", language=language):
            sheet.text(
                MIDDLE, y, office, Face.SANS if index == 0 else Face.SANS_ITALIC,
                10 if index == 0 else 9, colour=INK if index == 0 else GREY, align="centre",
            )  # fmt: skip
        y -= 12
    return y


def title(sheet: Sheet, content: Content, y: float) -> float:
    first, second = content.languages
    titles = content.template.titles
    y -= 24
    size = 30.0
    while width(titles[first], Face.SERIF_BOLD, size) > WIDTH:
        size -= 1
    with sheet.tag("H1"):
        sheet.text(MIDDLE, y, titles[first], Face.SERIF_BOLD, size, colour=ACCENT, align="centre")
    others = [second, *content.country_languages]
    y -= 3
    for language in dict.fromkeys(others):
        if language != first and language in titles:
            y -= 17
            with sheet.tag("P", language=language):
                sheet.text(
                    MIDDLE, y, titles[language], Face.SERIF_ITALIC, 13, colour=GREY, align="centre"
                )
    return y


def ticket(sheet: Sheet, content: Content, y: float) -> float:
    common = content.template.common
    high, tear = 46.0, LEFT + WIDTH * 0.55
    y -= 18 + high
    with sheet.artifact():
        sheet.ink(TINT)
        sheet.pen(ACCENT, 0.7)
        sheet.box(LEFT, y, WIDTH, high, radius=7, fill=True)
        sheet.dashes(2.4, 2.4)
        sheet.line(tear, y + 6, tear, y + high - 6)
        sheet.dashes(0, 0)
        sheet.ink("#ffffff")
        for edge in (y, y + high):
            sheet.disc(tear, edge, 4.6, fill=True, stroke=True)
        # The notches are open on the outside: the ticket's line is wiped there.
        sheet.box(tear - 6, y - 6, 12, 5.6, fill=True, stroke=False)
        sheet.box(tear - 6, y + high + 0.4, 12, 5.6, fill=True, stroke=False)
    if content.specimen:
        word = common["specimen"]["word"][content.languages[0]]
        values = ((LEFT + 14, "number", word), (tear + 14, "verification_code", word))
    else:
        values = (
            (LEFT + 14, "number", content.number),
            (tear + 14, "verification_code", spaced(content.verification_id)),
        )
    for x, key, value in values:
        room = (tear if x < tear else RIGHT) - x - 10
        with sheet.tag("P"):
            sheet.text(x, y + high - 15, both(common[key], content), Face.SANS, 8, colour=GREY)
            size = 15.0
            while width(value, Face.SANS_BOLD, size) + 0.3 * len(value) > room:
                size -= 0.5
            sheet.text(x, y + 12, value, Face.SANS_BOLD, size, colour=INK, spacing=0.3)
    return y


def statement(sheet: Sheet, content: Content, y: float) -> float:
    words = content.template.statement if content.officer else content.template.statement_sealed
    return side_by_side(sheet, words, content, y - 20, LEFT, WIDTH, 10.2, 12.6)
