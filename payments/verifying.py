"""
Checking an auditor's pack, by the pack alone: no database, nothing but the standard library.

What a pack is: a ZIP file whose comment is the hash of every byte before the hash itself, so that
no byte of it can change unseen; `manifest.json` with the hash of every other file; the day's
journals and their lines, from which the seal is made anew. Whoever rewrites a journal, a line or a
total changes the seal, which is not that of the record, nor that which the pack of the next day
names. The other files are held by the pack's own hash alone: whoever writes a whole pack anew can
change them, and only the database's record, or a pack from another hand, tells.
"""

import csv
import hashlib
import io
import json
import os
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from payments import sealing

FORMAT = "guichet-close-pack 1"
MARK = b"sha256:"
DIGEST_CHARACTERS = 64
MANIFEST = "manifest.json"
JOURNALS, POSTINGS, MOVEMENTS = "journals.csv", "postings.csv", "movements.csv"
DIFFERENCES, TOTALS, SUMMARY = "differences.csv", "totals.csv", "summary.pdf"
FILES = (JOURNALS, POSTINGS, MOVEMENTS, DIFFERENCES, TOTALS, SUMMARY)
JOURNAL_FIELDS = ("journal", "kind", "subject", "occurred_at", "reverses")
LINE_FIELDS = ("journal", "line", "account", "currency", "amount_minor")

_PIECE_BYTES = 1 << 20
_LINE_CHARACTERS_MAX = 100_000
_MANIFEST_BYTES_MAX = 1 << 20


class NotSound(Exception):
    """The pack is not what was sealed; the message says in one line where it differs."""


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
    if seal and found.seal != seal.strip().lower():
        raise NotSound(f"the seal is {found.seal}, not the one given")
    if previous is not None:
        before = _verified(previous)
        if before.seal != found.previous or before.day >= found.day:
            raise NotSound(
                f"day {found.day} does not follow on {before.day}: it names another seal"
            )
    return found


def _verified(path: Path) -> Sound:
    _refuse_changed_bytes(path)
    try:
        with zipfile.ZipFile(path) as pack:
            manifest = _manifest(pack)
            _refuse_other_files(pack, manifest)
            return _sealed(pack, manifest)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        raise NotSound(f"not a readable ZIP file ({type(error).__name__})") from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise NotSound(f"not a pack of a closed day ({type(error).__name__})") from error


def _refuse_changed_bytes(path: Path) -> None:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        body = size - DIGEST_CHARACTERS
        if body <= len(MARK):
            raise NotSound("not a pack of a closed day (too short)")
        file.seek(body - len(MARK))
        tail = file.read()
        if not tail.startswith(MARK):
            raise NotSound("not a pack of a closed day (it does not end with its hash)")
        file.seek(0)
        if hashed(file, body) != tail[len(MARK) :].decode("ascii", "replace"):
            raise NotSound("bytes were changed: the file is not the hash that it ends with")


def hashed(file: IO[bytes], size: int) -> str:
    """Return the SHA-256, in hex, of the next `size` bytes."""
    digest, left = hashlib.sha256(), size
    while left and (piece := file.read(min(left, _PIECE_BYTES))):
        digest.update(piece)
        left -= len(piece)
    return digest.hexdigest()


def _manifest(pack: zipfile.ZipFile) -> dict[str, Any]:
    if pack.getinfo(MANIFEST).file_size > _MANIFEST_BYTES_MAX:
        raise NotSound("the manifest is too large")
    manifest = json.loads(pack.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise NotSound("this is not a pack that this version can read")
    return dict(manifest)


def _refuse_other_files(pack: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    if sorted(pack.namelist()) != sorted((*FILES, MANIFEST)):
        raise NotSound("files were added or taken away")
    for name in FILES:
        stated = manifest["files"][name]
        info = pack.getinfo(name)
        with pack.open(name) as file:
            if (
                info.file_size != stated["bytes"]
                or hashed(file, info.file_size) != stated["sha256"]
            ):
                raise NotSound(f"{name} is not as it was sealed")


def _sealed(pack: zipfile.ZipFile, manifest: dict[str, Any]) -> Sound:
    seal = sealing.Seal(day=manifest["day"], previous=manifest["previous"])
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    journals = 0
    with (
        _rows(pack, JOURNALS, JOURNAL_FIELDS) as heads,
        _rows(pack, POSTINGS, LINE_FIELDS) as lines,
    ):
        line = next(lines, None)
        for number, *rest in heads:
            *told, reverses = rest
            seal.journal(number, *told, reverses or "-")
            journals += 1
            left: defaultdict[str, int] = defaultdict(int)
            while line is not None and line[0] == number:
                _, place, account, currency, amount = line
                seal.line(place, account, currency, amount)
                left[currency] += int(amount)
                sums[account, currency][int(amount) < 0] += abs(int(amount))
                line = next(lines, None)
            if any(left.values()) or not left:
                raise NotSound(f"journal {number} does not sum to zero")
        if line is not None:
            raise NotSound(f"postings.csv has a line of no journal ({line[0]})")
    if seal.hexdigest() != manifest["seal"]:
        raise NotSound("the seal is not that of these journals")
    if journals != manifest["journals"]:
        raise NotSound("journals were added or taken away")
    _refuse_other_totals(pack, sums)
    return Sound(
        day=manifest["day"],
        seal=manifest["seal"],
        previous=manifest["previous"],
        journals=journals,
    )


def _refuse_other_totals(pack: zipfile.ZipFile, sums: dict[tuple[str, str], list[int]]) -> None:
    fields = ("account", "currency", "debit_minor", "credit_minor")
    with _rows(pack, TOTALS, fields) as totals:
        told = {(row[0], row[1]): [int(row[2]), int(row[3])] for row in totals}
    if told != dict(sums):
        raise NotSound("totals.csv is not the sum of postings.csv")


@contextmanager
def _rows(
    pack: zipfile.ZipFile, name: str, fields: tuple[str, ...]
) -> Iterator[Iterator[list[str]]]:
    """Yield the rows of a file in the order of `fields`, one at a time."""
    with pack.open(name) as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
        rows = csv.reader(_lines(text))
        header = next(rows)
        places = [header.index(field) for field in fields]
        yield ([row[place] for place in places] for row in rows)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(_LINE_CHARACTERS_MAX):
        if len(line) == _LINE_CHARACTERS_MAX:
            raise NotSound("a line is too long")
        yield line
