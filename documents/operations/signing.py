"""
Signing and sealing: each step is a row, so that a crash anywhere goes on where it stopped.

The officer's key is used only while she is in office and a mandate of hers names the drawn file
by its hash.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from pyhanko.sign.signers.pdf_cms import Signer

from documents import custody, signing, tsa
from documents.custody import Holder, SignerUnavailable
from documents.models import (
    Credential,
    Level,
    MandateItem,
    Paper,
    PaperFile,
    Purpose,
    Step,
)
from documents.operations.credentials import in_force
from documents.operations.drawing import PDF, bring_back
from documents.operations.moving import lock_with_original, move
from documents.operations.revising import add_revision, by_a_live_key, check_adds_to
from documents.states import State
from documents.tsa import NoStamp, Stamp, Stamper
from kernel import files
from kernel.files import FileMissing

log = structlog.get_logger()

# English, as the fields of a signature are read by software and by auditors of many countries.
CERTIFIED, SEALED = "Certified by the officer", "Sealed by the office"


class NoMandate(Exception):
    """No order of an officer in office names this file now: it waits for another."""


class NothingToSign(Exception):
    """The paper is not drawn, or is issued already."""


class Withheld(Exception):
    """The paper's payment is in doubt: it waits to be let go."""


class NoCredential(SignerUnavailable):
    """
    Her certificate has run out, or there never was one: the paper waits until she has another.

    `documents.holding` lists such papers by whose key they wait for.
    """


@dataclass(frozen=True)
class SignedFile:
    """A paper with one more signature; `level` is that of the weakest on it."""

    paper_id: int
    step: Step
    credential_id: int
    data: bytes
    level: Level
    stamp: Stamp | None  # None where the level is B-B.


def claim_for_signing(
    *, limit: int, now: datetime, until: datetime, paper_id: int | None = None
) -> list[int]:
    """Lease up to `limit` papers that may be signed or sealed at `now`, until `until`."""
    ready = (
        Q(state=State.SIGNED)
        | Q(state=State.RENDERED, sealed_only=True)
        | Q(Exists(_orders(now).filter(paper=OuterRef("pk"))), state=State.RENDERED)
    )
    with transaction.atomic():
        waiting = Paper.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            ready, Q(lease_until=None) | Q(lease_until__lt=now), withheld_at=None
        )
        if paper_id is not None:
            waiting = waiting.filter(pk=paper_id)
        # Papers nobody has tried yet go first: an office without its key holds up no other.
        order = (F("lease_until").asc(nulls_first=True), "pk")
        claimed = list(waiting.order_by(*order).values_list("pk", flat=True)[:limit])
        Paper.objects.filter(pk__in=claimed).update(lease_until=until)
    return claimed


def sign_through(paper_id: int, *, at: datetime) -> None:
    """
    Do what is left: the officer's signature, then the seal, each recorded as it is made.

    No transaction may be open around it.

    :raises SignerUnavailable: if a key cannot be had now; what was done before stands
    :raises NoMandate: if the officer's order has run out, or her account was closed
    :raises FileMissing: if the store has lost its file, and it cannot be drawn again to the byte
    """
    try:
        while record_signing(sign(paper_id, at=at), at=at) != State.ISSUED:
            continue
    except FileMissing:
        is_only_drawn = Paper.objects.filter(pk=paper_id, state=State.RENDERED).exists()
        if not (is_only_drawn and bring_back(paper_id, at=at)):
            raise
    except (NothingToSign, Withheld) as reason:
        # Done by somebody else, or to be done another time; whoever withheld it lets it go.
        log.info("paper.not_signed_now", paper_id=paper_id, reason=type(reason).__name__)


def sign(paper_id: int, *, at: datetime) -> SignedFile:
    """
    Return the paper with its next signature. Nothing is stored.

    :raises NothingToSign: if it is not drawn, or issued already
    :raises Withheld: while its payment is in doubt
    :raises NoMandate: if no order in force names the drawn file
    :raises SignerUnavailable: if there is no credential in force, or its key cannot be had
    """
    paper = Paper.objects.get(pk=paper_id)
    if paper.withheld_at is not None:
        raise Withheld(paper_id)
    if paper.state == State.RENDERED and not paper.sealed_only:
        return _certified(paper, at)
    if paper.state in {State.RENDERED, State.SIGNED}:
        return _sealed(paper, at)
    raise NothingToSign(paper_id)


def _certified(paper: Paper, at: datetime) -> SignedFile:
    if not _orders(at).filter(paper=paper).exists():
        raise NoMandate(paper.pk)
    credential = _credential(paper, Purpose.OFFICER, at, account_id=paper.officer_id)
    return certify(paper, files.read(_file(paper, Step.RENDERED).sha256), credential, at=at)


def certify(paper: Paper, drawn: bytes, credential: Credential, *, at: datetime) -> SignedFile:
    """
    Return the drawn paper with its officer's signature; an order of hers names it.

    :raises SignerUnavailable: if the key cannot be had now
    """
    signer = _signer(credential)

    def certified(stamper: Stamper | None) -> bytes:
        return signing.certify(drawn, signer, reason=CERTIFIED, at=at, stamper=stamper)

    return certified_file(paper, drawn, credential, *_stamped_if_possible(certified, at))


def _sealed(paper: Paper, at: datetime) -> SignedFile:
    credential = _credential(paper, Purpose.SEAL, at, office_id=paper.office_id)
    last = _file(paper, Step.RENDERED if paper.sealed_only else Step.SIGNED)
    return seal(
        paper, files.read(last.sha256), credential, at=at,
        level=Level(last.pades_level), until=last.stamp_until,
    )  # fmt: skip


def seal(
    paper: Paper,
    before: bytes,
    credential: Credential,
    *,
    at: datetime,
    level: Level = Level.NONE,
    until: datetime | None = None,
) -> SignedFile:
    """
    Return the paper with the office's seal.

    `level` is that of the officer's signature before it, if there is one, and `until` the end of
    the certificate behind its stamp.

    :raises SignerUnavailable: if the key cannot be had now
    """
    signer = _signer(credential)

    def sealed(stamper: Stamper | None) -> bytes:
        return signing.seal(
            before, signer, reason=SEALED, alone=paper.sealed_only, at=at, stamper=stamper
        )

    return sealed_file(
        paper, before, credential, *_stamped_if_possible(sealed, at), level=level, until=until
    )


def certified_file(
    paper: Paper, drawn: bytes, credential: Credential, data: bytes, stamp: Stamp | None
) -> SignedFile:
    check_adds_to(drawn, data)
    level = Level.B_T if stamp else Level.B_B
    return SignedFile(paper.pk, Step.SIGNED, credential.pk, data, level, stamp)


def sealed_file(
    paper: Paper, before: bytes, credential: Credential, data: bytes, stamp: Stamp | None, *,
    level: Level, until: datetime | None,
) -> SignedFile:  # fmt: skip
    """Return what `seal` returns; `stamp` is the seal's own."""
    check_adds_to(before, data)
    if stamp and until:
        # Two certificates stand behind the level: it ends with the first of them.
        stamp = Stamp(at=stamp.at, until=min(stamp.until, until))
    if level == Level.B_B:
        stamp = None  # The officer's signature has no time of its own: the whole will get one.
    reached = Level.B_T if stamp else Level.B_B
    return SignedFile(paper.pk, Step.SEALED, credential.pk, data, reached, stamp)


def _stamped_if_possible(
    sign_with: Callable[[Stamper | None], bytes], at: datetime
) -> tuple[bytes, Stamp | None]:
    """Sign with a time stamp, or else without: an outage costs a level, never a signature."""
    stamper = tsa.stamper(at=at, hurried=True)
    if stamper is not None:
        try:
            return sign_with(stamper), stamper.last
        except NoStamp:
            log.warning("paper.not_stamped_now")
    return sign_with(None), None


def record_signing(made: SignedFile, *, at: datetime) -> State:
    """
    Keep a signed or sealed file, tell of it, and return where the paper is now.

    A step that somebody else recorded meanwhile stays as it is.

    :raises NoMandate: if the officer's order ran out, or her account was closed, while her key was
        at work
    :raises Withheld: if the paper was withheld while a key was at work
    :raises SignerUnavailable: if the key was replaced while it was at work: try again
    """
    kept = files.store(made.data, PDF, at=at)
    with by_a_live_key(), transaction.atomic():
        paper = lock_with_original(made.paper_id)
        if PaperFile.objects.filter(paper=paper, step=made.step).exists():
            log.info("paper.step_done_already", paper_id=paper.pk, step=made.step)
            return State(paper.state)
        if paper.state == State.ABANDONED:
            raise NothingToSign(paper.pk)
        if paper.withheld_at is not None:
            raise Withheld(paper.pk)
        if made.step == Step.SIGNED and not _orders(at).filter(paper=paper).exists():
            raise NoMandate(paper.pk)
        add_revision(
            paper,
            made.step,
            kept,
            at=at,
            level=made.level,
            stamp=made.stamp,
            credential_id=made.credential_id,
        )
        move(paper, State.SIGNED if made.step == Step.SIGNED else State.ISSUED, at=at)
    log.info("paper.step_recorded", paper_id=paper.pk, step=made.step)
    return State(paper.state)


def keep_claim(paper_id: int, *, until: datetime, anew: datetime) -> bool:
    """
    Renew the lease of a paper claimed until `until`; False if it is somebody else's by now.

    Whoever claims several calls it before each: the ones before may have taken their time.
    """
    mine = Paper.objects.filter(pk=paper_id, lease_until=until)
    return mine.update(lease_until=anew) == 1


def release(paper_id: int) -> None:
    """Give a lease back before its time: the paper may be claimed again at once."""
    Paper.objects.filter(pk=paper_id).update(lease_until=None)


def ordered(papers: Iterable[Paper], *, at: datetime) -> set[int]:
    """Return which of the papers an order in force wants signed."""
    return set(_orders(at).filter(paper__in=papers).values_list("paper_id", flat=True))


def _orders(at: datetime) -> QuerySet[MandateItem]:
    """
    Orders in force, of the paper's own officer while in office, that name the file as drawn and
    that she has not taken back.

    Whether her right to sign the service's papers still stands is asked when she orders, above:
    papers know no service. Whose account is closed has no rights at all.
    """
    return MandateItem.objects.filter(
        mandate__created_at__lte=at,
        mandate__until__gte=at,
        mandate__officer=F("paper__officer"),
        mandate__officer__is_active=True,
        mandate__withdrawal=None,
        paper__files__step=Step.RENDERED,
        paper__files__sha256=F("sha256"),
    )


def _credential(paper: Paper, purpose: Purpose, at: datetime, **owner: int | None) -> Credential:
    credential = in_force(purpose, at=at, **owner)
    if credential is None:
        raise NoCredential(f"paper {paper.pk}: no credential in force")
    return credential


def _signer(credential: Credential) -> Signer:
    return custody.signer(credential.custody, Holder.of(credential))


def _file(paper: Paper, step: Step) -> PaperFile:
    return PaperFile.objects.get(paper=paper, step=step)
