"""
Asks a virus scanner that runs beside us: clamd, by its INSTREAM command (man 8 clamd).

The bytes go in chunks, each behind its length in four bytes; an empty chunk ends them.
"""

import socket
import struct
from contextlib import suppress
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import structlog

log = structlog.get_logger()

PAGE_SECONDS: Final = 2.0
"""What a page waits for the scanner; an errand waits longer, and asks again."""
ERRAND_SECONDS: Final = 6.0
_CHUNK_BYTES: Final = 64 * 1024
_ANSWER_BYTES_MAX: Final = 4096
_LENGTH = struct.Struct(">I")


class Silent(Exception):
    """The scanner cannot be had now, or gives no verdict: nothing is known of the file."""


def is_clean(data: bytes, *, address: str, seconds: float) -> bool:
    """
    Ask the scanner; False says that it found something.

    :param address: `tcp://host:port` or `unix:///path`
    :param seconds: for all of it, from the first knock to the verdict
    :raises Silent: if it does not answer within the seconds, or answers anything else
    """
    deadline = monotonic() + seconds
    try:
        with _connected(address, seconds) as scanner:
            # A scanner that has seen enough, or too much, answers and hangs up while we speak.
            with suppress(BrokenPipeError, ConnectionResetError):
                _say(scanner, data, deadline)
            answer = _heard(scanner, deadline)
    except OSError as trouble:
        log.warning("uploads.scanner_silent", trouble=type(trouble).__name__)
        raise Silent from None
    if answer.endswith(b" FOUND"):
        return False
    if answer == b"stream: OK":
        return True
    log.warning("uploads.scanner_no_verdict")
    raise Silent


def _connected(address: str, seconds: float) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        scanner.settimeout(seconds)
        try:
            scanner.connect(parts.path)
        except OSError:
            scanner.close()
            raise
        return scanner
    if parts.hostname is None or parts.port is None:
        raise ValueError("CLAMD_ADDRESS is tcp://host:port or unix:///path")
    return socket.create_connection((parts.hostname, parts.port), timeout=seconds)


def _limit(scanner: socket.socket, deadline: float) -> None:
    """Let the next word take what is left: a socket's own limit begins anew with each."""
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    scanner.settimeout(left)


def _say(scanner: socket.socket, data: bytes, deadline: float) -> None:
    scanner.sendall(b"zINSTREAM\0")
    for begin in range(0, len(data), _CHUNK_BYTES):
        chunk = data[begin : begin + _CHUNK_BYTES]
        _limit(scanner, deadline)
        scanner.sendall(_LENGTH.pack(len(chunk)) + chunk)
    scanner.sendall(_LENGTH.pack(0))


def _heard(scanner: socket.socket, deadline: float) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _ANSWER_BYTES_MAX:
        _limit(scanner, deadline)
        more = scanner.recv(_ANSWER_BYTES_MAX)
        if not more:
            break
        answer += more
    return answer.rstrip(b"\0\n")
