"""Who looked at a paper: a kind and a minute, never a person."""

from datetime import datetime, timedelta

import structlog
from django.db import Error, connection, transaction

from documents.models import Look, LookKind

log = structlog.get_logger()

LOOKS_KEPT = timedelta(days=396)
# The answer waits for nobody: not for the disk, and not for an operation that holds the paper.
_IN_PASSING = "SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = '50ms'"


def note_look(*, paper_id: int, kind: LookKind, at: datetime) -> None:
    """Write down that somebody looked, if that can be done at once; the answer stands without."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_IN_PASSING)
            look = Look(paper_id=paper_id, kind=kind, at=at.replace(second=0, microsecond=0))
            # Once a minute: a second look in it is the same row.
            Look.objects.bulk_create([look], ignore_conflicts=True)
    except Error as trouble:
        log.warning("look.not_written", paper_id=paper_id, error=type(trouble).__name__)


def forget_looks(*, now: datetime, limit: int) -> int:
    """Delete at most `limit` looks that are older than 13 months; return how many."""
    old = Look.objects.filter(at__lte=now - LOOKS_KEPT).order_by("at")
    few = list(old.values_list("pk", flat=True)[:limit])
    gone = Look.objects.filter(pk__in=few).delete()[0] if few else 0
    if gone:
        log.info("looks.forgotten", rows=gone)
    return gone
