"""Where somebody is signed in: a visit begins, is seen, and ends with its session."""

from collections.abc import Collection
from datetime import datetime

import structlog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Greatest

from accounts.models import Visit

log = structlog.get_logger()


def begin_visit(
    *,
    account_id: int,
    session_key: str,
    strength: Collection[str],
    device: str,
    network: str,
    at: datetime,
) -> int:
    """
    Write down that somebody signed in at this browser, and return the visit's id.

    :param strength: how she showed who she is, as `accounts.sessions.strength` says it
    :param device: kind of browser, such as "Firefox, Linux"
    :param network: the network of the address, never the address
    """
    visit = Visit.objects.create(
        account_id=account_id,
        session_key=session_key,
        started_at=at,
        seen_at=at,
        strength=sorted(strength),
        device=device[:60],
        network=network[:45],
    )
    return visit.pk


def see_visit(*, visit_id: int, session_key: str, at: datetime) -> bool:
    """
    Note that the visit goes on, under the key that its session has now.

    :return: False if it has ended
    """
    live = Visit.objects.filter(pk=visit_id, ended_at=None)
    return bool(live.update(seen_at=Greatest("started_at", at), session_key=session_key))


def end_visit(*, visit_id: int, account_id: int, reason: str, at: datetime) -> bool:
    """
    End one visit of the account; the browser is signed out with its next page.

    :param reason: "ended"
    :return: False if she has no such visit, or it has ended
    """
    return _end(reason=reason, at=at, account_id=account_id, pk=visit_id) > 0


def close_visit(*, visit_id: int, account_id: int, reason: str, at: datetime) -> None:
    """Note the end of a visit whose session the caller ends: its key is about to change or go."""
    live = Visit.objects.filter(pk=visit_id, account_id=account_id, ended_at=None)
    live.update(ended_at=Greatest("seen_at", at), end_reason=reason, session_key="")


def end_visits(*, account_id: int, reason: str, at: datetime, but_not: int | None = None) -> int:
    """
    End all visits of the account, but not one of them, and return how many ended.

    :param reason: "ended", "password", "reset", "closed"
    """
    return _end(reason=reason, at=at, but_not=but_not, account_id=account_id)


def end_stale(*, now: datetime, limit: int) -> int:
    """End visits that nobody has been seen on for longer than any may rest; return how many."""
    stale = Visit.objects.filter(ended_at=None, seen_at__lte=now - settings.CITIZEN_IDLE)
    few = list(stale.order_by("seen_at").values_list("pk", flat=True)[:limit])
    return sum(_end(reason="idle", at=now, pk=visit_id) for visit_id in few)


def _end(*, reason: str, at: datetime, but_not: int | None = None, **which: int) -> int:
    with transaction.atomic():
        live = Visit.objects.select_for_update().filter(ended_at=None, **which)
        ending = list(live.exclude(pk=but_not or 0).order_by("pk"))
        keys = [visit.session_key for visit in ending]
        Session.objects.filter(session_key__in=keys).delete()
        for visit in ending:
            visit.ended_at = max(at, visit.seen_at)
            visit.end_reason, visit.session_key = reason, ""
        Visit.objects.bulk_update(ending, ["ended_at", "end_reason", "session_key"])
    if ending:
        log.info("visits.ended", account_id=ending[0].account_id, count=len(ending), reason=reason)
    return len(ending)
