"""What nobody needs any more: old codes, outlived budgets, ended sessions, addresses taken back."""

import os
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.limits import LONGEST
from accounts.models import (
    Account,
    Budget,
    CodeTraffic,
    ContactPoint,
    IncomingText,
    OneTimeCode,
    PasskeyChallenge,
    PersonContact,
    Visit,
)
from accounts.operations.visiting import end_stale
from accounts.states import AccountKind, ContactKind
from kernel.crypto import blind_index

log = structlog.get_logger()

CODE_KEPT = timedelta(days=1)
"""After its end a code is kept so long, for questions about a message that did not come."""

INDEX_BYTES = 32

VISIT_KEPT = timedelta(days=90)
"""After its end a visit is kept so long, for whoever asks who was in her account."""

SMS_KEPT = timedelta(days=30)
"""A text that a phone sent is kept so long: what it asked for is done, or was not understood."""


EMAIL_KEPT = timedelta(days=30)
"""An address that she took back is kept so long: what was written to it may still be on its way."""


def old_emails(before: datetime) -> list[int]:
    """
    Return the ids of addresses by which nobody is reached since a moment: taken back, or never
    proved. One that waits for its code is none of them, and neither is one of staff.
    """
    logins = Account.objects.filter(kind=AccountKind.STAFF).values_list("login", flat=True)
    of_staff = {blind_index(ContactKind.EMAIL, login) for login in logins}
    found = _unreached(before).order_by("pk").values_list("pk", "value_index")
    return [pk for pk, index in found if bytes(index) not in of_staff]


def forget_emails(before: datetime, limit: int) -> int:
    """
    Empty at most so many of the addresses that `old_emails` names; return how many.

    The row stays, because messages say that they were sent to it; an index of nothing that could be
    guessed takes the place of its own, and its language is gone.
    """
    with transaction.atomic():
        # Asked again under the lock: somebody may have asked for a code to it since.
        rows = _unreached(before).select_for_update(of=("self",), skip_locked=True)
        gone = list(rows.filter(pk__in=old_emails(before)[:limit]))
        for one in gone:
            one.value, one.value_index = "", os.urandom(INDEX_BYTES)
            one.verified_at, one.language = None, ""
            one.save(update_fields=["value", "value_index", "verified_at", "language"])
    if gone:
        log.info("emails.forgotten", rows=len(gone))
    return len(gone)


def _unreached(before: datetime) -> QuerySet[ContactPoint]:
    # "" is the language of an address that was emptied.
    reached = PersonContact.objects.filter(contact=OuterRef("pk"))
    return ContactPoint.objects.filter(
        ~Exists(reached.filter(Q(until_at=None) | Q(until_at__gt=before))),
        ~Exists(OneTimeCode.objects.filter(contact=OuterRef("pk"))),
        kind=ContactKind.EMAIL,
    ).exclude(language="")


def forget_old(*, now: datetime, limit: int) -> int:
    """
    Delete at most `limit` old rows each of codes, challenges, texts, budgets, sessions and visits.

    :return: how many rows; call it again while it is not 0
    """
    forgotten = sum(
        [
            _forget(OneTimeCode.objects.all(), "expires_at", before=now - CODE_KEPT, limit=limit),
            _forget(PasskeyChallenge.objects.all(), "expires_at", before=now, limit=limit),
            _forget(IncomingText.objects.all(), "received_at", before=now - SMS_KEPT, limit=limit),
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
