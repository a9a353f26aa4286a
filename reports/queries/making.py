"""What is being made for somebody, and what is ready."""

from datetime import datetime
from uuid import UUID

from reports.models import Export

SHOWN_MAX = 10


class NoExport(Exception):
    """She asked for no such report, or it has been removed."""


def export(key: UUID, *, account_id: int, now: datetime) -> Export:
    """:raises NoExport: others' reports do not exist for her, and neither do expired ones"""
    found = Export.objects.filter(key=key, asked_by_id=account_id, expires_at__gt=now).first()
    if found is None:
        raise NoExport
    return found


def mine(account_id: int, *, now: datetime) -> list[Export]:
    """Return what she asked for and is not removed, the newest first, at most SHOWN_MAX."""
    found = Export.objects.filter(asked_by_id=account_id, expires_at__gt=now)
    return list(found.order_by("-pk")[:SHOWN_MAX])
