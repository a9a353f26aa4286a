"""
Reports in the background: asked for by a page, made by a worker, removed after a week.

Making one again changes nothing, so it is claimed under a lease; a worker that dies leaves it to
the next. The file is whole before it has its name.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from payments.queries import reporting
from reports import writing
from reports.asking import FORMATS, Asked, Format, Kind
from reports.models import Export
from reports.queries import Reach, reach
from reports.queries.building import NotWithinReach
from reports.states import ExportState

log = structlog.get_logger()

KEPT = timedelta(days=7)
LEASE = timedelta(minutes=2)
TRIES_MAX = 3
WAITING_MAX = 5
# How often a page may learn how far it is, in entries read.
STEP = 5_000


class TooManyExports(Exception):
    """She has as many reports in the making as one may have."""


class FileGone(Exception):
    """The file is not there any more."""


class _LeaseLost(Exception):
    """Another worker has taken it over."""


def ask(*, asked: Asked, format: Format, by_id: int, key: UUID, at: datetime) -> UUID:
    """
    Note that a report is wanted, and return its key; the same key twice is one report.

    :raises NotWithinReach: if her grants do not cover it, or it has no such form
    :raises TooManyExports: if WAITING_MAX of hers are not made yet
    """
    if not reach(account_id=by_id, at=at).permits(asked.kind) or format not in FORMATS[asked.kind]:
        raise NotWithinReach(asked.kind)
    mine = Export.objects.filter(asked_by_id=by_id)
    if mine.filter(key=key).exists():
        return key
    if mine.filter(state__in=[ExportState.QUEUED, ExportState.RUNNING]).count() >= WAITING_MAX:
        raise TooManyExports
    with suppress(IntegrityError), transaction.atomic():  # A second press came in between.
        Export.objects.create(
            key=key,
            kind=asked.kind,
            parameters=asked.as_dict(),
            format=format,
            asked_by_id=by_id,
            asked_at=at,
            expires_at=at + KEPT,
        )
        log.info("report.asked", kind=asked.kind, format=format)
    return key


def work(now: datetime) -> int:
    """Make one report that waits, if there is one; return how many were claimed."""
    claimed = _claim(now)
    if claimed is None:
        return 0
    began = time.monotonic()

    def clock() -> datetime:
        return now + timedelta(seconds=time.monotonic() - began)

    try:
        _make(claimed, clock)
    except _LeaseLost:
        log.warning("report.lease_lost", export_id=claimed.pk)
    except NotWithinReach:
        _fail(claimed, "not_granted", at=clock())
    except Exception as trouble:
        # The lease runs out, and it is tried again; without its text, which may name somebody.
        log.error("report.broke", export_id=claimed.pk, trouble=type(trouble).__name__)  # noqa: TRY400
        if claimed.tries >= TRIES_MAX:
            _fail(claimed, "broke", at=clock())
    return 1


def forget(now: datetime) -> int:
    """Remove what has expired, file and row; return how many."""
    gone = list(Export.objects.filter(expires_at__lte=now).order_by("pk")[:500])
    for export in gone:
        # The file first: a row without a file says so, a file without a row is never found.
        for file in folder().glob(f"{export.key}.*"):
            file.unlink(missing_ok=True)
    Export.objects.filter(pk__in=[export.pk for export in gone]).delete()
    return len(gone)


def opened(export: Export, *, now: datetime) -> IO[bytes]:
    """
    Return the finished file.

    :raises NotWithinReach: if her grants do not cover any more what it holds
    :raises FileGone: if it is not finished, or the disk has lost it
    """
    if export.state != ExportState.DONE or export.reach is None:
        raise FileGone(export.pk)
    if not reach(account_id=export.asked_by_id, at=now).holds(Reach.from_dict(export.reach)):
        raise NotWithinReach(export.kind)
    try:
        return (folder() / export.file_name).open("rb")
    except FileNotFoundError:
        raise FileGone(export.pk) from None


def folder() -> Path:
    """Return where the files lie: beside the kept files, which web and worker share."""
    return Path(settings.FILES_DIR) / "exports"


def _claim(now: datetime) -> Export | None:
    due = Q(state=ExportState.QUEUED) | Q(state=ExportState.RUNNING, lease_until__lte=now)
    with transaction.atomic():
        waiting = Export.objects.select_for_update(skip_locked=True, of=("self",))
        found = waiting.filter(due, expires_at__gt=now).order_by("pk").first()
        if found is None:
            return None
        found.state = ExportState.RUNNING
        found.tries += 1
        found.rows_done = 0
        found.started_at = found.started_at or now
        found.lease_until = now + LEASE
        found.save(update_fields=["state", "tries", "rows_done", "started_at", "lease_until"])
    if found.tries > TRIES_MAX:  # It took its workers with it.
        _fail(found, "broke", at=now)
        return None
    return found


def _make(export: Export, clock: Callable[[], datetime]) -> None:
    asked = Asked.from_dict(export.parameters)
    seen_by = reach(account_id=export.asked_by_id, at=clock())
    if not seen_by.permits(asked.kind):
        raise NotWithinReach(asked.kind)
    _still_mine(export, rows_total=_total(asked))
    done = 0

    def seen(entries: int) -> None:
        nonlocal done
        before, done = done, done + entries
        if done // STEP > before // STEP:
            _still_mine(export, rows_done=done, lease_until=clock() + LEASE)

    name = f"{export.key}.{export.format}"
    whole, part = folder() / name, folder() / f"{name}.{export.tries}.part"
    folder().mkdir(parents=True, exist_ok=True)
    try:
        with part.open("wb") as file:
            writing.write(file, asked, Format(export.format), seen_by, at=clock(), seen=seen)
        size = part.stat().st_size
        part.replace(whole)
    finally:
        part.unlink(missing_ok=True)
    _still_mine(
        export,
        state=ExportState.DONE,
        rows_done=done,
        file_name=name,
        file_bytes=size,
        reach=seen_by.as_dict(),
        done_at=clock(),
        lease_until=None,
    )
    log.info("report.made", kind=asked.kind, format=export.format, rows=done, bytes=size)


def _total(asked: Asked) -> int | None:
    if asked.kind not in {Kind.REVENUE, Kind.LINES}:
        return None
    first = asked.period.first if asked.kind is Kind.LINES else asked.period.before().first
    return reporting.entries(first, asked.period.last)


def _still_mine(export: Export, **changed: object) -> None:
    mine = Export.objects.filter(pk=export.pk, tries=export.tries, state=ExportState.RUNNING)
    if not mine.update(**changed):
        raise _LeaseLost


def _fail(export: Export, problem: str, *, at: datetime) -> None:
    Export.objects.filter(pk=export.pk, tries=export.tries, state=ExportState.RUNNING).update(
        state=ExportState.FAILED,
        problem=problem,
        done_at=at,
        lease_until=None,
    )
    log.warning("report.failed", export_id=export.pk, problem=problem)
