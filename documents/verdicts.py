"""Is this paper genuine? By its code, by its number and code, or by the file itself."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

import structlog

from documents import embedded, numbering
from documents.custody.pem import certificates
from documents.models import Credential, CredentialState, Paper, PaperFile, Step
from documents.rendering import template
from documents.states import State
from places import queries as places

log = structlog.get_logger()

FILE_BYTES_MAX = 5 * 1024 * 1024
_NUMBER = re.compile(rb"[A-Z]{2}-[A-Z0-9]{1,60}+-\d{4}-\d{6,9}+-[0-9A-Z]")
_NUMBERS_MAX = 200


class Outcome(StrEnum):
    CURRENT = "current"
    ALTERED = "altered"
    NOT_OURS = "not_ours"
    COULD_NOT_CHECK = "could_not_check"


class Integrity(StrEnum):
    INTACT = "intact"
    ALTERED = "altered"
    NOT_COMPARED = "not_compared"


class Issuer(StrEnum):
    OURS = "ours"
    NOT_OURS = "not_ours"
    UNKNOWN = "unknown"


class NotAPdf(Exception):
    """The file is no PDF, or larger than 5 MB."""


@dataclass(frozen=True)
class PublicPaper:
    """What a holder of the paper or its code is told, and no more: initials, never a name."""

    number: str
    paper_type: str
    titles: dict[str, str]
    issued_at: datetime
    office: dict[str, str]
    signed_by_officer: bool
    initials: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    integrity: Integrity
    issuer: Issuer
    paper: PublicPaper | None = None


NOT_OURS = Verdict(Outcome.NOT_OURS, Integrity.NOT_COMPARED, Issuer.NOT_OURS)
COULD_NOT_CHECK = Verdict(Outcome.COULD_NOT_CHECK, Integrity.NOT_COMPARED, Issuer.UNKNOWN)
ALTERED = Verdict(Outcome.ALTERED, Integrity.ALTERED, Issuer.UNKNOWN)


def unanswered(error: Exception) -> Verdict:
    """Write down why there is no verdict, and return the one that says so."""
    log.error("verify.failed", error=type(error).__name__)
    return COULD_NOT_CHECK


def by_code(verification_id: str) -> Verdict:
    """Judge by what the code on the paper says, typed or scanned in any spacing."""
    paper = _issued(verification_id)
    return _current(paper, Integrity.NOT_COMPARED) if paper else NOT_OURS


def by_number_and_code(*, number: str, verification_id: str) -> Verdict:
    """Judge by both; a number alone, or with another paper's code, tells nothing."""
    paper = _issued(verification_id)
    if paper is None or paper.number != numbering.normalise_number(number):
        return NOT_OURS
    return _current(paper, Integrity.NOT_COMPARED)


def by_code_and_hash(*, verification_id: str, sha256: str) -> Verdict:
    """Judge by the code and the SHA-256 (hex) of the file that the asker holds."""
    paper = _issued(verification_id)
    if paper is None:
        return NOT_OURS
    issued = PaperFile.objects.filter(paper=paper, step=Step.SEALED, sha256=sha256.lower())
    return _current(paper, Integrity.INTACT) if issued.exists() else ALTERED


def by_file(data: bytes, *, at: datetime) -> Verdict:
    """
    Judge a file: known by its hash, it is ours as issued, and nothing else is.

    One that bears a number or a certificate of ours and is not what we issued was altered. Its
    structure is never parsed: strangers send it.

    :raises NotAPdf: if it is none, or too large
    """
    if len(data) > FILE_BYTES_MAX or b"%PDF-" not in data[:1024]:
        raise NotAPdf
    known = PaperFile.objects.filter(
        sha256=hashlib.sha256(data).hexdigest(), step=Step.SEALED
    ).first()
    if known is not None:
        return _current(known.paper, Integrity.INTACT)
    if _bears_our_number(data):
        return ALTERED
    return _by_signatures(data, at)


def _by_signatures(data: bytes, at: datetime) -> Verdict:
    found = list(embedded.signatures(data))
    held = _held(found)
    ours = [
        (signature, held[certificate])
        for signature in found
        for certificate in signature.certificates
        if certificate in held
    ]
    if not ours:
        return NOT_OURS
    if any(signature.to_the_end for signature, _ in ours) and all(
        _in_force(credential, at) and signature.proves(certificates(credential.certificate)[0])
        for signature, credential in ours
    ):
        # Our own valid signatures on bytes that we do not know: an operator must look.
        log.error("verify.unknown_file_with_our_signatures")
        return COULD_NOT_CHECK
    return ALTERED


def _held(found: list[embedded.Signature]) -> dict[bytes, Credential]:
    """
    Return our credentials among the certificates, by their bytes.

    A certificate that is ours to the byte bears our authority's signature: nothing of a chain
    that a stranger sends need be believed.
    """
    serials = {serial for signature in found for serial in signature.certificates.values()}
    known = Credential.objects.filter(serial__in=serials)
    return {certificates(each.certificate)[0].dump(): each for each in known}


def _in_force(credential: Credential, at: datetime) -> bool:
    in_time = credential.not_before <= at <= credential.not_after
    return in_time and credential.state != CredentialState.REVOKED


def _bears_our_number(data: bytes) -> bool:
    """Say whether the file's description holds a number of ours: papers state it in clear."""
    found = islice(_NUMBER.finditer(data), _NUMBERS_MAX)
    numbers = {match[0].decode() for match in found}
    return PaperFile.objects.filter(step=Step.SEALED, paper__number__in=numbers).exists()


def _issued(typed: str) -> Paper | None:
    code = numbering.normalise_verification_id(typed)
    if code is None:
        return None
    return Paper.objects.filter(verification_id=code, state=State.ISSUED).first()


def _current(paper: Paper, integrity: Integrity) -> Verdict:
    return Verdict(Outcome.CURRENT, integrity, Issuer.OURS, _public(paper))


def _public(paper: Paper) -> PublicPaper:
    if paper.number is None or paper.issued_at is None:
        raise ValueError(f"paper {paper.pk} is not issued")
    chosen = template(paper.paper_type, paper.template_version)
    return PublicPaper(
        number=paper.number,
        paper_type=paper.paper_type,
        titles=dict(chosen.titles),
        issued_at=paper.issued_at,
        office=dict(places.office(paper.office_id).names),
        signed_by_officer=not paper.sealed_only,
        initials=tuple(
            " ".join(
                f"{word[0].upper()}."
                for fact in holder
                for word in paper.facts.get(fact, "").replace("-", " ").split()
            )
            for holder in chosen.holders
        ),
    )
