"""
A file that we do not know: what became of it, if it ever was ours.

It is read in a process of its own (`documents.examining`), by its raw bytes and by its structure.
What both show is weighed here; `finding` is pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog
from cryptography import x509

from documents.custody import certificates
from documents.examining import frames
from documents.examining.asking import EXAMINER, Busy, NoExaminer
from documents.examining.child import STARVED
from documents.models import Credential, CredentialState, Paper, PaperFile, Step
from documents.pki import revocation
from documents.verdicts.outcomes import ALTERED, COULD_NOT_CHECK, NOT_OURS, Finding, Verdict
from documents.verdicts.standing import altered
from documents.verdicts.trusting import trust

log = structlog.get_logger()

# pyHanko's word for archive stamps and their data behind a signature, and nothing of a page.
_ARCHIVED = "LTA_UPDATES"


@dataclass(frozen=True)
class Traces:
    """What of us is in the file."""

    number: bool = False  # A number that a paper of ours has.
    signed_by_us: bool = False  # A signature names our certificate as its signer's.
    certificate: bool = False  # A certificate of ours lies in a signature.
    signed: bool = False  # There is a signature, whoever's.
    begins_with_ours: bool = False  # A sealed revision of ours stands in front, to the byte.
    only_archived: bool = False  # Behind it are archive stamps and their data, and nothing else.
    all_proven: bool = False  # Our signatures are right, and one of them is on the whole file.
    keys_in_force: bool = False
    cut_off: bool = False
    locked: bool = False
    unreadable: bool = False


def judge(data: bytes, begins: Paper | None, *, at: datetime) -> Verdict:
    """
    Judge a file whose hash is not known.

    :param begins: the paper that its first revisions are, to the byte
    """
    try:
        examined = EXAMINER.examine(data, trust(at))
    except Busy:
        return replace(COULD_NOT_CHECK, finding=Finding.BUSY)
    except NoExaminer:
        return COULD_NOT_CHECK
    except frames.TooLong as error:
        log.error("verify.question_too_long", says=str(error))  # noqa: TRY400
        return COULD_NOT_CHECK
    return weigh(examined, begins, at=at)


def weigh(examined: Mapping[str, Any], begins: Paper | None, *, at: datetime) -> Verdict:
    """Judge by what the examination showed."""
    traces = _traces(examined, begins, at)
    found = finding(traces)
    log.info("verify.stranger", finding=found or "none", gave_up=examined.get("gave_up", ""))
    if found is Finding.LOST:
        # An operator must look: what we signed is nowhere in our books.
        log.error("verify.unknown_file_with_our_signatures")
        return replace(COULD_NOT_CHECK, finding=found)
    if begins is not None:
        return replace(altered(begins, at=at), finding=found)
    once_ours = traces.signed_by_us or traces.number
    if not once_ours and examined.get("gave_up") == STARVED:
        return replace(COULD_NOT_CHECK, finding=Finding.BUSY)
    return replace(ALTERED if once_ours else NOT_OURS, finding=found)


def finding(traces: Traces) -> Finding:
    """Say what became of the file. It is not one that we issued, whatever it shows."""
    if traces.begins_with_ours:
        return Finding.ARCHIVED if traces.only_archived else Finding.ADDED
    if traces.all_proven and not traces.number:
        return Finding.LOST if traces.keys_in_force else Finding.KEY_WITHDRAWN
    if traces.locked:
        return Finding.LOCKED
    if traces.signed_by_us or traces.number:
        return _remains(traces)
    if traces.certificate:
        return Finding.PRETENDS
    if traces.signed:
        return Finding.FOREIGN
    return Finding.UNREADABLE if traces.unreadable else Finding.NONE


def _remains(traces: Traces) -> Finding:
    """Say what became of a paper that once was ours, or says so."""
    if traces.cut_off:
        return Finding.CUT_OFF
    if traces.signed_by_us:
        return Finding.CHANGED
    return Finding.RESIGNED if traces.signed else Finding.UNSIGNED


def _traces(examined: Mapping[str, Any], begins: Paper | None, at: datetime) -> Traces:
    marks = examined.get("marks", [])
    structure = examined.get("structure", {})
    signatures = structure.get("signatures", [])
    held = _held(marks, signatures)
    by_us = [each for each in marks if each["signer"] in held]
    read_by_us = [each for each in signatures if each.get("signer") in held]
    proven = any(each["to_the_end"] for each in by_us) and all(each["proven"] for each in by_us)
    return Traces(
        number=_is_of_ours({*examined.get("numbers", ()), *structure.get("numbers", ())}),
        signed_by_us=bool(by_us or read_by_us),
        certificate=any(each in held for mark in marks for each in mark["certificates"]),
        signed=bool(marks or signatures),
        begins_with_ours=begins is not None,
        only_archived=bool(signatures)
        and all(each["intact"] for each in signatures)
        and bool(read_by_us)
        # Behind the officer's signature stands the seal; behind the seal nothing of a page may.
        and read_by_us[-1]["level"] == _ARCHIVED,
        all_proven=proven,
        keys_in_force=proven
        and all(_in_force(held[each["signer"]], at) for each in by_us)
        and all(each["trusted"] for each in read_by_us),
        cut_off=not examined.get("ends", True) or any(each["beyond_the_end"] for each in marks),
        locked=bool(structure.get("encrypted")),
        unreadable="gave_up" in examined,
    )


def _held(marks: list[dict[str, Any]], signatures: list[dict[str, Any]]) -> dict[str, Credential]:
    """
    Return our credentials among the certificates of the file, by the hash of their bytes.

    A certificate that is ours to the byte bears our authority's signature: nothing of a chain
    that a stranger sends need be believed.
    """
    shown = {hexes: serial for mark in marks for hexes, serial in mark["certificates"].items()}
    shown |= {each["signer"]: each["serial"] for each in signatures if "serial" in each}
    known = Credential.objects.filter(serial__in=set(shown.values()))
    ours = {sha256(certificates(each.certificate)[0].dump()).hexdigest(): each for each in known}
    return {hexes: credential for hexes, credential in ours.items() if hexes in shown}


def _in_force(credential: Credential, at: datetime) -> bool:
    in_time = credential.not_before <= at <= credential.not_after
    if not in_time or credential.state not in {CredentialState.ACTIVE, CredentialState.RETIRED}:
        return False
    # Its authority may know of a theft before we do.
    chain = x509.load_pem_x509_certificates((credential.certificate + credential.chain).encode())
    return not revocation.is_revoked(chain, at=at)


def _is_of_ours(numbers: set[str]) -> bool:
    """Say whether one of these is a paper's that is out: papers state their number in clear."""
    sealed = PaperFile.objects.filter(step=Step.SEALED, paper__number__in=numbers)
    return bool(numbers) and sealed.exists()
