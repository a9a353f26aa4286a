"""
How a statement follows those before it on its account, and which of its lines are new.

One rule holds the chain: the closing balance before, and what is new here, make the closing
balance here. So a statement that overlaps is welcome, one that tells an old day in another way is
not, and a gap is seen, whatever days the bank writes on it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from payments import sql
from payments.models import Statement as Row
from payments.models import StatementLine
from payments.operations.importing import lines as lines_
from payments.operations.importing.lines import Line
from payments.statements import Statement
from payments.states import StatementState


@dataclass(frozen=True, slots=True)
class Link:
    """A posted statement of the account."""

    row_id: int
    opening_minor: int
    closing_minor: int
    to_day: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement stands: what is new of all it tells, after which one, before which one."""

    state: StatementState
    held_back: str = ""
    told: Sequence[Line] = ()
    new: Sequence[Line] = ()
    previous: Link | None = None
    next: Link | None = None


GAP = Place(StatementState.KEPT, "gap")
NOTHING_NEW = Place(StatementState.KNOWN)


@dataclass(slots=True)
class Chain:
    """The posted statements of one account, or its advices, and those of the file in hand."""

    rail_id: int
    account: str
    is_advice: bool
    first: Link | None
    last: Link | None
    has_lines: bool
    told: Counter[bytes] = field(default_factory=Counter)  # In the file in hand.

    def place(self, statement: Statement, lines: Sequence[Line]) -> Place:
        """Find the statement's place; it takes it only by `take`."""
        new = lines_.unknown(lines, self._known(lines))
        if statement.closing_minor is None or self.is_advice:
            return Place(StatementState.POSTED, new=new) if new else NOTHING_NEW
        if self.first is None or self.last is None:
            return Place(StatementState.POSTED, new=new)
        if self.last.closing_minor + _sum(new) == statement.closing_minor:
            if not new:
                return NOTHING_NEW
            return Place(StatementState.POSTED, new=new, previous=self.last)
        if self._goes_on(statement, self.last) and not (not new and self._is_resent(statement)):
            # The next page of the same day: what looks the same are twins.
            return Place(StatementState.POSTED, new=self._counted_on(lines), previous=self.last)
        if not new and not _is_after(statement, self.last):
            return NOTHING_NEW
        if statement.closing_minor == self.first.opening_minor and len(new) == len(lines):
            return Place(StatementState.POSTED, new=new, next=self.first)
        return GAP

    def take(self, place: Place, row: Row) -> None:
        for line in place.new:
            self.told[line.fingerprint] = max(self.told[line.fingerprint], line.occurrence)
        if self.is_advice or row.opening_minor is None or row.closing_minor is None:
            return
        link = Link(row.pk, row.opening_minor, row.closing_minor, row.to_day)
        if place.next is not None or self.first is None:
            self.first = link
        if place.next is None:
            self.last = link

    def _goes_on(self, statement: Statement, last: Link) -> bool:
        days = (statement.from_day, last.to_day)
        return statement.opening_minor == last.closing_minor and (
            None in days or days[0] >= days[1]  # type: ignore[operator]
        )

    def _is_resent(self, statement: Statement) -> bool:
        return Row.objects.filter(
            rail_id=self.rail_id,
            account=self.account,
            is_advice=False,
            state=StatementState.POSTED,
            number=statement.number,
            from_day=statement.from_day,
            to_day=statement.to_day,
            opening_minor=statement.opening_minor,
            closing_minor=statement.closing_minor,
        ).exists()

    def _known(self, lines: Sequence[Line]) -> set[tuple[bytes, int]]:
        known = {
            (line.fingerprint, line.occurrence)
            for line in lines
            if line.occurrence <= self.told.get(line.fingerprint, 0)
        }
        if not self.has_lines:
            return known
        rows = sql.run(
            "statement_known_lines",
            rows=len(lines),
            rail_id=self.rail_id,
            account=self.account,
            is_advice=self.is_advice,
            fingerprint=[line.fingerprint for line in lines],
            occurrence=[line.occurrence for line in lines],
        )
        return known | {(bytes(fingerprint), occurrence) for fingerprint, occurrence in rows}

    def _counted_on(self, lines: Sequence[Line]) -> Sequence[Line]:
        rows = sql.run(
            "statement_line_counts",
            rows=len(lines),
            rail_id=self.rail_id,
            account=self.account,
            is_advice=self.is_advice,
            fingerprint=list({line.fingerprint for line in lines}),
        )
        before = {bytes(fingerprint): count for fingerprint, count in rows}
        for line in lines:
            line.occurrence += max(
                before.get(line.fingerprint, 0), self.told.get(line.fingerprint, 0)
            )
        return lines


def of(rail_id: int, account: str, *, is_advice: bool) -> Chain:
    """Read the chain of an account; the rail is held."""
    mine = {"rail_id": rail_id, "account": account, "is_advice": is_advice}
    posted = Row.objects.filter(**mine, state=StatementState.POSTED)
    first, last = (
        (posted.filter(previous=None).first(), posted.filter(next=None).first())
        if not is_advice
        else (None, None)
    )
    return Chain(
        rail_id=rail_id,
        account=account,
        is_advice=is_advice,
        first=_link(first),
        last=_link(last),
        has_lines=StatementLine.objects.filter(**mine).exists(),
    )


def _link(row: Row | None) -> Link | None:
    if row is None or row.opening_minor is None or row.closing_minor is None:
        return None
    return Link(row.pk, row.opening_minor, row.closing_minor, row.to_day)


def _sum(lines: Sequence[Line]) -> int:
    return sum(line.amount_minor for line in lines)


def _is_after(statement: Statement, last: Link) -> bool:
    return (
        statement.to_day is not None
        and last.to_day is not None
        and (statement.to_day > last.to_day)
    )
