"""Keys are made, and what authorities revoke is fetched, published and told."""

from datetime import datetime, timedelta

import structlog

from documents import operations as documents
from documents.operations import credentials
from workers import messages
from workers.errands.carrying import LIST_LEASE, ONCE_MAX, Clock, alone, each

log = structlog.get_logger()

# A module may take a minute to make an RSA key.
KEY_LEASE = timedelta(minutes=2)


def make_keys(clock: Clock) -> int:
    now = clock()
    claimed = credentials.claim_keys(limit=ONCE_MAX, now=now, until=now + KEY_LEASE)
    for request_id in claimed:
        try:
            credentials.make(request_id, clock=clock)
        except (
            documents.SignerUnavailable, credentials.BadCertificate, credentials.NotAwaited
        ) as trouble:  # fmt: skip
            # The request waits, approved; the lease runs out and the sweep comes back.
            log.warning(
                "errand.key_not_made", request_id=request_id, trouble=type(trouble).__name__
            )
    return len(claimed)


def publish_revocation_lists(clock: Clock) -> int:
    """Development's own. Two at once do no harm: whichever list is younger is looked at again."""
    return credentials.publish_due_lists(at=clock())


def fetch_revocation_lists(clock: Clock) -> int:
    return each(
        credentials.claim_sources, credentials.fetch, clock, at_once=ONCE_MAX, lease=LIST_LEASE
    )


def look_after_keys(*, now: datetime) -> None:
    """What authorities revoke is asked for and told; what ends is told before it does."""
    alone(
        {
            "want_lists": lambda: credentials.want_lists(at=now),
            "stop_revoked": lambda: credentials.stop_revoked(at=now),
            "ring_for_lists": lambda: credentials.ring_for_lists(at=now),
            "ring_for_unproven": lambda: documents.ring_for_unproven(at=now),
            "tell_ends": lambda: credentials.tell_ends(at=now),
            "tell_papers_wait": lambda: messages.tell_papers_wait(at=now),
        }
    )
