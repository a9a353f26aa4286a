"""
Keeping issued papers proven: stamped where they were not, augmented once a younger revocation list
is kept, stamped anew before the certificate of their last stamp ends.

Claim in one transaction, ask for stamps in none, record in another. A crash anywhere leaves a lease
that runs out, and bytes that nobody counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from asn1crypto import x509
from cryptography.x509 import load_der_x509_certificate
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from documents import tsa
from documents.longterm import augmenting, evidence, roots
from documents.longterm.augmenting import EvidenceMissing
from documents.longterm.evidence import Evidence
from documents.models import Level, PaperFile, Proof, Step
from documents.operations.credentials import want
from documents.operations.drawing import PDF
from documents.operations.moving import lock
from documents.operations.revising import add_revision, check_adds_to, newest_revision
from documents.tsa import NoStamp, Stamp, Stamper
from kernel import files

log = structlog.get_logger()

# A stamp is renewed while its certificate still has this long: an authority may be away for weeks.
REFRESHED_BEFORE = timedelta(days=60)
# What could not be done now is looked at again after this long. Lists come daily; one that never
# comes must not keep a worker busy.
NOT_STAMPED, NOT_PROVEN = timedelta(minutes=10), timedelta(hours=1)
# An outage of stamps is over within a day, and lists come weekly at the latest: whatever waits for
# longer waits for a person.
STAMPED_WITHIN, PROVEN_WITHIN = timedelta(days=1), timedelta(days=8)


class NothingToProve(Exception):
    """The paper is not out, or its newest revision needs nothing now."""


@dataclass(frozen=True)
class Prolonged:
    """The next revision of a paper, made after `after`."""

    paper_id: int
    step: Step
    after: int
    data: bytes
    stamp: Stamp


_LEVELS = {
    Step.STAMPED: Level.B_T,
    Step.AUGMENTED: Level.B_LTA,
    Step.REFRESHED: Level.B_LTA,
}


def claim_for_augmenting(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """Lease up to `limit` issued papers that could be proven better at `now`, until `until`."""
    if tsa.stamper(at=now) is None:
        # None is named, or all of them rest: nothing would come of it.
        return []
    claimed: list[int] = []
    with transaction.atomic():
        # Those that nobody has tried yet go first; then whoever waits longest.
        for tried in (Q(lease_until=None), Q(lease_until__lt=now)):
            for due, order in _due(now):
                if len(claimed) < limit:
                    waiting = _waiting(due & tried, order)
                    claimed += list(waiting[: limit - len(claimed)])
        Proof.objects.filter(pk__in=claimed).update(lease_until=until)
    return claimed


def count_to_augment(*, now: datetime) -> int:
    """Return how many papers are due, leased ones too."""
    return sum(Proof.objects.filter(due).count() for due, _order in _due(now))


def ring_for_unproven(*, at: datetime) -> int:
    """Ring where papers stay without a time, or without what proves them; return how many do."""
    if not settings.TIMESTAMP_AUTHORITIES:
        return 0  # Said when one installs (documents.W004).
    unstamped = Proof.objects.filter(
        pades_level=Level.B_B, paper__issued_at__lt=at - STAMPED_WITHIN
    ).count()
    unproven = Proof.objects.filter(
        pades_level=Level.B_T, stamped_at__lt=at - PROVEN_WITHIN
    ).count()
    if unstamped or unproven:
        log.error("papers.not_proven", unstamped=unstamped, unproven=unproven)
    return unstamped + unproven


def keep_proving(paper_id: int, *, until: datetime, anew: datetime) -> bool:
    """Renew the lease of a paper claimed until `until`; False if it is somebody else's by now."""
    return Proof.objects.filter(pk=paper_id, lease_until=until).update(lease_until=anew) == 1


def augment_through(paper_id: int, *, clock: Callable[[], datetime]) -> Step | None:
    """
    Make and keep the next revision of one claimed paper; return its step, or None if it must wait.

    No transaction may be open around it.
    """
    try:
        made = prolong(paper_id, at=clock())
    except NothingToProve:
        return None
    except NoStamp:
        _wait(paper_id, clock() + NOT_STAMPED, "no stamp")
        return None
    except EvidenceMissing:
        _wait(paper_id, clock() + NOT_PROVEN, "no evidence")
        return None
    return made.step if record_prolonging(made, at=clock()) else None


def prolong(paper_id: int, *, at: datetime) -> Prolonged:
    """
    Return the paper's next revision. Nothing is stored.

    :raises NothingToProve: if it is not issued, or needs nothing yet
    :raises NoStamp: if no authority stamps now
    :raises EvidenceMissing: if a revocation list is missing, or too old
    """
    last = newest_revision(paper_id)
    if last is None or not Proof.objects.filter(pk=paper_id).exists():
        raise NothingToProve(paper_id)
    stamper = tsa.stamper(at=at)
    if stamper is None:
        raise NoStamp
    before = files.read(last.sha256)
    chains = augmenting.chains(before)
    serials = {f"{each.serial_number:x}" for chain in chains for each in chain}
    _want_lists(chains, at)
    step, data = _next(last, before, evidence.kept(at=at, serials=serials), stamper)
    check_adds_to(before, data)
    if stamper.last is None:
        raise NoStamp
    return Prolonged(paper_id, step, last.revision, data, stamper.last)


def record_prolonging(made: Prolonged, *, at: datetime) -> bool:
    """Keep a revision; False where somebody else was first, and his stands."""
    kept = files.store(made.data, PDF, at=at)
    with transaction.atomic():
        paper = lock(made.paper_id)
        last = newest_revision(paper.pk)
        if last is None or last.revision != made.after:
            log.info("paper.step_done_already", paper_id=paper.pk, step=made.step)
            return False
        add_revision(paper, made.step, kept, at=at, level=_LEVELS[made.step], stamp=made.stamp)
    log.info("paper.step_recorded", paper_id=paper.pk, step=made.step)
    return True


def _wait(paper_id: int, until: datetime, reason: str) -> None:
    log.info("paper.not_proven_now", paper_id=paper_id, reason=reason)
    Proof.objects.filter(pk=paper_id).update(lease_until=until)


def _due(now: datetime) -> list[tuple[Q, str]]:
    """Return what is due at each level, and what its index is ordered by within a lease."""
    due = [
        (Q(pades_level=Level.B_B), "paper_id"),
        (Q(pades_level=Level.B_LTA, stamp_until__lt=now + REFRESHED_BEFORE), "stamp_until"),
    ]
    youngest = evidence.youngest_list_at(at=now)
    if youngest is not None:
        due.append((Q(pades_level=Level.B_T, stamped_at__lt=youngest), "stamped_at"))
    return due


def _waiting(due: Q, order: str) -> QuerySet[Proof, int]:
    # In the order of the level's index, so that the first few are found and the rest not sorted.
    found = Proof.objects.select_for_update(skip_locked=True).filter(due)
    return found.order_by("lease_until", order).values_list("paper_id", flat=True)


def _want_lists(chains: list[list[x509.Certificate]], at: datetime) -> None:
    """Let what proves these be fetched from now on; above all, lists of the stamps' authorities."""
    above = {each.subject.dump(): each for each in (*roots.of_papers(), *roots.of_stamps())}
    whole = []
    for chain in chains:
        root = above.get(chain[-1].issuer.dump())
        found = chain if root is None or root in chain else [*chain, root]
        whole.append([load_der_x509_certificate(each.dump()) for each in found])
    want(whole, at=at)


def _next(last: PaperFile, before: bytes, known: Evidence, stamper: Stamper) -> tuple[Step, bytes]:
    if last.pades_level == Level.B_B:
        return Step.STAMPED, augmenting.stamp(before, stamper)
    if last.stamped_at is None or last.stamp_until is None:
        raise ValueError(f"paper {last.paper_id}: a level without its stamp")
    if last.pades_level == Level.B_T:
        made = augmenting.augment(before, known, stamper, stamped_at=last.stamped_at)
        return Step.AUGMENTED, made
    if last.stamp_until >= stamper.at + REFRESHED_BEFORE:
        raise NothingToProve(last.paper_id)
    return Step.REFRESHED, augmenting.refresh(before, known, stamper)
