"""One more paper with the same facts: a duplicate, or a certified copy. The original stays."""

from datetime import date, datetime

import structlog
from django.db import transaction
from django.db.models import Max

from documents import numbering
from documents.models import Copy, Paper
from documents.operations.living import require
from documents.operations.moving import lock
from documents.operations.requesting import OfficerMissing, insert, require_drawable
from documents.states import Standing, standing
from kernel import audit
from kernel.country import country

log = structlog.get_logger()


class NoCopy(Exception):
    """Only of an original that may be relied on today; a copy of a copy is one of the original."""


def request_copy(
    paper_id: int,
    *,
    copy: str,
    officer_id: int | None,
    at: datetime,
    sealed_only: bool = False,
    office_id: int | None = None,
    purpose_key: str | None = None,
) -> int:
    """
    Ask for a duplicate or a certified copy of an original in force, and return its id.

    It has a number of its own, counts from 1 within its original and kind, says the same in the
    same language and ends when its original does. `office_id`: who makes it; else who made that.
    The same `purpose_key` again returns the same paper.

    :raises NoCopy: unless the original may be relied on today
    :raises OfficerMissing: unless there is an officer, or `sealed_only` and none
    :raises CannotBeDrawn: if the original's sheet has no room to say that it is a copy
    """
    if copy not in (Copy.DUPLICATE, Copy.CERTIFIED_COPY):
        raise NoCopy(copy)
    if sealed_only == (officer_id is not None):
        raise OfficerMissing
    with transaction.atomic():
        original = lock(paper_id)
        made = Paper.objects.filter(purpose_key=purpose_key).first() if purpose_key else None
        if made is not None:
            return made.pk
        if not may_be_copied(original, today=at.astimezone(country().zone).date()):
            raise NoCopy(paper_id)
        wanted = _copy_of(original, copy)
        wanted.purpose_key = purpose_key
        wanted.office_id = office_id or original.office_id
        wanted.officer_id, wanted.sealed_only = officer_id, sealed_only
        wanted.requested_at = at
        require_drawable(wanted)
        paper, _is_new = insert(wanted, at=at)
    log.info("paper.copy_requested", paper_id=paper.pk, original_id=original.pk, copy=copy)
    return paper.pk


def give_copy(*, paper_id: int, copy: str, copy_no: int, by_id: int, at: datetime) -> int:
    """
    Ask at the desk for one more copy, sealed by the office alone, and return its id.

    `copy_no` is the number that she was shown: the same page sent twice makes one copy.

    :raises accounts.policies.NotGranted: if she may not copy papers of its office
    :raises OwnPaper: if the paper is about her
    :raises NoCopy: unless the original may be relied on today, and the number is the next
    """
    with transaction.atomic():
        original = lock(paper_id)
        require(original, "copy", by_id, at=at)
        made = Paper.objects.filter(copy_of=original, copy=copy, copy_no=copy_no).first()
        if made is not None:
            return made.pk
        if copy_no != next_copy_no(original, copy):
            raise NoCopy(paper_id)
        given = request_copy(paper_id, copy=copy, officer_id=None, sealed_only=True, at=at)
        audit.record(
            act="paper.copied",
            actor_id=by_id,
            subject="documents.paper",
            subject_id=paper_id,
            reason=copy,
            detail={"copy_id": given},
            at=at,
        )
    return given


def next_copy_no(original: Paper, copy: str) -> int:
    """Return the number that the next copy of this kind would have."""
    last = Paper.objects.filter(copy_of=original, copy=copy).aggregate(last=Max("copy_no"))
    return (last["last"] or 0) + 1


def _copy_of(original: Paper, copy: str) -> Paper:
    """Return the next copy of its kind, which says what the locked original says."""
    return Paper(
        verification_id=numbering.new_verification_id(),
        paper_type=original.paper_type,
        kind=original.kind,
        template_version=original.template_version,
        language=original.language,
        facts=original.facts,
        facts_sha256=original.facts_sha256,
        cited_entry_id=original.cited_entry_id,
        valid_until=original.valid_until,
        copy=copy,
        copy_no=next_copy_no(original, copy),
        copy_of=original,
    )


def may_be_copied(paper: Paper, *, today: date) -> bool:
    """Say whether there may be a copy: of an original, no letter, that is current today."""
    is_current = standing(paper.state, paper.valid_until, today) is Standing.CURRENT
    return is_current and paper.copy == Copy.ORIGINAL and not paper.is_slip
