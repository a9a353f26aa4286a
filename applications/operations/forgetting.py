"""What nobody sent in is not ours to keep: drafts that were left, and the files with them."""

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import BooleanField, F, Func, QuerySet

from accounts import guarding
from applications.models import Application, Attachment
from applications.operations.moving import lock, move
from applications.states import Status
from documents import queries as papers
from kernel import files
from registers import queries as registers

log = structlog.get_logger()


def old_drafts(before: datetime) -> QuerySet[Application]:
    """Return the drafts that were begun before a moment and never sent in."""
    return Application.objects.filter(status=Status.DRAFT, created_at__lt=before)


def forget_drafts(before: datetime, limit: int, *, at: datetime) -> int:
    """Empty and withdraw at most so many drafts begun before a moment; return how many."""
    forgotten = 0
    oldest = old_drafts(before).order_by("pk").values_list("pk", flat=True)[:limit]
    for application_id in list(oldest):
        with transaction.atomic():
            application = lock(application_id)
            if application.status != Status.DRAFT:
                continue  # Sent in a moment ago.
            application.answers, application.private_answers = {}, "{}"
            application.save(update_fields=["answers", "private_answers"])
            move(application, Status.WITHDRAWN, by_id=None, at=at, note_code="draft_forgotten")
        forgotten += 1
    return forgotten


def left_files(before: datetime) -> QuerySet[Attachment]:
    """
    Return the files whose bytes nobody needs: of cases withdrawn before they were sent in.

    What stands with another case as well, or with anything else of the house, is needed: sql/
    kept_files.sql lists it all.
    """
    needed = Func(F("file_id"), function="applications_file_is_needed", output_field=BooleanField())
    return Attachment.objects.alias(needed=needed).filter(
        needed=False,
        application__status=Status.WITHDRAWN,
        application__submitted_at=None,
        application__created_at__lt=before,
        file__erased_at=None,
    )


def forget_files(before: datetime, limit: int, *, at: datetime) -> int:
    """
    Erase the bytes of at most so many files that `left_files` names; return how many.

    :raises kernel.files.StorageUnavailable: if the store cannot be had now; the next night goes on
    """
    names = left_files(before).values_list("file_id", flat=True).distinct()
    erased = 0
    for sha256 in list(names[:limit]):
        if registers.is_cited(sha256) or papers.is_file(sha256) or guarding.is_proof(sha256):
            continue
        try:
            files.erase(sha256, at=at)
        except files.FileNeeded:
            continue  # Given for something else a moment ago.
        erased += 1
    if erased:
        log.info("attachments.erased", files=erased)
    return erased
