"""Stopping a paper on its way, and letting it go on."""

from datetime import datetime

import structlog
from django.db import transaction

from documents.operations.moving import lock
from documents.states import UNFINISHED

log = structlog.get_logger()


def withhold(paper_id: int, *, at: datetime) -> bool:
    """
    Let nobody sign or seal the paper from now on; False if it is out, or given up.

    It may still be drawn: a drawing binds nobody. Safe to repeat. An officer's order stands, and
    counts again once the paper is let go.
    """
    with transaction.atomic():
        paper = lock(paper_id)
        if paper.state not in UNFINISHED:
            return False
        if paper.withheld_at is None:
            paper.withheld_at = at
            paper.save(update_fields=["withheld_at"])
            log.info("paper.withheld", paper_id=paper_id)
    return True


def let_go(paper_id: int) -> None:
    """Let the paper go on from where it was withheld. Safe to repeat."""
    with transaction.atomic():
        paper = lock(paper_id)
        if paper.withheld_at is not None:
            paper.withheld_at = None
            paper.lease_until = None
            paper.save(update_fields=["withheld_at", "lease_until"])
            log.info("paper.let_go", paper_id=paper_id)
