"""
The ZIP file around an auditor's pack: written in one form, and nothing else fits into it.

Its comment is the hash of every byte before the hash itself. Its entries follow each other from the
first byte to their list, each with one header and with no byte after its end, so that no second
file hides before, between or behind them.
"""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

MARK = b"sha256:"
DIGEST_CHARACTERS = 64

# A ZIP file has no zone; the moment of the signature stands in the manifest.
_STAMP = (1980, 1, 1, 0, 0, 0)
_PIECE_BYTES = 1 << 20
# APPNOTE 4.5.3: the sizes and the place of an entry too large for 32 bits, in the list of entries.
_LARGE_BYTES_MAX = 28


class NotSound(Exception):
    """The pack is not what was sealed; the message says in one line where it differs."""


def entry(name: str) -> zipfile.ZipInfo:
    """Return what a pack says of an entry before it is written; open it with `force_zip64`."""
    info = zipfile.ZipInfo(name, _STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def end_with_its_hash(file: IO[bytes]) -> None:
    """Put the hash of all bytes before it into the comment, which is what the file ends with."""
    body = file.seek(0, 2) - DIGEST_CHARACTERS
    file.seek(0)
    digest = _hashed(file, body)
    file.seek(body)
    file.write(digest.encode())


def refuse_changed_bytes(path: Path) -> None:
    """:raises NotSound: if a byte was changed without care"""
    with path.open("rb") as file:
        body = os.fstat(file.fileno()).st_size - DIGEST_CHARACTERS
        if body <= len(MARK):
            raise NotSound("not a pack of a closed day (too short)")
        file.seek(body - len(MARK))
        tail = file.read()
        if not tail.startswith(MARK):
            raise NotSound("not a pack of a closed day (it does not end with its hash)")
        file.seek(0)
        if _hashed(file, body) != tail[len(MARK) :].decode("ascii", "replace"):
            raise NotSound("bytes were changed: the file is not the hash that it ends with")


def read(path: Path, pack: zipfile.ZipFile) -> dict[str, tuple[int, str]]:
    """
    Return how many bytes each entry of an open pack holds, and their SHA-256 in hex.

    :raises NotSound: if the file holds anything besides its entries
    """
    found: dict[str, tuple[int, str]] = {}
    if len(pack.comment) != len(MARK) + DIGEST_CHARACTERS:
        raise NotSound("something hides in its comment")
    with path.open("rb") as file:
        for info in sorted(pack.infolist(), key=lambda one: one.header_offset):
            if info.header_offset != file.tell() or info.filename in found:
                raise NotSound("something hides between its files")
            _refuse_other_header(file, info)
            found[info.filename] = _inflated(_pieces(file, info.compress_size))
            if found[info.filename][0] != info.file_size:
                raise NotSound("a file of it is not as long as its header says")
        if file.tell() != pack.start_dir:
            raise NotSound("something hides behind its files")
    return found


def _refuse_other_header(file: IO[bytes], info: zipfile.ZipInfo) -> None:
    due = entry(info.filename)
    due.CRC, due.compress_size, due.file_size = info.CRC, info.compress_size, info.file_size
    header = due.FileHeader(zip64=True)
    if (
        file.read(len(header)) != header
        # The list of entries says the same again: what a reader goes by is what was hashed.
        or (info.flag_bits, info.compress_type) != (due.flag_bits, due.compress_type)
        or info.comment
        or len(info.extra) > _LARGE_BYTES_MAX
    ):
        raise NotSound("something hides in the header of a file")


def _inflated(pieces: Iterator[bytes]) -> tuple[int, str]:
    inflate, digest, size = zlib.decompressobj(-zlib.MAX_WBITS), hashlib.sha256(), 0
    for piece in pieces:
        left = piece
        while left:
            if inflate.eof:
                raise NotSound("something hides after the end of a file")
            plain = inflate.decompress(left, _PIECE_BYTES)
            digest.update(plain)
            size += len(plain)
            left = inflate.unconsumed_tail
    plain = inflate.flush()
    digest.update(plain)
    if inflate.unused_data or not inflate.eof:
        raise NotSound("something hides after the end of a file, or it is cut")
    return size + len(plain), digest.hexdigest()


def _pieces(file: IO[bytes], size: int) -> Iterator[bytes]:
    left = size
    while left and (piece := file.read(min(left, _PIECE_BYTES))):
        yield piece
        left -= len(piece)


def _hashed(file: IO[bytes], size: int) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(file, size):
        digest.update(piece)
    return digest.hexdigest()
