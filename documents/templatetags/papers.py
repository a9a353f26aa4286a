"""A paper's standing, for the pages of whatever it was issued for."""

from django import template

from documents import listing
from documents.pages.papers import reach, words
from documents.pages.papers.listing import show

register = template.Library()


@register.inclusion_tag("documents/papers/_standings.html")
def paper_standings(paper_id: int) -> dict[str, object]:
    """What came of a paper: it, its reissues and their copies, each with what it is worth now."""
    found = listing.family(paper_id, today=reach.today())
    return {
        "papers": [
            (show(one), words.END_REASONS.get(one.end_reason, ""), words.ADVICE[one.standing])
            for one in found
            if one.standing is not None
        ]
    }
