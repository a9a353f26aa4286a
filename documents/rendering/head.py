"""The upper half: ornament, country and office, title, what kind of paper, ticket, statement."""

from dataclasses import dataclass

from documents.rendering import kit, ornament
from documents.rendering.content import ORIGINAL, Content, can_say, in_words, long_date, spaced
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
    PAPER,
    RIGHT,
    TINT,
    TOP,
    WIDTH,
    both,
    each,
    side_by_side,
)


@dataclass(frozen=True)
class Measure:
    """How much room is taken above the facts, in points."""

    arms: float  # Radius.
    title: float
    above_ticket: float
    statement: float  # Size.


AT_EASE = Measure(arms=21, title=30, above_ticket=18, statement=10.2)
TIGHT = Measure(arms=14, title=24, above_ticket=11, statement=9)


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
            specimen(sheet, content)


def specimen(sheet: Sheet, content: Content) -> None:
    """Write across the sheet that it is none; inside an artifact."""
    word = content.template.common["specimen"]["word"][content.languages[0]]
    with sheet.turned(MIDDLE, PAGE_SIZE[1] / 2, 52):
        sheet.text(0, -30, word, Face.SANS_BOLD, 96, colour="#f3dcda", align="centre")


def country(sheet: Sheet, content: Content, measure: Measure) -> float:
    radius = measure.arms
    y = TOP - 2 * radius - 2
    with sheet.artifact():
        # Where the arms of the country will stand, once a pack brings them.
        sheet.pen(ACCENT, 0.5)
        sheet.operators(ornament.rosette(MIDDLE, y + radius + 1, radius, 8, 5))
        sheet.ink(ACCENT)
        sheet.disc(MIDDLE, y + radius + 1, radius / 4, fill=True, stroke=False)
    names = list(dict.fromkeys(content.country[language] for language in content.languages))
    y -= 14
    with sheet.tag("P"):
        sheet.text(
            MIDDLE, y, "  ·  ".join(names).upper(), Face.SERIF_BOLD, 13.5,
            colour=INK, align="centre", spacing=2.4,
        )  # fmt: skip
    y -= 9
    flag(sheet, content, MIDDLE - 45, y, 90)
    y -= 15
    for index, (language, office) in enumerate(each(offices(content), content.languages)):
        with sheet.tag("P", language=language):
            face, size, colour = (Face.SANS_ITALIC, 9, GREY) if index else (Face.SANS, 10, INK)
            y = kit.centred(sheet, office, face, size, y, colour=colour)
        y -= 12
    return y


def flag(sheet: Sheet, content: Content, x: float, y: float, wide: float) -> None:
    """Draw the colours of the flag as a thin line from x."""
    piece = wide / len(content.flag_colours)
    with sheet.artifact():
        for index, colour in enumerate(content.flag_colours):
            sheet.ink(colour)
            sheet.box(x + index * piece, y, piece, 2.2, fill=True, stroke=False)


def offices(content: Content) -> dict[str, str]:
    """Return the office and where it is, in each language."""
    return {
        language: ", ".join(filter(None, (name, content.place[language])))
        for language, name in content.office.items()
    }


def title(sheet: Sheet, content: Content, y: float, measure: Measure) -> float:
    first, second = content.languages
    titles = content.template.titles_for(content.kind)
    y -= measure.title * 0.8
    size = kit.fitted(titles[first], Face.SERIF_BOLD, measure.title, WIDTH, least=16)
    with sheet.tag("H1"):
        sheet.text(MIDDLE, y, titles[first], Face.SERIF_BOLD, size, colour=ACCENT, align="centre")
    others = {
        language: titles[language]
        for language in dict.fromkeys([second, *content.country_languages])
        if language != first and language in titles and titles[language] != titles[first]
    }
    return _other_titles(sheet, others, y - 3)


def _other_titles(sheet: Sheet, titles: dict[str, str], y: float) -> float:
    """Write the titles in further languages: on one line where they fit, else below each other."""
    size, gap = 13.0, 26.0
    wide = {language: width(text, Face.SERIF_ITALIC, size) for language, text in titles.items()}
    together = sum(wide.values()) + gap * (len(wide) - 1)
    if together <= WIDTH and len(titles) > 1:
        y -= 17
        x = MIDDLE - together / 2
        for language, text in titles.items():
            with sheet.tag("P", language=language):
                sheet.text(x, y, text, Face.SERIF_ITALIC, size, colour=GREY)
            x += wide[language]
            if language != list(titles)[-1]:
                with sheet.artifact():
                    sheet.ink(ACCENT)
                    sheet.disc(x + gap / 2, y + 4, 1.5, fill=True, stroke=False)
            x += gap
        return y
    for language, text in titles.items():
        y -= 17
        with sheet.tag("P", language=language):
            fit = kit.fitted(text, Face.SERIF_ITALIC, size, WIDTH, least=9)
            sheet.text(MIDDLE, y, text, Face.SERIF_ITALIC, fit, colour=GREY, align="centre")
    return y


def kind(sheet: Sheet, content: Content, y: float) -> float:
    """Say in words which of the kinds of paper this is; older wordings have no words for it."""
    words = content.template.common.get("kinds")
    if words is None:
        return y
    y -= 16
    with sheet.tag("P"):
        said = both(words[content.kind], content)
        return kit.centred(sheet, said, Face.SANS, 9, y, colour=ACCENT)


def copy(sheet: Sheet, content: Content, y: float) -> float:
    """Say across the whole sheet that this is one more of a paper, which one, and how many."""
    if content.copy == ORIGINAL:
        return y
    words = content.template.common["copies"][content.copy]
    high = 25.0
    y -= 10 + high
    with sheet.artifact():
        sheet.ink(ACCENT)
        sheet.box(LEFT, y, WIDTH, high, radius=5, fill=True, stroke=False)
    told = {
        language: text.format(no=content.copy_no, number=content.original_number)
        for language, text in words.items()
    }
    first, *rest = each(told, content.languages)
    size = kit.fitted(first[1], Face.SANS_BOLD, 11.5, WIDTH * 0.56, least=8)
    with sheet.tag("P"):
        sheet.text(LEFT + 14, y + 8.6, first[1], Face.SANS_BOLD, size, colour=PAPER)
    for language, text in rest:
        size = kit.fitted(text, Face.SANS_ITALIC, 9, WIDTH * 0.4, least=8)
        with sheet.tag("P", language=language):
            sheet.text(
                RIGHT - 14, y + 8.6, text, Face.SANS_ITALIC, size, colour=PAPER, align="right",
            )  # fmt: skip
    return y


def ticket(sheet: Sheet, content: Content, y: float, *, above: float = 18) -> float:
    common = content.template.common
    high, tear = 46.0, LEFT + WIDTH * 0.55
    y -= above + high
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
            size = kit.fitted(value, Face.SANS_BOLD, 15, room, least=8, spacing=0.3)
            sheet.text(x, y + 12, value, Face.SANS_BOLD, size, colour=INK, spacing=0.3)
    return y


def particulars(sheet: Sheet, content: Content, y: float) -> float:
    """Say until when the paper counts and which one it takes the place of, where it has either."""
    common = content.template.common
    cells = []
    if content.valid_until is not None:
        days = (long_date(content.valid_until, each, content) for each in content.languages)
        cells.append(("valid_until", " · ".join(dict.fromkeys(days))))
    if content.supersedes:
        cells.append(("supersedes", content.supersedes))
    if not cells:
        return y
    y -= 14
    for x, (key, value) in zip((LEFT + 14, LEFT + WIDTH * 0.55 + 14), cells, strict=False):
        room = WIDTH * (0.45 if x > MIDDLE else 0.55) - 24
        with sheet.tag("P"):
            sheet.text(x, y, both(common[key], content), Face.SANS, 8, colour=GREY)
            size = kit.fitted(value, Face.SANS_BOLD, 10.5, room, least=8)
            sheet.text(x, y - 13, value, Face.SANS_BOLD, size, colour=INK)
    return y - 15


def statement(sheet: Sheet, content: Content, y: float, *, size: float = 10.2) -> float:
    template = content.template
    words = template.statement if content.officer else template.statement_sealed
    if not can_say(words, content):
        words = template.statement_open
    said = in_words(words, content)
    return side_by_side(sheet, said, content, y - 2 * size, LEFT, WIDTH, size, size * 1.235)
