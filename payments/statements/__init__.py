"""Readers of bank and network statements: bytes in, what they say out. No database, no network."""

import re
from collections.abc import Iterable, Iterator, Sequence

from . import camt, csvlayout, csvrows, mt940
from .base import CannotRead, Entry, Problem, Statement
from .csvlayout import Layout
from .limits import BYTES_MAX

__all__ = ["CannotRead", "Entry", "Layout", "Problem", "Statement", "read", "stream"]

# Either SWIFT's envelope or a field at the start of a line.
_SWIFT = re.compile(
    rb"(?:^|[\r\n])(?:\{1:F|:(?:1[23][A-Z]?|2[0158]C?|34F|6[0-5][FM]?|86|90[CD]|NS):)"
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HEAD_BYTES = 65_536


def read(data: bytes, *, layouts: Sequence[Layout] | None = None) -> list[Statement]:
    """
    Find the format of the bytes and return the statements they carry.

    :param layouts: what CSV may look like; by default those that come with the house
    :raises CannotRead: in one line, whatever the bytes are
    """
    return list(stream(data, layouts=layouts))


def stream(data: bytes, *, layouts: Sequence[Layout] | None = None) -> Iterator[Statement]:
    """Yield the statements as they are read; the last ones of a cut file raise `CannotRead`."""
    if len(data) > BYTES_MAX:
        raise CannotRead("size", f"The file is larger than {BYTES_MAX // 2**20} MB.")
    head = data[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        raise CannotRead("empty", "The file is empty.")
    yield from _by_format(data, head, layouts)


def _by_format(data: bytes, head: bytes, layouts: Sequence[Layout] | None) -> Iterable[Statement]:
    if head.startswith((b"<", *_UTF16)):
        return camt.read(data)
    if _SWIFT.search(head):
        return mt940.read(data)
    return [csvrows.read(data, csvlayout.house() if layouts is None else layouts)]
