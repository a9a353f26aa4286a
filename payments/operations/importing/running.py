"""
Files that somebody said to read or to post, one after the other, in the background.

The row of an import is its own queue: claimed under a lease that each step renews, and closed in
the transaction that reads or posts. A worker that dies leaves nothing of it; the lease runs out,
and another begins anew. How far it is, is said over a connection of its own: what a transaction has
written nobody else can see.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Q

from payments.models import Import
from payments.operations import importing
from payments.operations.importing import reading
from payments.operations.importing.reading import RUNS
from payments.operations.importing.report import Report
from payments.states import ImportState, ImportStep

log = structlog.get_logger()

Clock = Callable[[], datetime]

# Longer than any step takes between two that say how far it is.
LEASE = timedelta(minutes=5)
TRIES_MAX = 3


class _Lost(Exception):
    """The lease ran out, and another has taken the import over."""


def claim(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """Take imports that wait, or whose worker has died; each is ours until `until`."""
    with transaction.atomic():
        due = Import.objects.select_for_update(skip_locked=True, no_key=True).filter(
            Q(state=ImportState.QUEUED) | Q(state=ImportState.RUNNING, lease_until__lte=now)
        )
        claimed = []
        for job in due.order_by("pk")[:limit]:
            if job.tries >= TRIES_MAX:
                _fail(job, "broken", at=now)
                continue
            job.state, job.lease_until = ImportState.RUNNING, until
            job.started_at, job.tries, job.lines_done = job.started_at or now, job.tries + 1, 0
            job.save(update_fields=["state", "lease_until", "started_at", "tries", "lines_done"])
            claimed.append(job.pk)
    return claimed


def carry_out(import_id: int, *, clock: Clock) -> None:
    """Read or post a claimed file; whatever breaks is tried again, and raises nothing."""
    job = Import.objects.get(pk=import_id)
    if job.state != ImportState.RUNNING:
        return
    try:
        with _said_aside(job, clock) as progress:
            _do(job, clock, progress)
    except (importing.NotRead, importing.NoRail):
        _fail(job, "unreadable", at=clock())
    except importing.NeedsSecond:
        # Other books than those she looked at. The next who comes sees what is found by now.
        _fail(job, "second", at=clock())
        reading.look_again(file_id=job.file_id, by_id=job.by_id, at=clock())
    except _Lost:
        log.warning("import.lost", import_id=import_id)
    except Exception as trouble:
        # Without its text, which may quote the file. The lease runs out, and it is tried again.
        log.error("import.broke", import_id=import_id, trouble=type(trouble).__name__)  # noqa: TRY400


def _do(job: Import, clock: Clock, progress: importing.Progress) -> None:
    if job.step == ImportStep.READ:
        importing.look_again(
            file_id=job.file_id,
            rail_code=job.rail.code if job.rail else None,
            at=clock(),
            progress=progress,
            finished=lambda done: _close(job, done.lines, at=clock()),
        )
        return
    importing.post(
        file_id=job.file_id,
        at=clock(),
        progress=progress,
        finished=lambda done: _finish(job, done, at=clock()),
    )


def work_off(clock: Clock) -> int:
    """Read or post what is queued, one file; return how many it was. An errand of `workers`."""
    now = clock()
    claimed = claim(limit=1, now=now, until=now + LEASE)
    for import_id in claimed:
        carry_out(import_id, clock=clock)
    return len(claimed)


def _finish(job: Import, done: Report, *, at: datetime) -> None:
    _close(
        job,
        done.lines,
        at=at,
        new_lines=done.new,
        known_lines=done.known,
        matched_lines=done.matched,
        suspense_lines=done.suspense,
        refused_lines=done.refused,
        waiting_lines=done.waiting,
        empty_lines=done.empty,
    )


def _close(job: Import, lines: int, *, at: datetime, **counts: int) -> None:
    """Close the import, inside the transaction that reads or posts."""
    closed = Import.objects.filter(pk=job.pk, state=ImportState.RUNNING, tries=job.tries).update(
        state=ImportState.DONE,
        ended_at=at,
        lease_until=None,
        lines_total=lines,
        lines_done=lines,
        **counts,
    )
    if not closed:
        raise _Lost(job.pk)
    log.info("import.done", import_id=job.pk, step=job.step, lines=lines)


def _fail(job: Import, problem: str, *, at: datetime) -> None:
    Import.objects.filter(pk=job.pk, state__in=RUNS, tries=job.tries).update(
        state=ImportState.FAILED, problem=problem, ended_at=at, lease_until=None
    )
    log.warning("import.failed", import_id=job.pk, problem=problem)


@contextmanager
def _said_aside(job: Import, clock: Clock) -> Iterator[importing.Progress]:
    """Give what writes down how far the import is, and renews its lease, at once for all to see."""
    aside = connections[DEFAULT_DB_ALIAS].copy()
    done, total = 0, 0

    def progress(step: str, count: int) -> None:
        nonlocal done, total
        done += count if step == "batch" else 0
        # How many lines there are is known from the first reading on.
        total = count if step == "read" and job.step == ImportStep.READ else total
        with aside.cursor() as cursor:
            cursor.execute(_SAY, [total, done, clock() + LEASE, job.pk, job.tries])

    try:
        yield progress
    finally:
        aside.close()


_SAY = (
    "UPDATE payments_import SET lines_total = greatest(lines_total, %s),"
    " lines_done = least(%s, lines_total), lease_until = %s"
    " WHERE id = %s AND tries = %s AND state = 'RUNNING'"
)
