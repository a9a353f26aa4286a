"""What a holder let others read ends with her erasure; her papers stay, as the law keeps them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models.functions import Greatest

from documents.models import Consent


def end_consents(paper_ids: Collection[int], *, at: datetime) -> int:
    """Take back every consent to read these papers; return how many. Safe to repeat."""
    open_ = Consent.objects.filter(paper_id__in=paper_ids, taken_back_at=None)
    return open_.update(taken_back_at=Greatest("given_at", at))
