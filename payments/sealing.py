"""
The seal of a day, and the record that it seals. Standard library alone.

PostgreSQL writes both when a day is signed (`payments_record_of`, `payments_seal_of`); `verifying`
makes them again from an auditor's pack. The record is UTF-8 with "\\n" after each line and tabs
between the fields:

    guichet-close 2
    day          2026-11-23
    zone         Africa/Kigali
    previous     <the seal of the day before, or ->
    prepared     <account>  <when>  <name>
    signed       <account>  <when>  <name>
    sealed       <when, by PostgreSQL's own clock>
    journals     <how many>  <SHA-256 of their lines>
    movements, messages, statements, totals, differences: the same

The seal is the SHA-256 of that text and of one line more:

    summary      <bytes>  <SHA-256 of the summary that people read>

Times are UTC with microseconds, "2026-11-23T10:00:00.000000Z". A part's lines are those of its file
in the pack, `FIELDS`, each after its mark: "journal", and after it its "line"s; "movement",
"message", "statement", "total", "difference". What is missing is empty.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

VERSION = 2
HEAD = f"guichet-close {VERSION}"
PARTS = ("journals", "movements", "messages", "statements", "totals", "differences")
FIELDS = {
    "journal": ("journal", "kind", "subject", "occurred_at", "posted_at", "reverses"),
    "line": ("journal", "line", "account", "currency", "amount_minor"),
    "movement": (
        "movement",
        "journal",
        "rail",
        "leg",
        "external_id",
        "currency",
        "amount_minor",
        "original",
        "refund",
        "occurred_at",
        "first_heard_at",
    ),
    "message": ("message", "received_at", "rail", "kind", "auth", "sha256"),
    "statement": ("file", "imported_at", "bytes", "sha256"),
    "total": ("account", "currency", "debit_minor", "credit_minor"),
    "difference": (
        "difference",
        "day_found",
        "rail",
        "kind",
        "subject",
        "currency",
        "amount_minor",
        "owner",
        "owner_name",
        "opened_at",
        "note",
        "settled_at",
        "settled_by",
        "settled_by_name",
        "settled_note",
    ),
}
# What people and providers wrote; every other field is a code, a number or a time of ours.
TEXTS = frozenset({"external_id", "owner_name", "note", "settled_by_name", "settled_note"})

_LINES_AT_ONCE = 1_000


class NoRecord(Exception):
    """The text is no record of this version."""


class Part:
    """A part of the record in the making: its lines go in, in their order."""

    def __init__(self) -> None:
        self.entries = 0
        self._hash = hashlib.sha256()
        self._lines: list[str] = []

    def add(self, mark: str, fields: Iterable[str]) -> None:
        """Add one entry: its mark, and its `FIELDS` as text."""
        self.entries += 1
        self.add_more(mark, fields)

    def add_more(self, mark: str, fields: Iterable[str]) -> None:
        """Add a line that belongs to the entry before it."""
        cells = (mark, *fields)
        line = "\t".join(cells)
        # An apostrophe may be a spreadsheet's guard (`kernel.exports`), and says nothing.
        if "'" in line or "\\" in line or "\n" in line or line.count("\t") >= len(cells):
            line = "\t".join(_escaped(cell.replace("'", "")) for cell in cells)
        self._lines.append(line)
        if len(self._lines) == _LINES_AT_ONCE:
            self._take()

    def told(self) -> tuple[int, str]:
        """Return how many entries there are, and the SHA-256 of all lines in hex."""
        self._take()
        return self.entries, self._hash.hexdigest()

    def _take(self) -> None:
        if self._lines:
            self._lines.append("")
            self._hash.update("\n".join(self._lines).encode())
            self._lines.clear()


@dataclass(frozen=True, slots=True)
class Signature:
    account: str
    at: str
    name: str


@dataclass(frozen=True, slots=True)
class Record:
    """What the record of a day says."""

    day: str
    zone: str
    previous: str  # "": this is the first closed day.
    prepared: Signature
    signed: Signature
    sealed_at: str
    parts: dict[str, tuple[int, str]]  # By name: how many, and their hash.


def read(text: str) -> Record:
    """
    Read a record.

    :raises NoRecord: if it is none of this version
    """
    head, *lines = text.removesuffix("\n").split("\n")
    names = ("day", "zone", "previous", "prepared", "signed", "sealed", *PARTS)
    told = [line.split("\t") for line in lines]
    if head != HEAD or tuple(fields[0] for fields in told) != names:
        raise NoRecord
    try:
        (_, day), (_, zone), (_, previous), prepared, signed, (_, sealed_at), *parts = told
        return Record(
            day=day,
            zone=zone,
            previous="" if previous == "-" else previous,
            prepared=_signature(*prepared),
            signed=_signature(*signed),
            sealed_at=sealed_at,
            parts={name: (int(entries), sha256) for name, entries, sha256 in parts},
        )
    except (TypeError, ValueError) as error:
        raise NoRecord from error


def seal(record: bytes, *, size: int, sha256: str) -> str:
    """
    Return the seal in hex.

    :param size: of the summary, in bytes
    :param sha256: of the summary, in hex
    """
    return hashlib.sha256(record + f"summary\t{size}\t{sha256}\n".encode()).hexdigest()


def _signature(_name: str, account: str, at: str, name: str) -> Signature:
    # A backslash is the only sign that begins an escape, so that each is read once.
    parts = name.split("\\\\")
    plain = "\\".join(part.replace("\\t", "\t").replace("\\n", "\n") for part in parts)
    return Signature(account=account, at=at, name=plain)


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
