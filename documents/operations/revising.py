"""Revisions of a paper's file: each is a row, and only ever adds to the one before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
from django.db import IntegrityError

from documents.custody import SignerUnavailable
from documents.models import Level, Paper, PaperFile, Step
from documents.tsa import Stamp
from kernel.files import StoredFile

_LIVE_KEY = ("paper_file_by_a_live_credential", "paper_claims_by_a_live_credential")


class NotAnAddition(Exception):
    """The bytes do not begin with those of the revision before: nothing may be taken away."""


def newest_revision(paper_id: int) -> PaperFile | None:
    """Return the newest file of a paper; None while it is not drawn."""
    return PaperFile.objects.filter(paper_id=paper_id).order_by("-revision").first()


def check_adds_to(before: bytes, data: bytes) -> None:
    """:raises NotAnAddition: unless `data` is `before` with something appended"""
    if len(data) <= len(before) or not data.startswith(before):
        raise NotAnAddition


@contextmanager
def by_a_live_key() -> Iterator[None]:
    """
    Keep what a key has made only if that was not replaced or stopped meanwhile.

    Put it around the transaction: PostgreSQL says so, and takes the transaction back.

    :raises SignerUnavailable: if it was; the next try takes the key that signs now
    """
    try:
        yield
    except IntegrityError as error:
        told = error.__cause__
        if isinstance(told, psycopg.Error) and told.diag.constraint_name in _LIVE_KEY:
            raise SignerUnavailable("its key was replaced while it was at work") from None
        raise


def add_revision(
    paper: Paper,
    step: Step,
    kept: StoredFile,
    *,
    at: datetime,
    level: Level = Level.NONE,
    stamp: Stamp | None = None,
    credential_id: int | None = None,
) -> None:
    """
    Write the next revision. The paper is locked by the caller.

    :raises django.db.IntegrityError: if the step is not the one that comes next
    """
    before = newest_revision(paper.pk)
    revision(
        paper, step, kept, before=before, at=at, level=level, stamp=stamp,
        credential_id=credential_id,
    ).save(force_insert=True)  # fmt: skip


def revision(
    paper: Paper,
    step: Step,
    kept: StoredFile,
    *,
    before: PaperFile | None,
    at: datetime,
    level: Level = Level.NONE,
    stamp: Stamp | None = None,
    credential_id: int | None = None,
) -> PaperFile:
    """Return the revision that follows on `before`, not yet written."""
    return PaperFile(
        paper=paper,
        revision=before.revision + 1 if before else 1,
        step=step,
        sha256=kept.sha256,
        size=kept.size,
        previous_size=before.size if before else 0,
        pades_level=level,
        stamped_at=stamp.at if stamp else None,
        stamp_until=stamp.until if stamp else None,
        credential_id=credential_id,
        created_at=at,
    )
