"""
Asking the examiner: one a process of the web, started when it is first needed.

At most three questions wait at a time, each with its limits, so that a crowd of strangers costs
the process one core's share and a few megabytes, and is told to come again.
"""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import structlog

from documents.examining import frames
from documents.examining.child import WALL_SECONDS
from documents.examining.examination import Trust

log = structlog.get_logger()

WAITING_MAX = 3
_START_SECONDS = 20.0
_ROOT = Path(__file__).resolve().parent.parent.parent


class Busy(Exception):
    """Too many files are being examined; in some seconds there may be room."""


class NoExaminer(Exception):
    """The examining process cannot be started, or has died twice."""


class Examiner:
    """One process and the channel to it. Safe for threads: they take turns."""

    def __init__(self) -> None:
        self._room = threading.BoundedSemaphore(WAITING_MAX)
        self._turn = threading.Lock()
        self._channel: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def examine(self, data: bytes, trust: Trust) -> dict[str, Any]:
        """
        Return the examination, or `gave_up` where the file does not let itself be read in limits.

        :raises Busy: if three wait already
        :raises NoExaminer: if there is none to ask
        :raises frames.TooLong: if the question is longer than a frame: a fault of ours
        """
        question = json.dumps(
            {
                "roots": [der.hex() for der in trust.roots],
                "stamp_roots": [der.hex() for der in trust.stamp_roots],
                "others": [der.hex() for der in trust.others],
                "at": trust.at.isoformat(),
            }
        ).encode()
        frames.require_short(question, data)
        with self._place(), self._turn:
            for _ in range(2):  # It may have died since it was last asked.
                with suppress(OSError, frames.Closed, ValueError):
                    return self._ask(question, data)
                self.close()
        log.error("verify.no_examiner")
        raise NoExaminer

    def close(self) -> None:
        """End the process; the next question starts another."""
        channel, process, owner = self._channel, self._process, self._owner
        self._channel = self._process = None
        if channel is not None:
            channel.close()
        if process is not None and owner == os.getpid():
            process.kill()
            process.wait()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise Busy
        try:
            yield
        finally:
            self._room.release()

    def _ask(self, question: bytes, data: bytes) -> dict[str, Any]:
        channel = self._open()
        frames.send(channel, question)
        frames.send(channel, data)
        found: dict[str, Any] = json.loads(frames.receive(channel))
        channel.settimeout(WALL_SECONDS * 2)
        return found

    def _open(self) -> socket.socket:
        if self._channel is not None and self._owner == os.getpid():
            return self._channel
        # After a fork the parent's examiner is the parent's.
        self.close()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own module, by our own interpreter)
                [sys.executable, "-m", "documents.examining", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=_ROOT,
                # Neither the database's password nor any other secret goes with it.
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        ours.settimeout(_START_SECONDS)
        self._channel, self._owner = ours, os.getpid()
        return ours


EXAMINER = Examiner()
atexit.register(EXAMINER.close)
