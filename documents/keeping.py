"""What of some papers is not decided yet: their holder's data are kept until it is."""

from collections.abc import Collection

from documents.models import PaperAct


def is_acted_on(paper_ids: Collection[int]) -> bool:
    """Say whether one of these papers is to be stopped, revoked or made anew, undecided yet."""
    waiting = PaperAct.objects.filter(approved=None, withdrawn_at=None)
    return waiting.filter(paper_id__in=paper_ids).exists()
