"""One question in a process of its own: bounded in time and memory, without files or network."""

import asyncio
import json
import os
import resource
import select
import signal
from collections.abc import Iterator
from datetime import datetime
from time import monotonic
from typing import Any, NoReturn

from documents.examining.examination import Trust, examine, glance

CPU_SECONDS = 2
# The machine may be busy: what takes 0.1 s alone is given this long.
WALL_SECONDS = 6.0
MEMORY_BYTES = 256 * 1024 * 1024
ANSWER_BYTES_MAX = 64 * 1024
READINGS = 2
# Why there is no second reading, where it is no error: the file took too much, or the machine gave
# the child less than a paper takes, and the file is not to blame.
LIMITS, STARVED = "limits", "starved"
HONEST_CPU_SECONDS = 0.25
_FIRST_OF_OURS, _DESCRIPTORS_MAX = 3, 1 << 16


def answer_in_a_child(question: dict[str, Any], data: bytes) -> dict[str, Any]:
    """
    Return both readings in one; `gave_up` says why the second is missing, or both, and
    `cpu_seconds` what they took.

    The child never outlives the answer.
    """
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receiving)
        _read_and_leave(question, data, sending)
    os.close(sending)
    try:
        told, ended = _told(receiving, monotonic() + WALL_SECONDS)
    finally:
        os.close(receiving)
        # Of one that has ended, the end that it had is told.
        os.kill(child, signal.SIGKILL)
        _, status, spent = os.wait4(child, 0)
    killed = ended and os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    late = not ended and len(told) <= ANSWER_BYTES_MAX
    used = spent.ru_utime + spent.ru_stime
    why = STARVED if killed or (late and used < HONEST_CPU_SECONDS) else LIMITS
    lines = told[:ANSWER_BYTES_MAX].splitlines()
    found: dict[str, Any] = {"cpu_seconds": used}
    if len(lines) < READINGS:
        found["gave_up"] = why
    for line in lines:
        try:
            found |= json.loads(line)
        except ValueError:  # Its time was up in the middle of a word.
            found["gave_up"] = why
    return found


def _told(receiving: int, deadline: float) -> tuple[bytes, bool]:
    """Return what the child says until it ends, says too much or is late; and whether it ended."""
    told = b""
    while len(told) <= ANSWER_BYTES_MAX:
        left = deadline - monotonic()
        if left <= 0 or not select.select([receiving], [], [], left)[0]:
            break
        more = os.read(receiving, ANSWER_BYTES_MAX)
        if not more:
            return told, True
        told += more
    return told, False


def _read_and_leave(question: dict[str, Any], data: bytes, sending: int) -> NoReturn:
    """Never returns into the parent's code, whatever happens."""
    try:
        _leave_behind_all_but(sending)
        loop = asyncio.new_event_loop()
        _confine()
        for found in read(data, _trust(question), loop):
            _say(sending, found)
    finally:
        os._exit(0)


def read(data: bytes, trust: Trust, loop: asyncio.AbstractEventLoop) -> Iterator[dict[str, Any]]:
    """Yield both readings, each as soon as it is there; `gave_up` says why the second is none."""
    yield glance(data)
    try:
        yield {"structure": loop.run_until_complete(examine(data, trust))}
    # Whatever a hostile file raises, RecursionError and MemoryError too.
    except Exception as error:
        yield {"gave_up": type(error).__name__}


def _say(sending: int, what: dict[str, Any]) -> None:
    os.write(sending, json.dumps(what).encode() + b"\n")


def _leave_behind_all_but(kept: int) -> None:
    """Close what was inherited: the examiner's channel most of all, which must end with it."""
    os.closerange(_FIRST_OF_OURS, kept)
    os.closerange(kept + 1, _DESCRIPTORS_MAX)


def _confine() -> None:
    pages = int(open("/proc/self/statm").read().split()[0])  # noqa: SIM115
    memory = pages * resource.getpagesize() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # SIGXCPU at its end; SIGKILL at the harder one would look like somebody else's.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # No descriptor can be opened any more: no file, and no socket to anywhere.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _trust(question: dict[str, Any]) -> Trust:
    def ders(name: str) -> tuple[bytes, ...]:
        return tuple(bytes.fromhex(each) for each in question[name])

    return Trust(
        roots=ders("roots"),
        stamp_roots=ders("stamp_roots"),
        others=ders("others"),
        at=datetime.fromisoformat(question["at"]),
    )
