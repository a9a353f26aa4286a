"""The trust list and the status lists: signed by an errand, kept as rows, read by the pages."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Least

from documents import statuslist, trust
from documents.custody import SignerUnavailable
from documents.models import STATE_LEVEL, Credential, PublicList

log = structlog.get_logger()

Clock = Callable[[], datetime]

# Long before a verifier is told to fetch another (`statuslist.FRESH`).
MADE_ANEW_AFTER = timedelta(minutes=30)
# After a list was made, or could not be: a thousand changes in a minute are two lists.
REST = timedelta(seconds=30)


def claim_lists(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """Take lists that are due until a time, the longest due first."""
    _add_missing(now)
    with transaction.atomic():
        due = (
            PublicList.objects.select_for_update(skip_locked=True)
            .filter(Q(lease_until=None) | Q(lease_until__lte=now), due_at__lte=now)
            .order_by("due_at", "pk")
        )
        claimed = list(due.values_list("pk", flat=True)[:limit])
        PublicList.objects.filter(pk__in=claimed).update(lease_until=until)
    return claimed


def sign_list(list_id: int, *, clock: Clock) -> None:
    """Make a claimed list anew; without its key the one before it stays, and a rest follows."""
    before = PublicList.objects.get(pk=list_id)
    try:
        body = _signed(before, at=clock())
    except SignerUnavailable:
        log.warning("list.signer_unavailable", kind=before.kind, number=before.number)
        PublicList.objects.filter(pk=list_id).update(lease_until=clock() + REST)
        return
    at = clock()
    # Whoever was overtaken while it signed knows less than what is kept by now.
    ours = PublicList.objects.filter(pk=list_id, made_at=before.made_at)
    ours.update(body=body, made_at=at, lease_until=at + REST)
    still = PublicList.objects.filter(pk=list_id, made_at=at, changes=before.changes)
    still.update(due_at=at + MADE_ANEW_AFTER)


def paper_changed(*, paper_id: int, at: datetime) -> None:
    """Have the status list made anew in which the paper stands."""
    kept = PublicList.objects.filter(
        kind=PublicList.Kind.STATUS, number=statuslist.list_no(paper_id)
    )
    _become_due(kept, at)


def key_changed(*, credential_id: int, at: datetime) -> None:
    """Have all lists made anew if the key is one of the state's: it is on one, or signs them."""
    if Credential.objects.filter(pk=credential_id, purpose__in=STATE_LEVEL).exists():
        _become_due(PublicList.objects.all(), at)


def _become_due(lists: QuerySet[PublicList], at: datetime) -> None:
    lists.update(changes=F("changes") + 1, due_at=Least(F("due_at"), at))


def _add_missing(at: datetime) -> None:
    """Begin the list of the first papers of a new number; the trust list names it too."""
    wanted = statuslist.count()
    if PublicList.objects.count() > wanted:
        return
    status = [PublicList(kind=PublicList.Kind.STATUS, number=n, due_at=at) for n in range(wanted)]
    with transaction.atomic():
        PublicList.objects.bulk_create(
            [PublicList(kind=PublicList.Kind.TRUST, due_at=at), *status], ignore_conflicts=True
        )
        _become_due(PublicList.objects.filter(kind=PublicList.Kind.TRUST), at)


def _signed(row: PublicList, *, at: datetime) -> bytes:
    if row.kind == PublicList.Kind.TRUST:
        return json.dumps(trust.trust_list(at=at)).encode()
    return trust.status_list(row.number, at=at)
