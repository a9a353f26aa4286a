"""
Checking an auditor's pack, by the pack alone, without the database.

What a pack is: a ZIP file that holds its files and no byte besides, and ends with its own hash
(`wrapping`); `manifest.json` with the hash of every other file; `record.txt`, the sealed record of
the day, which names the hash of all that the other files say (`sealing`). The seal is over the
record and the summary. So nothing of a pack changes without its seal, neither money nor a person, a
time, a note or a figure on paper.

Only the seal tells our pack from one that somebody made up: it stands in our record, on the page
of the day, and in the pack of the next day (`--seal`, `--previous`).

What the seal does not see: apostrophes in what people and providers wrote, which guard
spreadsheets, and the spelling of a table, such as quotes that mean nothing.
"""

import csv
import io
import json
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.money import EXPONENTS, to_decimal_text
from payments import sealing, wrapping
from payments.sealing import Record

NotSound = wrapping.NotSound
Sums = defaultdict[tuple[str, str], list[int]]

FORMAT = "guichet-close-pack 2"
MANIFEST, RECORD = "manifest.json", "record.txt"
JOURNALS, POSTINGS, MOVEMENTS = "journals.csv", "postings.csv", "movements.csv"
MESSAGES, STATEMENTS = "messages.csv", "statements.csv"
DIFFERENCES, TOTALS, SUMMARY = "differences.csv", "totals.csv", "summary.pdf"
FILES = (
    RECORD,
    JOURNALS,
    POSTINGS,
    MOVEMENTS,
    MESSAGES,
    STATEMENTS,
    DIFFERENCES,
    TOTALS,
    SUMMARY,
)

# Parts of the record that one file holds, and the mark of its entries.
_FILE_OF = {
    "movements": (MOVEMENTS, "movement"),
    "messages": (MESSAGES, "message"),
    "statements": (STATEMENTS, "statement"),
    "totals": (TOTALS, "total"),
    "differences": (DIFFERENCES, "difference"),
}
_WHOLE = frozenset(currency for currency, exponent in EXPONENTS.items() if exponent == 0)
_LINE_CHARACTERS_MAX = 100_000
_MANIFEST_BYTES_MAX = 1 << 20


@dataclass(frozen=True, slots=True)
class Sound:
    """A pack that is as it was sealed."""

    day: str
    seal: str
    previous: str  # "": the first day.
    journals: int


def verify(path: Path, *, previous: Path | None = None, seal: str = "") -> Sound:
    """
    Check a pack, that it follows on the pack of the day before, and that its seal is a known one.

    :raises NotSound: with the first thing that is not as it was sealed
    :raises OSError: if a file cannot be read
    """
    found = _verified(path)
    if seal.strip() and found.seal != seal.strip().lower():
        raise NotSound(f"the seal is {found.seal}, not the one given")
    if previous is not None:
        before = _verified(previous)
        if before.seal != found.previous or before.day >= found.day:
            raise NotSound(
                f"day {found.day} does not follow on {before.day}: it names another seal"
            )
    return found


def _verified(path: Path) -> Sound:
    wrapping.refuse_changed_bytes(path)
    try:
        with zipfile.ZipFile(path) as pack:
            files = wrapping.read(path, pack)
            manifest = _manifest(pack)
            _refuse_other_files(files, manifest)
            return _sealed(pack, manifest)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, RuntimeError) as error:
        raise NotSound(f"not a readable ZIP file ({type(error).__name__})") from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise NotSound(f"not a pack of a closed day ({type(error).__name__})") from error


def _manifest(pack: zipfile.ZipFile) -> dict[str, Any]:
    if pack.getinfo(MANIFEST).file_size > _MANIFEST_BYTES_MAX:
        raise NotSound("the manifest is too large")
    manifest = json.loads(pack.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise NotSound("this is not a pack that this version can read")
    return dict(manifest)


def _refuse_other_files(files: dict[str, tuple[int, str]], manifest: dict[str, Any]) -> None:
    if files.keys() != {*FILES, MANIFEST}:
        raise NotSound("files were added or taken away")
    for name in FILES:
        told = manifest["files"][name]
        if files[name] != (told["bytes"], told["sha256"]):
            raise NotSound(f"{name} is not as it was sealed")


def manifest_of(record: Record, *, seal: str, files: dict[str, dict[str, Any]]) -> bytes:
    """
    Write what stands in a pack for people: it is spelt in one way, and says nothing else.

    :param files: by name, the "bytes" and the "sha256" of each
    """
    told = {
        "format": FORMAT,
        "seal": seal,
        **_stated(record),
        "files": {
            name: {"bytes": files[name]["bytes"], "sha256": files[name]["sha256"]} for name in FILES
        },
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def columns(mark: str) -> tuple[str, ...]:
    """Return the columns of a file: what is sealed of an entry, and its amounts in major units."""
    fields = sealing.FIELDS[mark]
    return (*fields, *(name.removesuffix("_minor") for name in fields if name.endswith("_minor")))


def _stated(record: Record) -> dict[str, object]:
    return {
        "day": record.day,
        "zone": record.zone,
        "previous": record.previous,
        "prepared_by": record.prepared.name,
        "prepared_at": record.prepared.at,
        "signed_by": record.signed.name,
        "signed_at": record.signed.at,
        "sealed_at": record.sealed_at,
        **{name: entries for name, (entries, _) in record.parts.items()},
    }


def _sealed(pack: zipfile.ZipFile, manifest: dict[str, Any]) -> Sound:
    text, paper = _record(pack), manifest["files"][SUMMARY]
    try:
        record = sealing.read(text.decode())
    except sealing.NoRecord as error:
        raise NotSound("record.txt is no record that this version can read") from error
    if sealing.seal(text, size=paper["bytes"], sha256=paper["sha256"]) != manifest["seal"]:
        raise NotSound("the seal is not that of this record and its summary")
    due = manifest_of(record, seal=manifest["seal"], files=manifest["files"])
    if pack.read(MANIFEST) != due:
        raise NotSound("the manifest does not say what the record says")
    sums: Sums = defaultdict(lambda: [0, 0])
    _compare(record, "journals", _journals(pack, sums), f"{JOURNALS} and {POSTINGS} are")
    _refuse_other_totals(pack, sums)
    for part, (name, mark) in _FILE_OF.items():
        _compare(record, part, _entries(pack, name, mark), f"{name} is")
    return Sound(
        day=record.day,
        seal=manifest["seal"],
        previous=record.previous,
        journals=record.parts["journals"][0],
    )


def _record(pack: zipfile.ZipFile) -> bytes:
    if pack.getinfo(RECORD).file_size > _MANIFEST_BYTES_MAX:
        raise NotSound("the record is too large")
    return pack.read(RECORD)


def _compare(record: Record, part: str, found: tuple[int, str], who: str) -> None:
    if record.parts[part] != found:
        raise NotSound(f"{who} not what was sealed")


def _journals(pack: zipfile.ZipFile, sums: Sums) -> tuple[int, str]:
    """Read the journals with their lines, add them up, and return their part of the record."""
    part = sealing.Part()
    with _rows(pack, JOURNALS, "journal") as heads, _rows(pack, POSTINGS, "line") as lines:
        line = next(lines, None)
        for head in heads:
            part.add("journal", head)
            number, left = head[0], defaultdict[str, int](int)
            while line is not None and line[0] == number:
                _, _, account, currency, told = line
                part.add_more("line", line)
                amount = int(told)
                left[currency] += amount
                sums[account, currency][amount < 0] += abs(amount)
                line = next(lines, None)
            if not left or any(left.values()):
                raise NotSound(f"journal {number} does not sum to zero")
        if line is not None:
            raise NotSound(f"postings.csv has a line of no journal ({line[0]})")
    return part.told()


def _entries(pack: zipfile.ZipFile, name: str, mark: str) -> tuple[int, str]:
    part = sealing.Part()
    with _rows(pack, name, mark) as entries:
        for entry in entries:
            part.add(mark, entry)
    return part.told()


def _refuse_other_totals(pack: zipfile.ZipFile, sums: Sums) -> None:
    with _rows(pack, TOTALS, "total") as totals:
        told = {(row[0], row[1]): [int(row[2]), int(row[3])] for row in totals}
    if told != dict(sums):
        raise NotSound("totals.csv is not the sum of postings.csv")


@contextmanager
def _rows(pack: zipfile.ZipFile, name: str, mark: str) -> Iterator[Iterator[list[str]]]:
    """Yield what is sealed of each row of a file, one at a time; refuse other amounts beside it."""
    with pack.open(name) as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
        rows = csv.reader(_lines(text))
        if tuple(next(rows)) != columns(mark):
            raise NotSound(f"{name} has other columns")
        yield _plain(rows, name, sealing.FIELDS[mark])


def _plain(rows: Iterator[list[str]], name: str, fields: tuple[str, ...]) -> Iterator[list[str]]:
    width = len(fields)
    amounts = [place for place, field in enumerate(fields) if field.endswith("_minor")]
    codes = [place for place, field in enumerate(fields) if field not in sealing.TEXTS]
    currency = fields.index("currency") if amounts else 0
    whole = width + len(amounts)
    for row in rows:
        if len(row) != whole:
            raise NotSound(f"{name} has a row that is too long or too short")
        if any("'" in row[place] for place in codes):
            raise NotSound(f"{name} has an apostrophe where no text is")
        for place, major in zip(amounts, row[width:], strict=True):
            if major != _major(row[place], row[currency]):
                raise NotSound(f"{name}: the amount {major} is not {row[place]} minor units")
        yield row[:width]


def _major(amount_minor: str, currency: str) -> str:
    if currency in _WHOLE:
        return amount_minor
    return to_decimal_text(int(amount_minor), currency) if currency else ""


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(_LINE_CHARACTERS_MAX):
        if len(line) == _LINE_CHARACTERS_MAX:
            raise NotSound("a line is too long")
        yield line
