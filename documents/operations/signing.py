"""
Signing and sealing: each step is a row, so that a crash anywhere goes on where it stopped.

The officer's key is used only while she is in office and a mandate of hers names the drawn file
by its hash.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from pyhanko.sign.signers.pdf_cms import Signer

from documents import custody, signing
from documents.custody import Holder, SignerUnavailable
from documents.models import (
    Credential,
    CredentialState,
    MandateItem,
    Paper,
    PaperFile,
    Purpose,
    Step,
)
from documents.operations.drawing import PDF
from documents.operations.moving import lock, move
from documents.states import State
from kernel import files

log = structlog.get_logger()

# English, as the fields of a signature are read by software and by auditors of many countries.
_CERTIFIED, _SEALED = "Certified by the officer", "Sealed by the office"


class NoMandate(Exception):
    """No order of an officer in office names this file now: it waits for another."""


class NothingToSign(Exception):
    """The paper is not drawn, or is issued already."""


class Withheld(Exception):
    """The paper's payment is in doubt: it waits to be let go."""


@dataclass(frozen=True)
class SignedFile:
    paper_id: int
    step: Step
    credential_id: int
    data: bytes


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
    """
    try:
        while record_signing(sign(paper_id, at=at), at=at) != State.ISSUED:
            continue
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
        if not _orders(at).filter(paper=paper).exists():
            raise NoMandate(paper_id)
        credential = _in_force(paper, at, purpose=Purpose.OFFICER, account=paper.officer_id)
        drawn = _bytes(paper, Step.RENDERED)
        data = signing.certify(drawn, _signer(credential), reason=_CERTIFIED, at=at)
        return SignedFile(paper.pk, Step.SIGNED, credential.pk, data)
    if paper.state in {State.RENDERED, State.SIGNED}:
        credential = _in_force(paper, at, purpose=Purpose.SEAL, office=paper.office_id)
        before = _bytes(paper, Step.RENDERED if paper.sealed_only else Step.SIGNED)
        data = signing.seal(
            before, _signer(credential), reason=_SEALED, alone=paper.sealed_only, at=at
        )
        return SignedFile(paper.pk, Step.SEALED, credential.pk, data)
    raise NothingToSign(paper_id)


def record_signing(made: SignedFile, *, at: datetime) -> State:
    """
    Keep a signed or sealed file, tell of it, and return where the paper is now.

    A step that somebody else recorded meanwhile stays as it is.

    :raises NoMandate: if the officer's order ran out, or her account was closed, while her key was
        at work
    :raises Withheld: if the paper was withheld while a key was at work
    """
    kept = files.store(made.data, PDF, at=at)
    with transaction.atomic():
        paper = lock(made.paper_id)
        if PaperFile.objects.filter(paper=paper, step=made.step).exists():
            log.info("paper.step_done_already", paper_id=paper.pk, step=made.step)
            return State(paper.state)
        if paper.withheld_at is not None:
            raise Withheld(paper.pk)
        if made.step == Step.SIGNED and not _orders(at).filter(paper=paper).exists():
            raise NoMandate(paper.pk)
        PaperFile.objects.create(
            paper=paper,
            step=made.step,
            sha256=kept.sha256,
            size=kept.size,
            credential_id=made.credential_id,
            created_at=at,
        )
        move(paper, State.SIGNED if made.step == Step.SIGNED else State.ISSUED, at=at)
    log.info("paper.step_recorded", paper_id=paper.pk, step=made.step)
    return State(paper.state)


def release(paper_id: int) -> None:
    """Give a lease back before its time: the paper may be claimed again at once."""
    Paper.objects.filter(pk=paper_id).update(lease_until=None)


def _orders(at: datetime) -> QuerySet[MandateItem]:
    """
    Orders in force, of the paper's own officer while in office, that name the file as drawn.

    Whether her right to sign the service's papers still stands is asked when she orders, above:
    papers know no service. Whose account is closed has no rights at all.
    """
    return MandateItem.objects.filter(
        mandate__created_at__lte=at,
        mandate__until__gte=at,
        mandate__officer=F("paper__officer"),
        mandate__officer__is_active=True,
        paper__files__step=Step.RENDERED,
        paper__files__sha256=F("sha256"),
    )


def _in_force(paper: Paper, at: datetime, **whose: object) -> Credential:
    credential = Credential.objects.filter(
        **whose, state=CredentialState.ACTIVE, not_before__lte=at, not_after__gte=at
    ).first()
    if credential is None:
        raise SignerUnavailable(f"paper {paper.pk}: no credential in force")
    return credential


def _signer(credential: Credential) -> Signer:
    return custody.signer(
        credential.custody,
        Holder(
            credential_id=credential.pk,
            certificate=credential.certificate,
            chain=credential.chain,
            key_ref=credential.key_ref,
        ),
    )


def _bytes(paper: Paper, step: Step) -> bytes:
    return files.read(PaperFile.objects.get(paper=paper, step=step).sha256)
