"""What an import came to, in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import structlog

from payments.models import Statement as Row
from payments.models import StatementFile
from payments.states import LineFate, StatementState

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StatementSaid:
    """One statement and what became of it; `held_back` says why it is not posted."""

    statement_id: int
    rail_code: str
    account: str
    from_day: date | None
    to_day: date | None
    state: str
    held_back: str
    problems: tuple[str, ...]
    difference_minor: int | None


@dataclass(slots=True)
class Report:
    """
    Counts of booked lines; `lines` are `new`, `known`, `matched`, `waiting`, `empty` and `refused`.

    In a preview `new` are all lines that no statement has told before.
    """

    file_id: int
    lines: int = 0
    new: int = 0  # Movements that nobody had told of.
    known: int = 0  # Told by another statement before.
    matched: int = 0  # Evidence of a movement that was told before.
    suspense: int = 0  # Of the new.
    refused: int = 0  # Of statements that are not posted.
    waiting: int = 0
    empty: int = 0  # Of an amount of zero.
    unbooked: int = 0  # Pending or failed: no lines, and not counted among them.
    differences: int = 0
    bills_paid: int = 0
    legs: dict[str, int] = field(default_factory=dict)  # New movements that are no collections.
    statements: list[StatementSaid] = field(default_factory=list)

    @property
    def is_posted(self) -> bool:
        held = (StatementState.KEPT, StatementState.REFUSED)
        return bool(self.statements) and all(one.state not in held for one in self.statements)

    def count(self, fates: Sequence[LineFate | None]) -> None:
        self.new += fates.count(LineFate.POSTED)
        self.matched += fates.count(LineFate.MATCHED)
        self.waiting += fates.count(LineFate.WAITING)
        self.empty += fates.count(LineFate.NOTHING)


def said(row: Row, rail_code: str) -> StatementSaid:
    return StatementSaid(
        statement_id=row.pk,
        rail_code=rail_code,
        account=row.account,
        from_day=row.from_day,
        to_day=row.to_day,
        state=row.state,
        held_back=row.held_back,
        problems=tuple(row.problems),
        difference_minor=row.difference_minor,
    )


def again(file: StatementFile) -> Report:
    """Say of a file that is posted what it says again: nothing new."""
    rows = list(Row.objects.filter(file=file).select_related("rail").order_by("place"))
    count = sum(row.entries for row in rows)
    return Report(
        file_id=file.pk,
        lines=count,
        known=count,
        statements=[said(row, row.rail.code if row.rail else "") for row in rows],
    )


def log_of(done: Report) -> None:
    log.info(
        "statement.imported",
        file_id=done.file_id,
        lines=done.lines,
        new=done.new,
        known=done.known,
        matched=done.matched,
        suspense=done.suspense,
        refused=done.refused,
        waiting=done.waiting,
    )
