"""Certificates run out, and officers leave: what ran out, or is a leaver's, signs no more."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef

from documents.events import CredentialEnded, CredentialEnding
from documents.models import Credential, CredentialNotice, CredentialState
from documents.operations.credentials import asking, standing
from documents.pki import revocation
from kernel import audit, outbox

log = structlog.get_logger()

# Long enough to ask, decide, travel to a ceremony and come back.
SOON = timedelta(days=60)
_AT_ONCE_MAX = 500


def tell_ends(*, at: datetime) -> int:
    """Tell of each credential once that it ends soon, and once that it has; return how many."""
    return _tell_ending(at) + _end(at)


def ring_for_lists(*, at: datetime) -> int:
    """Ring for authorities whose newest word is past its time; return how many there are."""
    late = revocation.overdue(at)
    if late:
        log.error("lists.overdue", authorities=len(late))
    return len(late)


def suspend_of(*, account_id: int, at: datetime) -> int:
    """
    Stop the keys of an officer who has left, at once, and return how many signed until now.

    Two people revoke them afterwards, or let them sign again.
    """
    with transaction.atomic():
        hers = Credential.objects.select_for_update().filter(
            account_id=account_id, state=CredentialState.ACTIVE
        )
        for credential in (stopped := list(hers.order_by("pk"))):
            standing.move(credential, CredentialState.SUSPENDED, at=at)
            audit.record(
                act="credential.suspended",
                actor_id=None,
                subject="documents.credential",
                subject_id=credential.pk,
                detail={"because": "account closed"},
                at=at,
            )
    return len(stopped)


def _tell_ending(at: datetime) -> int:
    told = CredentialNotice.objects.filter(
        credential=OuterRef("pk"), about=CredentialNotice.About.ENDING
    )
    ending = Credential.objects.filter(
        ~Exists(told), state=CredentialState.ACTIVE, not_after__gt=at, not_after__lte=at + SOON
    )
    count = 0
    with transaction.atomic():
        for credential in ending.order_by("not_after")[:_AT_ONCE_MAX]:
            if not asking.waiting(asking.Owner.of(credential)).exists():
                _notice(credential, CredentialNotice.About.ENDING, at)
                outbox.publish(CredentialEnding(subject_id=credential.pk, occurred_at=at))
                count += 1
    return count


def _end(at: datetime) -> int:
    with transaction.atomic():
        over = list(
            Credential.objects.select_for_update(skip_locked=True)
            .filter(
                state__in=(CredentialState.ACTIVE, CredentialState.SUSPENDED), not_after__lte=at
            )
            .order_by("pk")[:_AT_ONCE_MAX]
        )
        for credential in over:
            standing.move(credential, CredentialState.RETIRED, at=at, reason="ran out")
            _notice(credential, CredentialNotice.About.ENDED, at)
            outbox.publish(CredentialEnded(subject_id=credential.pk, occurred_at=at))
    return len(over)


def _notice(credential: Credential, about: CredentialNotice.About, at: datetime) -> None:
    CredentialNotice.objects.create(credential=credential, about=about, told_at=at)
