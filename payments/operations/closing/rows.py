"""The rows of a closed day as its record seals them: streamed, however many they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from kernel import exports
from payments import sealing, sql
from payments.models import Close

# A row is in the order of `sealing.FIELDS`.
Row = Sequence[object]
_HEAD = len(sealing.FIELDS["journal"])  # Of a line: its journal stands before it.


def parts(record: Close) -> dict[str, tuple[int, str]]:
    """Make each part of the record of a day anew; in a transaction, a page of rows at a time."""
    day = record.pk
    return {
        "journals": _journals(day),
        "movements": _part("movement", movements(day)),
        "messages": _part("message", messages(day)),
        "statements": _part("statement", statements(day)),
        "totals": _part("total", totals(record)),
        "differences": _part("difference", differences(record)),
    }


def journals(day: date) -> Iterator[Row]:
    return _of_day("closing_journals", day)


def lines(day: date) -> Iterator[Row]:
    """Yield the lines of a day's journals, by journal and line."""
    return ((row[0], *row[_HEAD:]) for row in _of_day("closing_lines", day))


def movements(day: date) -> Iterator[Row]:
    return _of_day("closing_movements", day)


def messages(day: date) -> Iterator[Row]:
    return _of_day("closing_messages", day)


def statements(day: date) -> Iterator[Row]:
    return _of_day("closing_statements", day)


def totals(record: Close) -> Iterator[Row]:
    return _told(record.totals or [], sealing.FIELDS["total"])


def differences(record: Close) -> Iterator[Row]:
    return _told(record.differences or [], ("id", *sealing.FIELDS["difference"][1:]))


def _journals(day: date) -> tuple[int, str]:
    part, last = sealing.Part(), None
    for number, *rest in _texts(_of_day("closing_lines", day)):
        if number != last:
            part.add("journal", (number, *rest[: _HEAD - 1]))
            last = number
        part.add_more("line", (number, *rest[_HEAD - 1 :]))
    return part.told()


def _part(mark: str, entries: Iterable[Row]) -> tuple[int, str]:
    part = sealing.Part()
    for entry in _texts(entries):
        part.add(mark, entry)
    return part.told()


def _texts(entries: Iterable[Row]) -> Iterator[list[str]]:
    return (["" if cell is None else str(cell) for cell in entry] for entry in entries)


def _told(entries: Iterable[Mapping[str, object]], names: Sequence[str]) -> Iterator[Row]:
    return ([entry[name] for name in names] for entry in entries)


def _of_day(name: str, day: date) -> Iterator[tuple[Any, ...]]:
    """Yield what a statement of `payments/sql` that asks for a day alone finds."""
    # A cursor of the server's takes its parameters as text.
    statement = sql.text(name).decode().replace("%(day)b", "%(day)s")
    return exports.stream(statement, {"day": day})
