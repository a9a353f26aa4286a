"""The last band: the code on the left; signatures and how to check on the right."""

from documents.rendering import ornament, qr
from documents.rendering.content import Content, long_date
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
    side_by_side(sheet, words, content, y - 27, right, RIGHT - right, 7.6, 9.1)
    spoken = common["qr"][content.languages[0]].format(address=address)
    with sheet.tag("Figure", **sheet.figure(spoken, box)):
        sheet.operators(qr.operators(content.check_url, left + margin, FOOT + margin, QR_SYMBOL))


def _signatures(sheet: Sheet, content: Content, left: float, top: float) -> float:
    common = content.template.common
    first = content.languages[0]
    room = RIGHT - left
    done = {
        language: common["done"][language].format(
            date=long_date(content.done_on, language, content)
        )
        for language in content.languages
    }
    high = 74.0 if content.officer else 50.0
    bottom = top - high
    with sheet.artifact():
        sheet.pen(ACCENT, 0.6)
        sheet.ink("#ffffff")
        sheet.box(left, bottom, room, high, radius=5, fill=True)
    blocks = [("sealed_by", content.office[first])]
    if content.officer:
        blocks.insert(0, ("signed_by", content.officer))
        with sheet.artifact():
            sheet.pen(RULE, 0.6)
            sheet.line(left + room / 2, bottom + 8, left + room / 2, top - 8)
    each = room / len(blocks)
    for index, (key, name) in enumerate(blocks):
        x = left + index * each + 9
        if key == "sealed_by":
            with sheet.artifact():
                sheet.pen("#a9c9cb", 0.4)
                sheet.operators(ornament.rosette(left + room - 24, bottom + 25, 17, 9, 5))
        with sheet.tag("P"):
            sheet.text(x, top - 13, common[key][first], Face.SANS, 7.6, colour=GREY)
            other = common[key][content.languages[1]]
            if other != common[key][first]:
                sheet.text(x, top - 22, other, Face.SANS_ITALIC, 7.4, colour=GREY)
        with sheet.tag("P"):
            y = top - 36
            size = 11.0 if key == "signed_by" else 9.2
            for line in wrap(
                name, Face.SERIF_BOLD, size, each - (16 if key == "signed_by" else 44)
            ):
                sheet.text(x, y, line, Face.SERIF_BOLD, size, colour=INK)
                y -= size + 1
            if key == "signed_by":
                for line in wrap(content.office[first], Face.SANS, 8, each - 16):
                    sheet.text(x, y, line, Face.SANS, 8, colour=INK)
                    y -= 9.5
    y = bottom - 12
    if not content.officer:
        with sheet.tag("P"):
            for line in wrap(both(common["sealed_only"], content), Face.SANS, 7.6, room):
                sheet.text(left, y, line, Face.SANS, 7.6, colour=INK)
                y -= 9
    with sheet.tag("P"):
        sheet.text(left, y, both(done, content), Face.SANS, 8.4, colour=INK)
    return y
