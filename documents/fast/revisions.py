"""
What must be known of a file of our own making to append a revision to it (ISO 32000-1, 7.5.6).

Read by shapes and not as PDF, because we wrote it: whatever has not our shape, to the byte where
it matters, is not our making.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

_HEADER = b"%PDF-1.7\n"
_TRAILER = re.compile(
    rb"trailer\n<<\n/ID \[<([0-9a-f]{32})><([0-9a-f]{32})>\]\n"
    rb"/Info (\d{1,6}) 0 R\n/Root (\d{1,6}) 0 R\n/Size (\d{1,6})\n(?:/Prev (\d{1,10})\n)?>>\n"
    rb"startxref\n(\d{1,10})\n%%EOF\n\Z"
)
_TRAILER_BYTES_MAX = 400
_SECTION = re.compile(rb"(\d{1,6}) (\d{1,6})\n")
_ENTRY_BYTES = 20
_PAGES = re.compile(rb"/Pages (\d{1,6}) 0 R")
_KIDS = re.compile(rb"/Kids \[ (\d{1,6}) 0 R[ 0-9R]* \]")
_FORM = re.compile(rb"\n/AcroForm << /Fields \[ (?:\d{1,6} 0 R )?(\d{1,6}) 0 R \] /SigFlags 3 >>\n")


class NotOurMaking(Exception):
    """The file is not as we write it; the message says where."""


@dataclass(frozen=True)
class Trailer:
    first_id: bytes
    last_id: bytes
    info: int
    root: int
    size: int  # One more than the highest object number.
    previous: int | None  # Where the table of the revision before begins.
    table: int


@dataclass(frozen=True)
class Drawn:
    """A file as it was drawn: no form, nothing signed; `page` is the first."""

    trailer: Trailer
    page: int
    catalog: bytes  # The entries, without the brackets around them.
    page_entries: bytes


@dataclass(frozen=True)
class Certified:
    """A file with the officer's signature and a field for the seal that waits."""

    trailer: Trailer
    seal: int
    seal_entries: bytes


def drawn(data: bytes) -> Drawn:
    """:raises NotOurMaking: if it is not a file that `documents.rendering` has drawn"""
    end = _trailer(data)
    if end.previous is not None or data.count(b"%%EOF") != 1:
        raise NotOurMaking("revisions")
    places = _table(data, end)
    catalog = _entries(data, places, end.root)
    page = _number(_KIDS, _entries(data, places, _number(_PAGES, catalog)))
    page_entries = _entries(data, places, page)
    if any(name in catalog for name in (b"/AcroForm", b"/Perms", b"/Extensions", b"/DSS")):
        raise NotOurMaking("catalogue")
    if b"/Annots" in page_entries or b"/Type /Page" not in page_entries:
        raise NotOurMaking("page")
    return Drawn(end, page, catalog, page_entries)


def certified(data: bytes) -> Certified:
    """:raises NotOurMaking: if it is not a drawn file with our officer's revision and no more"""
    end = _trailer(data)
    if end.previous is None or data.count(b"%%EOF") != 2:
        raise NotOurMaking("revisions")
    places = _table(data, end)
    catalog = _entries(data, places, end.root)
    seal = _number(_FORM, catalog)
    entries = _entries(data, places, seal)
    if b"\n/T (Seal)\n" not in entries or b"/V " in entries:
        raise NotOurMaking("seal")
    return Certified(end, seal, entries)


def appended(end: Trailer, at: int, objects: Mapping[int, bytes], new_id: bytes) -> bytes:
    """
    Return a revision to append at offset `at`: objects by number, their table and its trailer.

    The values are whole, brackets and all.
    """
    parts, places, here = [], {}, at
    for number in sorted(objects):
        places[number] = here
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, objects[number]))
        here += len(parts[-1])
    size = max(end.size, max(objects) + 1)
    sections = b"".join(_section(run, places) for run in _runs(sorted(places)))
    parts.append(
        b"xref\n0 1\n0000000000 65535 f \n%s"
        b"trailer\n<<\n/ID [<%s><%s>]\n/Info %d 0 R\n/Root %d 0 R\n/Size %d\n/Prev %d\n>>\n"
        b"startxref\n%d\n%%%%EOF\n"
        % (sections, end.first_id, new_id, end.info, end.root, size, end.table, here)
    )
    return b"".join(parts)


def _section(run: list[int], places: Mapping[int, int]) -> bytes:
    lines = b"".join(b"%010d 00000 n \n" % places[number] for number in run)
    return b"%d %d\n%s" % (run[0], len(run), lines)


def _runs(numbers: list[int]) -> list[list[int]]:
    runs = [[numbers[0]]]
    for before, number in pairwise(numbers):
        if number != before + 1:
            runs.append([])
        runs[-1].append(number)
    return runs


def _trailer(data: bytes) -> Trailer:
    found = _TRAILER.search(data, max(0, len(data) - _TRAILER_BYTES_MAX))
    if found is None or not data.startswith(_HEADER):
        raise NotOurMaking("trailer")
    info, root, size, previous, table = (
        None if one is None else int(one) for one in found.groups()[2:]
    )
    if None in (info, root, size, table) or not data.startswith(b"xref\n0 ", table):
        raise NotOurMaking("table")
    return Trailer(found[1], found[2], info, root, size, previous, table)  # type: ignore[arg-type]


def _table(data: bytes, end: Trailer) -> dict[int, int]:
    """Return where the objects of the last revision stand."""
    places, at = {}, end.table + len(b"xref\n")
    while section := _SECTION.match(data, at):
        first, count = int(section[1]), int(section[2])
        at = section.end()
        for number in range(first, first + count):
            entry = data[at : at + _ENTRY_BYTES]
            if entry.endswith(b" 00000 n \n"):
                places[number] = int(entry[:10])
            at += _ENTRY_BYTES
    if not data.startswith(b"trailer\n", at):
        raise NotOurMaking("table")
    return places


def _entries(data: bytes, places: Mapping[int, int], number: int) -> bytes:
    """Return what stands between the brackets of a dictionary, line ends around it kept."""
    head, foot = b"%d 0 obj\n<<" % number, b">>\nendobj\n"
    at = places.get(number)
    if at is None or not data.startswith(head, at):
        raise NotOurMaking(f"object {number}")
    end = data.index(foot, at)
    return data[at + len(head) : end]


def _number(shape: re.Pattern[bytes], entries: bytes) -> int:
    found = shape.findall(entries)
    if len(found) != 1:
        raise NotOurMaking("reference")
    return int(found[0])
