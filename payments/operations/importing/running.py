"""
Files that somebody said to post, one after the other, in the background.

The row of an import is its own queue: claimed under a lease that each step renews, and closed in
the transaction that posts. A worker that dies leaves nothing posted; the lease runs out, and
another begins anew. How far it is, is said over a connection of its own: what a transaction has
written nobody else can see.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.db.models import Max, Q, Sum

from accounts import policies as grants
from kernel import audit
from payments.models import Import, Statement, StatementFile, StatementPreview
from payments.operations import importing
from payments.operations.importing.report import Report
from payments.policies import IMPORT_STATEMENT
from payments.states import ImportState, StatementFileState

log = structlog.get_logger()

Clock = Callable[[], datetime]

# Longer than any step takes between two that say how far it is.
LEASE = timedelta(minutes=5)
TRIES_MAX = 3
_RUNS = (ImportState.QUEUED, ImportState.RUNNING)


class CannotPost(Exception):
    """The file is as it was."""


class PostedAlready(CannotPost):
    """All of it is posted."""


class NothingToPost(CannotPost):
    """Nothing in it is in order: each of its statements is held back."""


class LookedAtAnew(CannotPost):
    """Somebody has looked again since, and may have found something else."""


class _Lost(Exception):
    """The lease ran out, and another has taken the import over."""


def stamp(file_id: int) -> str:
    """Return what changes whenever the file is looked at again."""
    looks = StatementPreview.objects.filter(statement__file=file_id)
    made_at = looks.aggregate(at=Max("made_at"))["at"]
    return made_at.isoformat() if made_at else ""


def queue(*, file_id: int, by_id: int, seen: str, at: datetime) -> int:
    """
    Say that a file is to be posted; return the import's id. A second press gets the same.

    :param seen: the `stamp` of the look on which she decides
    :raises accounts.policies.NotGranted: if she may not, for one of its rails
    :raises CannotPost: see each
    :raises StatementFile.DoesNotExist: if there is no such file
    """
    with transaction.atomic():
        file = _lock(file_id)
        rails = Statement.objects.filter(file=file, rail__isnull=False)
        for code in sorted(set(rails.values_list("rail__code", flat=True))) or [grants.ANY]:
            grants.require(
                account_id=by_id,
                act=IMPORT_STATEMENT.code,
                area_code=None,
                rail_code=code,
                at=at,
            )
        running = Import.objects.filter(file=file, state__in=_RUNS).first()
        if running is not None:
            return running.pk
        if file.state == StatementFileState.POSTED:
            raise PostedAlready(file_id)
        if seen != stamp(file_id):
            raise LookedAtAnew(file_id)
        import_id = _queue(file, by_id=by_id, at=at)
        audit.record(
            act=IMPORT_STATEMENT.code,
            actor_id=by_id,
            subject="payments.statement_file",
            subject_id=file_id,
            detail={"import_id": import_id},
            at=at,
        )
    log.info("import.queued", import_id=import_id)
    return import_id


def queue_unattended(*, file_id: int, at: datetime) -> int | None:
    """Queue a file of the watched folder if all of it is in order; None: a person must look."""
    with transaction.atomic():
        file = _lock(file_id)
        held = Statement.objects.filter(file=file).exclude(held_back="")
        if file.state == StatementFileState.POSTED or held.exists():
            return None
        if Import.objects.filter(file=file).exists():
            return None
        try:
            return _queue(file, by_id=None, at=at)
        except NothingToPost:
            return None


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
    """Post a claimed import; whatever breaks is tried again, and raises nothing."""
    job = Import.objects.get(pk=import_id)
    if job.state != ImportState.RUNNING:
        return
    try:
        with _said_aside(job, clock) as progress:
            importing.post(
                file_id=job.file_id,
                at=clock(),
                progress=progress,
                finished=lambda done: _finish(job, done, at=clock()),
            )
    except (importing.NotRead, importing.NoRail):
        _fail(job, "unreadable", at=clock())
    except _Lost:
        log.warning("import.lost", import_id=import_id)
    except Exception as trouble:
        # Without its text, which may quote the file. The lease runs out, and it is tried again.
        log.error("import.broke", import_id=import_id, trouble=type(trouble).__name__)  # noqa: TRY400


def work_off(clock: Clock) -> int:
    """Post what is queued, one file; return how many were claimed. An errand of `workers`."""
    now = clock()
    claimed = claim(limit=1, now=now, until=now + LEASE)
    for import_id in claimed:
        carry_out(import_id, clock=clock)
    return len(claimed)


def _lock(file_id: int) -> StatementFile:
    files = StatementFile.objects.defer("body").select_for_update(no_key=True)
    return files.get(pk=file_id)


def _queue(file: StatementFile, *, by_id: int | None, at: datetime) -> int:
    statements = Statement.objects.filter(file=file)
    if not statements.filter(held_back="").exists():
        raise NothingToPost(file.pk)
    lines = statements.aggregate(lines=Sum("entries"))["lines"] or 0
    try:
        with transaction.atomic():
            return Import.objects.create(file=file, by_id=by_id, asked_at=at, lines_total=lines).pk
    except IntegrityError as error:
        if "import_runs_once" not in str(error):
            raise
        return Import.objects.get(file=file, state__in=_RUNS).pk


def _finish(job: Import, done: Report, *, at: datetime) -> None:
    """Close the import with its counts, inside the transaction that posts."""
    closed = Import.objects.filter(pk=job.pk, state=ImportState.RUNNING, tries=job.tries).update(
        state=ImportState.DONE,
        ended_at=at,
        lease_until=None,
        lines_total=done.lines,
        lines_done=done.lines,
        new_lines=done.new,
        known_lines=done.known,
        matched_lines=done.matched,
        suspense_lines=done.suspense,
        refused_lines=done.refused,
        waiting_lines=done.waiting,
        empty_lines=done.empty,
    )
    if not closed:
        raise _Lost(job.pk)
    log.info("import.done", import_id=job.pk, lines=done.lines)


def _fail(job: Import, problem: str, *, at: datetime) -> None:
    Import.objects.filter(pk=job.pk, state__in=_RUNS, tries=job.tries).update(
        state=ImportState.FAILED, problem=problem, ended_at=at, lease_until=None
    )
    log.warning("import.failed", import_id=job.pk, problem=problem)


@contextmanager
def _said_aside(job: Import, clock: Clock) -> Iterator[importing.Progress]:
    """Give what writes down how far the import is, and renews its lease, at once for all to see."""
    aside = connections[DEFAULT_DB_ALIAS].copy()
    done = 0

    def progress(step: str, count: int) -> None:
        nonlocal done
        done += count if step == "batch" else 0
        with aside.cursor() as cursor:
            cursor.execute(_SAY, [done, clock() + LEASE, job.pk, job.tries])

    try:
        yield progress
    finally:
        aside.close()


_SAY = (
    "UPDATE payments_import SET lines_done = least(%s, lines_total), lease_until = %s"
    " WHERE id = %s AND tries = %s AND state = 'RUNNING'"
)
