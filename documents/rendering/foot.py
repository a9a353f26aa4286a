"""The last band: the code on the left; signatures and how to check on the right."""

from documents.rendering import kit, ornament, qr
from documents.rendering.content import Content, long_date
from documents.rendering.errors import DoesNotFit
from documents.rendering.fonts import Face, wrap
from documents.rendering.pdf import Sheet
from documents.rendering.style import (
    ACCENT,
    FOOT,
    GREY,
    INK,
    LEFT,
    QR_SYMBOL,
    RIGHT,
    RULE,
    WARNING,
    both,
    quiet,
    side_by_side,
)


def check(sheet: Sheet, content: Content, top: float) -> None:
    """The last band: the code on the left; signatures and how to check on the right."""
    margin = quiet(content)
    frame = QR_SYMBOL + 2 * margin
    left = LEFT - 10
    box = (left, FOOT, left + frame, FOOT + frame)
    common = content.template.common
    with sheet.artifact():
        sheet.ink("#ffffff")
        sheet.box(left, FOOT, frame, frame, radius=4, fill=True, stroke=False)
    right = left + frame + 12
    y = _signatures(sheet, content, right, top - 4)
    with sheet.tag("P"):
        sheet.text(
            right, y - 15, common["check"]["title"][content.languages[0]], Face.SANS_BOLD, 9,
            colour=ACCENT,
        )  # fmt: skip
    if content.specimen:
        words = common["specimen"]["note"]
        side_by_side(sheet, words, content, y - 27, right, RIGHT - right, 8, 9.6)
        with sheet.artifact():
            sheet.pen(WARNING, 0.8)
            sheet.dashes(4, 3)
            sheet.box(left + margin, FOOT + margin, QR_SYMBOL, QR_SYMBOL)
            sheet.dashes(0, 0)
        with sheet.tag("P"):
            word = common["specimen"]["word"][content.languages[0]]
            centre = FOOT + frame / 2 - 6
            sheet.text(
                left + frame / 2, centre, word, Face.SANS_BOLD, 18, colour=WARNING, align="centre"
            )
        return
    address = content.check_address
    words = {key: text.format(address=address) for key, text in common["check"]["body"].items()}
    side_by_side(sheet, words, content, y - 27, right, RIGHT - right, 8, 9.2)
    spoken = common["qr"][content.languages[0]].format(address=address)
    with sheet.tag("Figure", **sheet.figure(spoken, box)):
        sheet.operators(qr.operators(content.check_url, left + margin, FOOT + margin, QR_SYMBOL))


def _signatures(sheet: Sheet, content: Content, left: float, top: float) -> float:
    room = RIGHT - left
    high = 74.0 if content.officer else 50.0
    bottom = top - high
    with sheet.artifact():
        sheet.pen(ACCENT, 0.6)
        sheet.ink("#ffffff")
        sheet.box(left, bottom, room, high, radius=5, fill=True)
    office = content.office[content.languages[0]]
    if content.officer:
        with sheet.artifact():
            sheet.pen(RULE, 0.6)
            sheet.line(left + room / 2, bottom + 8, left + room / 2, top - 8)
        x = left + 9
        _by(sheet, content, "signed_by", x, top)
        with sheet.tag("P"):
            how, name, below = _officer(content.officer, office, room / 2 - 16, high - 40)
            y = kit.lines(sheet, name, x, top - 36, how)
            kit.lines(sheet, below, x, y, kit.Type(Face.SANS, 8, 9.5))
    with sheet.artifact():
        sheet.pen("#a9c9cb", 0.4)
        sheet.operators(ornament.rosette(left + room - 24, bottom + 25, 17, 9, 5))
    x = left + 9 + (room / 2 if content.officer else 0)
    _by(sheet, content, "sealed_by", x, top)
    with sheet.tag("P"):
        how, name = _name(office, RIGHT - x - 49, high - 40)
        kit.lines(sheet, name, x, top - 36, how)
    return _said(sheet, content, left, bottom - 12)


def _by(sheet: Sheet, content: Content, key: str, x: float, top: float) -> None:
    first, second = (content.template.common[key][language] for language in content.languages)
    with sheet.tag("P"):
        sheet.text(x, top - 13, first, Face.SANS, 8, colour=GREY)
        if second != first:
            sheet.text(x, top - 22, second, Face.SANS_ITALIC, 8, colour=GREY)


def _officer(
    name: str, office: str, room: float, high: float
) -> tuple[kit.Type, list[str], list[str]]:
    """
    Return how an officer's name is set, its lines, and those of her office below it.

    Where both are long the office is left to its seal, beside her.
    """
    for below in (list(wrap(office, Face.SANS, 8, room)), []):
        for size in (11.0, 9.5, 8.0):
            lines = list(wrap(name, Face.SERIF_BOLD, size, room))
            if len(lines) * (size + 1) + (len(below) - 1) * 9.5 <= high:
                return kit.Type(Face.SERIF_BOLD, size, size + 1), lines, below
    raise DoesNotFit


def _name(office: str, room: float, high: float) -> tuple[kit.Type, list[str]]:
    """Return how an office's name is set so that its lines stay within the height."""
    for size in (9.2, 8.5, 8.0):
        lines = list(wrap(office, Face.SERIF_BOLD, size, room))
        if (len(lines) - 1) * (size + 1) <= high:
            return kit.Type(Face.SERIF_BOLD, size, size + 1), lines
    raise DoesNotFit


def _said(sheet: Sheet, content: Content, left: float, y: float) -> float:
    """Write below the box what the seal alone means, where it is alone, and the date."""
    common = content.template.common
    if not content.officer:
        key = "sealed_letter" if content.template.is_slip else "sealed_only"
        with sheet.tag("P"):
            texts = wrap(both(common[key], content), Face.SANS, 8, RIGHT - left)
            y = kit.lines(sheet, texts, left, y, kit.Type(Face.SANS, 8, 9.4))
    done = {
        language: common["done"][language].format(
            date=long_date(content.done_on, language, content)
        )
        for language in content.languages
    }
    with sheet.tag("P"):
        sheet.text(left, y, both(done, content), Face.SANS, 8.4, colour=INK)
    return y
