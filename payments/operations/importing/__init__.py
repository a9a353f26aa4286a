"""
Statements into the ledger: the file kept byte for byte, and its booked lines posted.

`import_file` does all of it; a desk reads a file in, looks at it, and posts it (`read_in`,
`post`). How one runs: keep the file; read it to its end; hold the rails; find the place of each
statement (`chain`); find out what each new line is (`matching`, `pairing`); tell the engine and
keep the lines (`booking`).
"""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from payments import sql, statements
from payments.models import Rail, StatementFile
from payments.models import Statement as Row
from payments.operations.importing import (
    booking,
    keeping,
    lines,
    placing,
    previewing,
    report,
    unposted,
)
from payments.operations.importing.report import Report, StatementSaid
from payments.operations.importing.waiting import post_waiting
from payments.statements import Layout, Statement
from payments.states import StatementFileState, StatementState

__all__ = [
    "NoRail",
    "NotRead",
    "Report",
    "StatementSaid",
    "import_file",
    "look_again",
    "post",
    "post_waiting",
    "read_in",
]

Progress = Callable[[str, int], None]
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
    at: datetime,
    progress: Progress = lambda _step, _count: None,
    finished: Finished = lambda _report: None,
) -> Report:
    """
    Keep a file and post what is new in it, all of it in one transaction.

    A statement that is not in order is kept, with an alarm, and the others of the file are posted.

    :param name: of the file, for people; only its end is kept
    :param rail_code: whose statement it is, where the file does not name an account of a rail
    :param progress: is told each step and how many lines it is about
    :param finished: is told the report inside the transaction that posts, so that both stand or
        neither does
    :raises NoRail: if there is no such rail
    :raises NotRead: if no reader can read it; it is kept all the same
    """
    rails = _rails(rail_code)
    file = keeping.keep(data=data, name=name, by_id=by_id, at=at)
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
            done = _import(file, read, rails, at=at, posts=True, progress=progress)
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
) -> Report:
    """
    Keep a file and say what importing it would do; nothing is posted.

    Raises as `import_file` does.
    """
    rails = _rails(rail_code)
    file = keeping.keep(data=data, name=name, by_id=by_id, at=at)
    if file.state == StatementFileState.POSTED:
        return report.again(file)
    with _without_gc():
        read = _read(file, data, layouts)
        with transaction.atomic():
            return _import(file, read, rails, at=at, posts=False)


def look_again(*, file_id: int, rail_code: str | None = None, at: datetime) -> Report:
    """
    Say what posting a kept file would do by now; `rail_code` says whose it is, as in `read_in`.

    Raises as `import_file` does.
    """
    file = StatementFile.objects.get(pk=file_id)
    named = rail_code or (file.rail.code if file.rail else None)
    return read_in(data=bytes(file.body), name=file.name, rail_code=named, at=at)


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


def _import(
    file: StatementFile,
    read: list[Statement],
    rails: list[Rail],
    *,
    at: datetime,
    posts: bool,
    progress: Progress = lambda _step, _count: None,
) -> Report:
    done = Report(file_id=file.pk)
    whose = [keeping.rail_of(one, rails) for one in read]
    placing.hold_rails([rail for rail, _ in whose if rail is not None])
    # Only now: somebody may have imported the same file while we waited for its rail.
    rows = keeping.rows(file, read, at=at)
    chains: placing.Chains = {}
    new: dict[tuple[int, bool], list[tuple[Row, lines.Line]]] = defaultdict(list)
    by_rail = {rail.pk: rail for rail, _ in whose if rail is not None}
    for position in placing.oldest_first(read):
        statement, row, (rail, account) = read[position], rows[position], whose[position]
        done.unbooked += sum(not entry.is_booked for entry in statement.entries)
        booked = sum(entry.is_booked for entry in statement.entries)
        done.lines += booked
        if row.state in (StatementState.POSTED, StatementState.KNOWN):
            done.known += booked
            continue
        row.rail, row.account = rail, account if account is not None else statement.account
        seen = previewing.sample(statement)
        place = placing.place(statement, row, account, chains)
        placing.settle(row, place, posts=posts, at=at)
        if posts:
            unposted.keep(row, place, statement)
        else:
            chain = chains.get(placing.key_of(row))
            known = len(place.told) - len(place.new)
            previewing.keep(row, place, seen, chain=chain, known=known, at=at)
        if row.held_back:
            done.refused += booked
        else:
            done.known += booked - len(place.new)
            new[row.rail_id or 0, row.is_advice] += [(row, line) for line in place.new]
            if not posts:
                done.new += len(place.new)
    progress("placed", sum(map(len, new.values())))
    if posts:
        for (rail_id, is_advice), its_lines in sorted(new.items(), key=lambda item: item[0]):
            _book(its_lines, by_rail[rail_id], done, is_advice=is_advice, at=at, progress=progress)
            progress("posted", len(its_lines))
    _finish(file, rows, done, rails)
    return done


def _book(
    new: list[tuple[Row, lines.Line]],
    rail: Rail,
    done: Report,
    *,
    is_advice: bool,
    at: datetime,
    progress: Progress,
) -> None:
    booked = booking.book(
        new, rail=rail, is_advice=is_advice, at=at, progress=lambda count: progress("batch", count)
    )
    done.count([line.fate for _, line in new])
    done.suspense += booked.suspended
    done.differences += booked.differences
    done.bills_paid += booked.bills_paid
    for leg, count in booked.legs.items():
        done.legs[leg] = done.legs.get(leg, 0) + count


def _finish(file: StatementFile, rows: Sequence[Row], done: Report, rails: list[Rail]) -> None:
    codes = {rail.pk: rail.code for rail in rails}
    done.statements = [report.said(row, codes.get(row.rail_id or 0, "")) for row in rows]
    rail_ids = {row.rail_id for row in rows}
    state = StatementFileState.POSTED if done.is_posted else StatementFileState.KEPT
    StatementFile.objects.filter(pk=file.pk).update(
        state=state, problem="", rail=rail_ids.pop() if len(rail_ids) == 1 else None
    )


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
