"""The trace that nobody can edit: append-only by trigger and by right."""

from collections.abc import Mapping
from datetime import datetime

from kernel.models import AuditEntry


def record(
    *,
    act: str,
    actor_id: int | None,
    subject: str,
    subject_id: int | None,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, str | int | bool | None] | None = None,
) -> None:
    """
    Keep one entry. `detail` holds codes and ids, never a name, a phone or a national number.
    """
    AuditEntry.objects.create(
        at=at,
        act=act,
        actor_id=actor_id,
        subject=subject,
        subject_id=subject_id,
        reason=reason,
        detail=dict(detail or {}),
    )
