"""
Statements into the ledger: the file kept byte for byte, and its booked lines posted.

`import_file` does all of it; a desk reads a file in, looks at it, and posts it (`read_in`,
`post`). How one runs: keep the file; read it to its end; hold the rails; find the place of each
statement (`chain`); find out what each new line is (`matching`, `pairing`); see who must confirm it
(`hands`); tell the engine and keep the lines (`booking`).
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from payments import sql, statements
from payments.models import Rail, StatementFile
from payments.operations.importing import entering, hands, keeping, report
from payments.operations.importing.entering import Progress
from payments.operations.importing.hands import NeedsSecond
from payments.operations.importing.report import Report, StatementSaid
from payments.operations.importing.waiting import post_waiting
from payments.statements import Layout, Statement
from payments.states import StatementFileState

__all__ = [
    "NeedsSecond",
    "NoRail",
    "NotRead",
    "Progress",
    "Report",
    "StatementSaid",
    "import_file",
    "look_again",
    "post",
    "post_waiting",
    "read_in",
]

Finished = Callable[[Report], None]


class NoRail(Exception):
    """No rail has this code."""


class NotRead(Exception):
    """The file was kept and could not be read; the text is one line for people, `reason` a code."""

    def __init__(self, line: str, reason: str) -> None:
        super().__init__(line)
        self.reason = reason


def import_file(
    *,
    data: bytes,
    name: str,
    rail_code: str | None = None,
    layouts: Sequence[Layout] | None = None,
    by_id: int | None = None,
    confirmed_by_id: int | None = None,
    at: datetime,
    progress: Progress = lambda _step, _count: None,
    finished: Finished = lambda _report: None,
) -> Report:
    """
    Keep a file and post what is new in it, all of it in one transaction.

    A statement that is not in order is kept, with an alarm, and the others of the file are posted.

    :param name: of the file, for people; only its end is kept
    :param rail_code: whose statement it is, where the file does not name an account of a rail
    :param by_id: who brings it; None for what comes from a bank by itself
    :param confirmed_by_id: another person who stands for what it says
    :param progress: is told each step and how many lines it is about
    :param finished: is told the report inside the transaction that posts, so that both stand or
        neither does
    :raises NoRail: if there is no such rail
    :raises NotRead: if no reader can read it; it is kept all the same
    :raises NeedsSecond: if it moves money that needs another person; it is kept all the same
    """
    rails = _rails(rail_code)
    file = keeping.keep(data=data, name=name, by_id=by_id, at=at)
    if confirmed_by_id is not None and file.state != StatementFileState.POSTED:
        hands.confirm(file, by_id=confirmed_by_id)
    return _post(file, data, rails, layouts, at=at, progress=progress, finished=finished)


def _post(
    file: StatementFile,
    data: bytes,
    rails: list[Rail],
    layouts: Sequence[Layout] | None,
    *,
    at: datetime,
    progress: Progress,
    finished: Finished,
) -> Report:
    progress("kept", 0)
    if file.state == StatementFileState.POSTED:
        done = report.again(file)
        finished(done)
        return done
    with _without_gc():
        read = _read(file, data, layouts)
        del data
        progress("read", sum(len(one.entries) for one in read))
        with transaction.atomic():
            sql.without_scans()
            done = entering.enter(file, read, rails, at=at, posts=True, progress=progress)
            finished(done)
    report.log_of(done)
    return done


def read_in(
    *,
    data: bytes,
    name: str,
    rail_code: str | None = None,
    layouts: Sequence[Layout] | None = None,
    by_id: int | None = None,
    at: datetime,
    progress: Progress = lambda _step, _count: None,
    finished: Finished = lambda _report: None,
) -> Report:
    """
    Keep a file and say what importing it would do; nothing is posted.

    What somebody confirmed of an earlier look is confirmed no more. As `import_file` in all else.
    """
    rails = _rails(rail_code)
    file = keeping.keep(data=data, name=name, by_id=by_id, at=at)
    if file.state == StatementFileState.POSTED:
        done = report.again(file)
        finished(done)
        return done
    with _without_gc():
        read = _read(file, data, layouts)
        progress("read", sum(len(one.entries) for one in read))
        with transaction.atomic():
            done = entering.enter(file, read, rails, at=at, posts=False, progress=progress)
            finished(done)
    return done


def look_again(
    *,
    file_id: int,
    rail_code: str | None = None,
    at: datetime,
    progress: Progress = lambda _step, _count: None,
    finished: Finished = lambda _report: None,
) -> Report:
    """
    Say what posting a kept file would do by now; `rail_code` says whose it is, as in `read_in`.

    Raises as `import_file` does.
    """
    file = StatementFile.objects.get(pk=file_id)
    named = rail_code or (file.rail.code if file.rail else None)
    return read_in(
        data=bytes(file.body),
        name=file.name,
        rail_code=named,
        at=at,
        progress=progress,
        finished=finished,
    )


def post(
    *,
    file_id: int,
    layouts: Sequence[Layout] | None = None,
    at: datetime,
    progress: Progress = lambda _step, _count: None,
    finished: Finished = lambda _report: None,
) -> Report:
    """
    Post a file that was read in before. Safe to repeat; as `import_file` in all else.

    Its rail is the one that was named then.
    """
    file = StatementFile.objects.get(pk=file_id)
    return import_file(
        data=bytes(file.body),
        name=file.name,
        rail_code=file.rail.code if file.rail else None,
        layouts=layouts,
        at=at,
        progress=progress,
        finished=finished,
    )


def _rails(code: str | None) -> list[Rail]:
    rails = list(Rail.objects.filter(code=code) if code else Rail.objects.all())
    if code and not rails:
        raise NoRail(code)
    return rails


def _read(file: StatementFile, data: bytes, layouts: Sequence[Layout] | None) -> list[Statement]:
    try:
        return statements.read(data, layouts=layouts)
    except statements.CannotRead as cannot:
        keeping.note_unreadable(file.pk, cannot.reason)
        raise NotRead(str(cannot), cannot.reason) from None


@contextmanager
def _without_gc() -> Iterator[None]:
    # Objects by the hundred thousand come and stay: looking for cycles in them costs a third.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
