"""
Statements that a bank lays into a folder: one folder a rail, named by the rail's code.

Files stay where they are. Each is read when it has stopped growing, and remembered by its name,
length and time of change, its bytes by their hash; so none is read twice. What is in order is
queued for posting; what is not is kept and waits for a person. Links are not followed, lest a
statement be read from elsewhere.
"""

import os
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog

from payments.models import Rail, StatementFile, WatchedFile
from payments.operations import importing
from payments.operations.importing import keeping, queueing, uploading
from payments.posting.soundness import storable
from payments.statements.limits import BYTES_MAX

log = structlog.get_logger()

# A file that nobody has written to for so long is whole; a slow upload goes on within it.
SETTLED_AFTER = timedelta(minutes=2)
FILES_MAX = 20


# It may be read as it stands at another time.
_PASSING = ("closed", "growing")


class _Found(NamedTuple):
    rail: Rail
    path: Path
    bytes: int
    modified_ns: int


class _Trouble(Exception):
    """The file cannot be taken in; the text is a code."""


def take_in(now: datetime, folder: Path) -> int:
    """
    Read what is new in the watched folder, at most FILES_MAX files; return how many it was.

    A folder that is not there, or that holds nothing new, is no trouble.
    """
    taken = 0
    for found in _fresh(folder, now):
        _take(found, now=now)
        taken += 1
        if taken == FILES_MAX:
            break
    return taken


def _fresh(folder: Path, now: datetime) -> Iterator[_Found]:
    settled_ns = int((now - SETTLED_AFTER).timestamp()) * 10**9
    for rail in Rail.objects.order_by("code"):
        home = folder / rail.code
        if home.is_symlink() or not home.is_dir():
            continue
        seen = set(
            WatchedFile.objects.filter(rail=rail).values_list("name", "bytes", "modified_ns")
        )
        with os.scandir(home) as entries:
            here = sorted((entry for entry in entries), key=lambda entry: entry.name)
        for entry in here:
            about = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(about.st_mode) or entry.name.startswith("."):
                continue
            known = (_name(entry.name), about.st_size, about.st_mtime_ns)
            if about.st_mtime_ns <= settled_ns and known not in seen:
                yield _Found(rail, Path(entry.path), about.st_size, about.st_mtime_ns)


def _take(found: _Found, *, now: datetime) -> None:
    file, problem = None, ""
    try:
        data = _read(found)
    except _Trouble as trouble:
        problem = str(trouble)
        if problem in _PASSING:
            log.warning("watched.not_read", rail=found.rail.code, problem=problem)
            return
    else:
        file, problem = _keep(found, data, now=now)
    WatchedFile.objects.get_or_create(
        rail=found.rail,
        name=_name(found.path.name),
        bytes=found.bytes,
        modified_ns=found.modified_ns,
        defaults={"file": file, "problem": problem, "seen_at": now},
    )
    log.info("watched.taken_in", rail=found.rail.code, bytes=found.bytes, problem=problem)


def _keep(found: _Found, data: bytes, *, now: datetime) -> tuple[StatementFile | None, str]:
    """Read the file in; queue it if all of it is in order."""
    rail_code = found.rail.code
    try:
        done = importing.read_in(data=data, name=found.path.name, rail_code=rail_code, at=now)
    except importing.NotRead:
        # Kept all the same: by its hash it is found again.
        file = keeping.keep(data=data, name=found.path.name, by_id=None, at=now)
        return file, "unreadable"
    queueing.queue_unattended(file_id=done.file_id, at=now)
    return StatementFile.objects.defer("body").get(pk=done.file_id), ""


def _read(found: _Found) -> bytes:
    """:raises _Trouble: if it is no file, a link, too large, packed, or still growing"""
    if found.path.is_symlink():
        raise _Trouble("link")
    if found.bytes > BYTES_MAX:
        raise _Trouble("size")
    try:
        # Between the look and the opening it could have become a link.
        handle = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise _Trouble("closed") from None
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise _Trouble("kind")
        data = file.read(BYTES_MAX + 1)
        after = os.fstat(file.fileno())
    if len(data) != found.bytes or after.st_mtime_ns != found.modified_ns:
        raise _Trouble("growing")
    if not data:
        raise _Trouble("empty")
    if uploading.is_packed(data[: uploading.HEAD_BYTES]):
        raise _Trouble("packed")
    return data


def _name(name: str) -> str:
    return storable(name)[-keeping.NAME_MAX :]
