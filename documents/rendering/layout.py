"""
One A4 sheet from above to below: country, title, ticket, facts, entry, signatures, check.

Every paper type has this order; what differs is in its wording.
"""

from documents.rendering import body, foot, head
from documents.rendering.content import Content
from documents.rendering.pdf import Sheet
from documents.rendering.style import ENTRY, FOOT, QR_SYMBOL, quiet
from documents.rendering.xmp import Metadata


def draw(content: Content) -> bytes:
    """
    Return the paper as PDF/A-2b and PDF/UA-1, unsigned; equal contents give equal bytes.

    :raises MissingGlyph: for a letter that the house's fonts cannot write
    :raises UnknownValue: for a coded fact without words
    :raises DoesNotFit: if the facts need more than the sheet
    """
    first, _ = content.languages
    sheet = Sheet(
        Metadata(
            title=" ".join(filter(None, (content.template.titles[first], content.number))),
            author=content.office[first],
            subject=content.number or content.template.common["specimen"]["word"][first],
            language=first,
            made_at=content.made_at,
        )
    )
    head.ground(sheet, content)
    y = head.country(sheet, content)
    y = head.title(sheet, content, y)
    y = head.ticket(sheet, content, y)
    y = head.statement(sheet, content, y)
    bottom = FOOT + QR_SYMBOL + 2 * quiet(content)
    y = body.facts(sheet, content, y, room=y - bottom - ENTRY)
    y = body.entry(sheet, content, y)
    foot.check(sheet, content, bottom)
    return sheet.finish()
