"""
One A4 sheet from above to below: country, title, ticket, facts, entry, signatures, check.

Every paper type has this order; what differs is in its wording. Slips have their
own (slips.py).
"""

from contextlib import suppress

from documents.rendering import body, foot, grid, head, pages, record, slips
from documents.rendering.attachments import Attachment
from documents.rendering.content import Content
from documents.rendering.errors import DoesNotFit
from documents.rendering.pdf import Sheet
from documents.rendering.style import ENTRY, FOOT, QR_SYMBOL, quiet
from documents.rendering.xmp import Metadata

# Inside the band that frames a paper.
_PAGE_NUMBER = 45.0


def draw(content: Content) -> bytes:
    """
    Return the paper as PDF/A-2b and PDF/UA-1, unsigned; equal contents give equal bytes.

    Where its wording says that the facts lie in it as data, it is PDF/A-3b.

    :raises MissingGlyph: for a letter that the house's fonts cannot write
    :raises UnknownValue: for a coded fact without words
    :raises DoesNotFit: if the facts need more than the sheet, and the wording allows no second
    """
    if content.template.is_slip:
        sheet = Sheet(metadata(content), _attached(content))
        slips.draw(sheet, content)
        return sheet.finish()
    # A long record that is a copy besides: everything above its facts draws together.
    for measure in (head.AT_EASE, head.TIGHT):
        with suppress(DoesNotFit):
            return _on_one(content, measure)
    if not content.template.many_pages:
        raise DoesNotFit
    return _over_several(content)


def _on_one(content: Content, measure: head.Measure) -> bytes:
    sheet = Sheet(metadata(content), _attached(content))
    y = _above(sheet, content, measure)
    bottom = FOOT + QR_SYMBOL + 2 * quiet(content)
    room = y - bottom - ENTRY
    y = body.facts(sheet, content, y, room=room - grid.wanted(content, room))
    y = grid.one(sheet, content, y, room=y - bottom - ENTRY)
    y = body.entry(sheet, content, y)
    foot.check(sheet, content, bottom)
    return sheet.finish()


def _over_several(content: Content) -> bytes:
    """Let the table go on; what makes the paper valid stands once, on the last page."""
    sheet = Sheet(metadata(content), _attached(content))
    y = _above(sheet, content, head.AT_EASE)
    bottom = FOOT + QR_SYMBOL + 2 * quiet(content)
    y = body.facts(sheet, content, y, room=(y - pages.FLOOR) / 2)
    least = bottom + ENTRY
    y = pages.table(sheet, content, y, least=least, ground=head.ground, number_at=_PAGE_NUMBER)
    body.entry(sheet, content, y)
    foot.check(sheet, content, bottom)
    return sheet.finish()


def _above(sheet: Sheet, content: Content, measure: head.Measure) -> float:
    """Write what stands above the facts; return where it ends."""
    head.ground(sheet, content)
    y = head.country(sheet, content, measure)
    y = head.title(sheet, content, y, measure)
    y = head.kind(sheet, content, y)
    y = head.copy(sheet, content, y)
    y = head.ticket(sheet, content, y, above=measure.above_ticket)
    y = head.particulars(sheet, content, y)
    return head.statement(sheet, content, y, size=measure.statement)


def metadata(content: Content) -> Metadata:
    first, _ = content.languages
    title = content.template.titles_for(content.kind)[first]
    return Metadata(
        title=" ".join(filter(None, (title, content.number))),
        author=content.office[first],
        subject=content.number or content.template.common["specimen"]["word"][first],
        language=first,
        made_at=content.made_at,
    )


def _attached(content: Content) -> list[Attachment]:
    if not content.template.attach_facts or content.specimen:
        return []
    return [record.attachment(content)]
