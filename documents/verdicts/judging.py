"""Is this paper genuine? By its code, by its number and code, or by the file itself."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog
from django.db import DatabaseError

from documents import embedded, numbering
from documents.models import AS_ISSUED, Paper, PaperFile
from documents.verdicts import strangers
from documents.verdicts.outcomes import (
    COULD_NOT_CHECK,
    NOT_OURS,
    Finding,
    Integrity,
    NotAPdf,
    Verdict,
)
from documents.verdicts.standing import altered, is_out, of_paper

log = structlog.get_logger()

FILE_BYTES_MAX = 5 * 1024 * 1024


def answer(judge: Callable[[], Verdict]) -> Verdict:
    """Return the verdict; where the database is away, the one that says that nobody can know."""
    try:
        return judge()
    except DatabaseError as error:
        # Not its traceback: that may hold what was asked.
        log.error("verify.failed", error=type(error).__name__)  # noqa: TRY400
        return COULD_NOT_CHECK


def is_pdf(data: bytes) -> bool:
    """Say whether it begins like one, as its readers have it: PDF 32000-1, annex H, note 13."""
    return b"%PDF-" in data[:1024]


def by_code(verification_id: str, *, at: datetime) -> Verdict:
    """Judge by what the code on the paper says, typed or scanned in any spacing."""
    paper = _out(verification_id)
    return of_paper(paper, Integrity.NOT_COMPARED, at=at) if paper else NOT_OURS


def by_number_and_code(*, number: str, verification_id: str, at: datetime) -> Verdict:
    """Judge by both; a number alone, or with another paper's code, tells nothing."""
    paper = _out(verification_id)
    if paper is None or paper.number != numbering.normalise_number(number):
        return NOT_OURS
    return of_paper(paper, Integrity.NOT_COMPARED, at=at)


def by_code_and_hash(*, verification_id: str, sha256: str, at: datetime) -> Verdict:
    """Judge by the code and the SHA-256 (hex) of the file that the asker holds."""
    paper = _out(verification_id)
    if paper is None:
        return NOT_OURS
    file = PaperFile.objects.filter(paper=paper, sha256=sha256.lower()).first()
    if file is None:
        return replace(altered(paper, at=at), finding=Finding.OTHER_FILE)
    return _of_known(paper, file.step, at=at)


def by_file(data: bytes, *, at: datetime) -> Verdict:
    """
    Judge a file: known by its hash, it is ours as issued, and nothing else is.

    Any revision counts from the seal on, however old. What is not known is never vouched for: it
    is examined only to say what became of it.

    :raises NotAPdf: if it is none, or too large
    """
    if len(data) > FILE_BYTES_MAX or not is_pdf(data):
        raise NotAPdf
    sha256 = hashlib.sha256(data).hexdigest()
    known = PaperFile.objects.select_related("paper").filter(sha256=sha256).first()
    if known is not None:
        if not is_out(known.paper):
            return NOT_OURS
        return _of_known(known.paper, known.step, at=at)
    begins = _begins_with(embedded.revisions(data))
    return strangers.judge(data, begins, at=at)


def _of_known(paper: Paper, step: str, *, at: datetime) -> Verdict:
    if step in AS_ISSUED:
        return of_paper(paper, Integrity.INTACT, at=at)
    # What the office had before its seal was on it.
    return replace(altered(paper, at=at), finding=Finding.DRAFT)


def _begins_with(hashes: list[str]) -> Paper | None:
    """Return the paper that the file begins with, sealed, to the byte."""
    found = (
        PaperFile.objects.select_related("paper")
        .filter(sha256__in=hashes, step__in=AS_ISSUED)
        .order_by("-size")
        .first()
    )
    return found.paper if found and is_out(found.paper) else None


def _out(typed: str) -> Paper | None:
    code = numbering.normalise_verification_id(typed)
    if code is None:
        return None
    paper = Paper.objects.filter(verification_id=code).first()
    return paper if paper and is_out(paper) else None
