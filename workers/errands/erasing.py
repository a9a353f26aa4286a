"""A person is erased: case by case, file by file, and at last who she was."""

from datetime import timedelta

import structlog

from accounts import forgotten
from accounts import operations as accounts
from applications import operations as applications
from applications.queries import keeping
from documents import operations as documents
from kernel.files import StorageUnavailable
from notifications.erasing import erase_messages
from payments import operations as payments
from workers.errands.carrying import ONCE_MAX, Clock, each

log = structlog.get_logger()

# Longer than a turn takes, and the pause before the next try where the store cannot be had.
ERASURE_LEASE = timedelta(minutes=2)
# A turn does no more than this, so that one person keeps nobody else waiting.
CASES_A_TURN = 100
FILES_A_TURN = 50


def erase_persons(clock: Clock) -> int:
    return each(accounts.claim_erasures, _erase, clock, at_once=ONCE_MAX, lease=ERASURE_LEASE)


def _erase(erasure_id: int, /, *, clock: Clock) -> None:
    """
    Take the next steps; each is whole in itself, finds what is done, and may be broken off.

    Above comes before below: while a case leads to her, her own rows say who she is.
    """
    one = forgotten.one(erasure_id)
    if one is None or one.tombstone_id is None:
        return
    for _ in range(CASES_A_TURN):
        if not applications.erase_next_case(
            person_id=one.person_id, contact_id=one.tombstone_id, at=clock()
        ):
            break
    else:
        accounts.let_go_erasure(erasure_id)
        return
    try:
        done = _erase_around(one.person_id, one.tombstone_id, clock)
    except StorageUnavailable:
        log.warning("errand.no_store", erasure_id=erasure_id)
        return
    if done:
        accounts.finish_erasure(erasure_id, at=clock())


def _erase_around(person_id: int, tombstone_id: int, clock: Clock) -> bool:
    """Return whether nothing of hers is left but her own rows."""
    named = accounts.nobodys_contacts(keeping.named_contacts(person_id))
    contacts = [*accounts.own_contacts(person_id), *named]
    applications.erase_rest(person_id=person_id, contact_ids=contacts, at=clock())
    payments.empty_attempts(keeping.bill_ids(person_id))
    documents.end_consents(keeping.paper_ids(person_id), at=clock())
    applications.erase_exports(person_id=person_id, at=clock())
    found = applications.erase_files(person_id=person_id, limit=FILES_A_TURN, at=clock())
    accounts.erase_proofs(person_id, at=clock())
    # What is on its way to her phone arrives, or fails, within minutes.
    if not erase_messages(contacts) or found == FILES_A_TURN:
        return False
    # First the phones, then what leads to them: whoever is broken off between finds them again.
    accounts.empty_contacts(named, at=clock())
    applications.lead_help_away(person_id=person_id, contact_id=tombstone_id)
    return True
