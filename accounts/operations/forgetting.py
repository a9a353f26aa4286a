"""What nobody needs any more: old codes, outlived budgets, ended sessions."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.contrib.sessions.models import Session
from django.db.models import Model, QuerySet

from accounts.limits import LONGEST
from accounts.models import (
    Budget,
    CodeTraffic,
    IncomingText,
    OneTimeCode,
    PasskeyChallenge,
    Visit,
)
from accounts.operations.visiting import end_stale

log = structlog.get_logger()

CODE_KEPT = timedelta(days=1)
"""After its end a code is kept so long, for questions about a message that did not come."""

VISIT_KEPT = timedelta(days=90)
"""After its end a visit is kept so long, for whoever asks who was in her account."""

TEXT_KEPT = timedelta(days=30)
"""A text that a phone sent is kept so long: what it asked for is done, or was not understood."""


def forget_old(*, now: datetime, limit: int) -> int:
    """
    Delete at most `limit` old rows each of codes, challenges, texts, budgets, sessions and visits.

    :return: how many rows; call it again while it is not 0
    """
    forgotten = sum(
        [
            _forget(OneTimeCode.objects.all(), "expires_at", before=now - CODE_KEPT, limit=limit),
            _forget(PasskeyChallenge.objects.all(), "expires_at", before=now, limit=limit),
            _forget(IncomingText.objects.all(), "received_at", before=now - TEXT_KEPT, limit=limit),
            _forget(CodeTraffic.objects.all(), "slot_at", before=now - LONGEST, limit=limit),
            _forget(Budget.objects.all(), "started_at", before=now - LONGEST, limit=limit),
            _forget(Session.objects.all(), "expire_date", before=now, limit=limit),
            end_stale(now=now, limit=limit),
            _forget(Visit.objects.all(), "ended_at", before=now - VISIT_KEPT, limit=limit),
        ]
    )
    if forgotten:
        log.info("accounts.forgotten", rows=forgotten)
    return forgotten


def _forget(rows: QuerySet[Any, Model], field: str, *, before: datetime, limit: int) -> int:
    old = rows.filter(**{f"{field}__lte": before})
    few = list(old.order_by(field).values_list("pk", flat=True)[:limit])
    # Asked again in the deletion: a budget may have begun anew since, a session been prolonged.
    return old.filter(pk__in=few).delete()[0] if few else 0
