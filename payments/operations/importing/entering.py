"""
The statements of a file, each in its place: posted, or looked at as if they were.

A look writes down what posting would do and what it would make, and posts nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from kernel.country import country
from payments.models import Rail, StatementFile
from payments.models import Statement as Row
from payments.operations.importing import (
    booking,
    keeping,
    lines,
    matching,
    placing,
    previewing,
    report,
    unposted,
)
from payments.operations.importing.chain import Place
from payments.operations.importing.hands import Hands, confirm
from payments.operations.importing.report import Report
from payments.statements import Statement
from payments.states import StatementFileState, StatementState

Progress = Callable[[str, int], None]
_New = dict[tuple[int, bool], list[tuple[Row, lines.Line]]]


def enter(
    file: StatementFile,
    read: list[Statement],
    rails: list[Rail],
    *,
    at: datetime,
    posts: bool,
    progress: Progress = lambda _step, _count: None,
) -> Report:
    """
    Find the place of each statement, and post what is new or write down what it would be.

    :raises payments.operations.importing.NeedsSecond: if it moves money that needs another person
    """
    done = Report(file_id=file.pk)
    whose = [keeping.rail_of(one, rails) for one in read]
    placing.hold_rails([rail for rail, _ in whose if rail is not None])
    if not posts:
        confirm(file, by_id=None)
    # Only now: somebody may have imported the same file while we waited for its rail.
    rows = keeping.rows(file, read, at=at)
    chains: placing.Chains = {}
    new: _New = defaultdict(list)
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
        place = _placed(statement, row, account, chains, posts=posts, at=at)
        if row.held_back:
            done.refused += booked
        else:
            done.known += booked - len(place.new)
            new[row.rail_id or 0, row.is_advice] += [(row, line) for line in place.new]
            if not posts:
                done.new += len(place.new)
    progress("placed", sum(map(len, new.values())))
    hands = Hands(file, at=at)
    if posts:
        _post(new, by_rail, hands, done, at=at, progress=progress)
    elif hands.are_alone:
        _weigh(new, by_rail, hands)
    _finish(file, rows, done, rails, posts=posts)
    return done


def _placed(
    statement: Statement,
    row: Row,
    account: str | None,
    chains: placing.Chains,
    *,
    posts: bool,
    at: datetime,
) -> Place:
    """Find its place, and write down what a look shows and what is not posted of it."""
    seen = previewing.sample(statement)
    place = placing.place(statement, row, account, chains)
    placing.settle(row, place, posts=posts, at=at)
    if not posts:
        previewing.keep(row, place, seen, chain=chains.get(placing.key_of(row)), at=at)
    if posts or row.held_back:
        unposted.keep(row, place, statement)
    return place


def _post(
    new: _New,
    by_rail: dict[int, Rail],
    hands: Hands,
    done: Report,
    *,
    at: datetime,
    progress: Progress,
) -> None:
    for (rail_id, is_advice), its_lines in _by_rail(new):
        booked = booking.book(
            its_lines,
            rail=by_rail[rail_id],
            is_advice=is_advice,
            hands=hands,
            at=at,
            progress=lambda count: progress("batch", count),
        )
        _count(booked, its_lines, done)
        progress("posted", len(its_lines))


def _weigh(new: _New, by_rail: dict[int, Rail], hands: Hands) -> None:
    """Write down which lines nobody has told of, and why another person must confirm them."""
    made: dict[int, list[lines.Line]] = defaultdict(list)
    rows, why = {}, {}
    for (rail_id, is_advice), its_lines in _by_rail(new):
        rail = by_rail[rail_id]
        matching.look(
            [line for _, line in its_lines],
            rail=rail,
            is_advice=is_advice,
            zone=country().zone,
        )
        for row, line in its_lines:
            if line.is_untold:
                rows[row.pk] = row
                made[row.pk].append(line)
        why[rail_id] = hands.add(rail, sum(line.untold_minor for _, line in its_lines))
    for row_id, its_made in made.items():
        previewing.keep_made(rows[row_id], its_made, why=why[rows[row_id].rail_id or 0])


def _by_rail(new: _New) -> list[tuple[tuple[int, bool], list[tuple[Row, lines.Line]]]]:
    return sorted(new.items(), key=lambda item: item[0])


def _count(booked: booking.Booked, new: Sequence[tuple[Row, lines.Line]], done: Report) -> None:
    done.count([line.fate for _, line in new])
    done.suspense += booked.suspended
    done.differences += booked.differences
    done.bills_paid += booked.bills_paid
    for leg, count in booked.legs.items():
        done.legs[leg] = done.legs.get(leg, 0) + count


def _finish(
    file: StatementFile, rows: Sequence[Row], done: Report, rails: list[Rail], *, posts: bool
) -> None:
    codes = {rail.pk: rail.code for rail in rails}
    done.statements = [report.said(row, codes.get(row.rail_id or 0, "")) for row in rows]
    if not done.is_posted:
        confirm(file, by_id=None)  # What is left of it, somebody confirms anew.
    rail_ids = {row.rail_id for row in rows}
    state = StatementFileState.POSTED if done.is_posted else StatementFileState.KEPT
    StatementFile.objects.filter(pk=file.pk).update(
        state=state, problem="", rail=rail_ids.pop() if len(rail_ids) == 1 else None
    )
