"""The house's side of `kernel.cleaning`: one process a file, with its limits, and no secret."""

import json
import os
import select
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic
from typing import Final

from kernel.cleaning.reasons import Refused, Why

# An honest photo takes a second alone; the machine may be busy.
WALL_SECONDS: Final = 25.0
# A PNG written anew may be larger than it came.
CLEAN_BYTES_MAX: Final = 16 * 1024 * 1024
AT_ONCE_MAX: Final = 2
_WAIT_SECONDS: Final = 5.0
_CHUNK_BYTES: Final = 1 << 20
_LINE_BYTES_MAX: Final = 200
_ROOT = Path(__file__).resolve().parent.parent.parent
_room = threading.BoundedSemaphore(AT_ONCE_MAX)


class Busy(Exception):
    """Too many files are being looked at; in some seconds there may be room."""


def wash(data: bytes, form: str) -> tuple[bytes, int]:
    """
    Return the bytes to keep and how many pages they have.

    :param form: "jpeg", "png" or "pdf", by what the bytes begin with
    :raises Refused: if the file is not taken
    :raises Busy: if others wait already
    """
    if not _room.acquire(timeout=_WAIT_SECONDS):
        raise Busy
    try:
        told = _told(data, form)
    finally:
        _room.release()
    line, _, clean = told.partition(b"\n")
    try:
        said = json.loads(line[:_LINE_BYTES_MAX])
        if "refused" in said:
            raise Refused(Why(said["refused"]))
        pages = int(said["pages"])
    # It was killed at its limits, or says what no child of ours would say.
    except (ValueError, KeyError, TypeError):
        raise Refused(Why.LIMITS) from None
    return (data if form == "pdf" else clean), pages


def _told(data: bytes, form: str) -> bytes:
    """Return what the child says until it ends; too much, or too late, is the file's fault."""
    # Never on a disk: the child reads it from memory, and no pipe can fill up between us.
    given = os.memfd_create("upload")
    try:
        with open(given, "wb", closefd=False) as written:
            written.write(data)
        os.lseek(given, 0, os.SEEK_SET)
        child = subprocess.Popen(  # noqa: S603 (our own module, by our own interpreter)
            [sys.executable, "-m", "kernel.cleaning", form],
            cwd=_ROOT,
            # Neither the database's password nor any other secret goes with it.
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    finally:
        os.close(given)
    try:
        return _heard(child)
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def _heard(child: "subprocess.Popen[bytes]") -> bytes:
    if child.stdout is None:
        raise RuntimeError("the child was started with a pipe")
    told = bytearray()
    deadline = monotonic() + WALL_SECONDS
    while True:
        left = deadline - monotonic()
        if left <= 0 or not select.select([child.stdout], [], [], left)[0]:
            raise Refused(Why.LIMITS)
        more = os.read(child.stdout.fileno(), _CHUNK_BYTES)
        if not more:
            _require_good_end(child, seconds=deadline - monotonic())
            return bytes(told)
        told += more
        if len(told) > CLEAN_BYTES_MAX:
            raise Refused(Why.TOO_LARGE)


def _require_good_end(child: "subprocess.Popen[bytes]", *, seconds: float) -> None:
    """Killed at its limits while it writes, it leaves half a photo behind a good word."""
    try:
        status = child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Refused(Why.LIMITS) from None
    if status != 0:
        raise Refused(Why.LIMITS)
