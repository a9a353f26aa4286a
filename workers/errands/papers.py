"""Papers are drawn, signed, proven for later, and listed by their status."""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from documents import operations as documents
from kernel.files import FileChanged, FileMissing, StorageUnavailable
from workers.errands.carrying import CLAIM_MAX, LEASE, ONCE_MAX, Clock, each

log = structlog.get_logger()

# Papers are drawn and recorded together: what surrounds them costs the same for one and for all.
PAPERS_MAX = 8
# Of papers to be drawn: one whose worker is killed waits for so long, and for the sweep. Long for a
# round; where a store is slower still, two draw the same bytes.
PAPER_LEASE = timedelta(seconds=4)
# Of those to be signed: a death costs this, a sweep and a turn of the relay before it, 9 s, and no
# paper may be 10 s late. A key that is slower still signs twice, and the second signature is
# dropped.
SIGNING_LEASE = timedelta(seconds=6)
# A signing service may take two calls of 5 s; who revokes a paper waits for its list.
SIGNED_LIST_LEASE = timedelta(seconds=20)


def draw_papers(clock: Clock) -> int:
    now = clock()
    claimed = documents.claim_for_rendering(limit=PAPERS_MAX, now=now, until=now + PAPER_LEASE)
    if not claimed:
        return 0
    try:
        some_wait = _made(claimed, clock)
    except documents.SignerUnavailable:
        # Their codes cannot be signed now; the leases run out and the sweep comes back.
        log.warning("errand.signer_unavailable", papers=claimed)
    except StorageUnavailable as trouble:
        return _without_store(trouble)
    else:
        if some_wait:
            sign_papers(clock)
    return len(claimed)


def _made(paper_ids: Sequence[int], clock: Clock) -> bool:
    """Make the papers together, or one by one where one of them would take the others along."""
    try:
        return documents.make(paper_ids, clock=clock)
    except (documents.SignerUnavailable, StorageUnavailable):
        raise
    except Exception as trouble:
        if len(paper_ids) == 1:
            _broke(paper_ids[0], trouble)
            return False
    return sum(_made([paper_id], clock) for paper_id in paper_ids) > 0


def sign_papers(clock: Clock) -> int:
    now = clock()
    until = now + SIGNING_LEASE
    claimed = documents.claim_for_signing(limit=PAPERS_MAX, now=now, until=until)
    if not claimed:
        return 0
    try:
        left = _completed(claimed, clock)
    except StorageUnavailable as trouble:
        return _without_store(trouble)
    for paper_id in left:
        # Keys and time stamps take their time: the lease counts from when a paper's turn comes.
        if not documents.keep_claim(paper_id, until=until, anew=clock() + SIGNING_LEASE):
            continue
        try:
            documents.sign_through(paper_id, at=clock())
        except documents.SignerUnavailable:
            # The case waits, approved; the lease runs out and the sweep comes back.
            log.warning("errand.signer_unavailable", paper_id=paper_id)
        except documents.NoMandate:
            log.warning("errand.no_mandate", paper_id=paper_id)
        except StorageUnavailable as trouble:
            return _without_store(trouble)
        except (FileMissing, FileChanged) as trouble:
            _file_is_lost(paper_id, trouble)
        except Exception as trouble:
            _broke(paper_id, trouble)
    return len(claimed)


def _completed(paper_ids: Sequence[int], clock: Clock) -> Sequence[int]:
    """Sign the papers together; return those that are left to be signed one by one."""
    try:
        return documents.complete(paper_ids, clock=clock)
    except StorageUnavailable:
        raise
    except Exception as trouble:
        # One of them would take the others along: each goes alone, and says what is wrong with it.
        log.warning("errand.round_broke", trouble=type(trouble).__name__)
        return paper_ids


def augment_papers(clock: Clock) -> int:
    now = clock()
    until = now + LEASE
    claimed = documents.claim_for_augmenting(limit=CLAIM_MAX, now=now, until=until)
    for paper_id in claimed:
        if not documents.keep_proving(paper_id, until=until, anew=clock() + LEASE):
            continue
        try:
            documents.augment_through(paper_id, clock=clock)
        except StorageUnavailable as trouble:
            return _without_store(trouble)
        except (FileMissing, FileChanged) as trouble:
            _file_is_lost(paper_id, trouble)
        except Exception as trouble:
            _broke(paper_id, trouble)
    return len(claimed)


def sign_lists(clock: Clock) -> int:
    return each(
        documents.claim_lists, documents.sign_list, clock, at_once=ONCE_MAX, lease=SIGNED_LIST_LEASE
    )


def _without_store(trouble: StorageUnavailable) -> int:
    """End the round: the store would fail the others too. It is asked again once leases run out."""
    log.warning("errand.store_unavailable", trouble=str(trouble))
    return 0


def _broke(paper_id: int, trouble: Exception) -> None:
    """
    One paper meets what nobody has foreseen: it is tried again later, and the others go on.

    Told by its class alone: an error's text may speak of a person.
    """
    log.error("errand.paper_broke", paper_id=paper_id, trouble=type(trouble).__name__)


def _file_is_lost(paper_id: int, trouble: Exception) -> None:
    """One paper waits for a person (`manage.py check_files`), the others go on."""
    log.error("errand.file_is_lost", paper_id=paper_id, trouble=type(trouble).__name__)
