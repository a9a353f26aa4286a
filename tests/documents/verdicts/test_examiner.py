"""The process that reads strangers' files has its limits, and outlives what it reads."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from documents.examining import asking, child
from documents.examining.asking import Busy, Examiner
from documents.examining.examination import Trust
from tests.documents import bombs
from tests.documents.forgeries import forging

NOBODY = Trust((), (), (), datetime(2026, 11, 23, 10, tzinfo=UTC))
QUESTION = {"roots": [], "stamp_roots": [], "others": [], "at": NOBODY.at.isoformat()}


@pytest.fixture
def examiner():
    made = Examiner()
    yield made
    made.close()


def test_a_bomb_ends_and_the_next_file_is_read(examiner: Examiner) -> None:
    assert examiner.examine(bombs.shared_kids(30), NOBODY)["gave_up"] == "limits"
    assert examiner.examine(bombs.padded_table(300 * bombs.MB), NOBODY)["gave_up"]
    plain = examiner.examine(forging.somebody_elses(), NOBODY)
    assert plain["structure"] == {"numbers": [], "signatures": []}


def test_what_the_bytes_show_is_told_even_of_a_file_that_cannot_be_read(
    examiner: Examiner,
) -> None:
    told = examiner.examine(b"%PDF-1.7 BC-SECTOR1209-2026-000001-7", NOBODY)

    assert told["numbers"] == ["BC-SECTOR1209-2026-000001-7"]
    assert (told["ends"], "gave_up" in told) == (False, True)


@pytest.mark.parametrize(
    ("killed_by", "why"),
    [(signal.SIGKILL, "starved"), (signal.SIGXCPU, "limits")],
)
def test_a_reader_that_the_machine_took_away_says_nothing_of_the_file(
    monkeypatch: pytest.MonkeyPatch, killed_by: signal.Signals, why: str
) -> None:
    monkeypatch.setattr(child, "read", lambda *_: os.kill(os.getpid(), killed_by))

    assert child.answer_in_a_child(QUESTION, b"%PDF-")["gave_up"] == why


def test_a_reader_that_never_ran_says_nothing_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "WALL_SECONDS", 0)

    assert child.answer_in_a_child(QUESTION, b"%PDF-")["gave_up"] == "starved"


def test_a_reader_keeps_nothing_that_the_examiner_has_open(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()

    def tell(*_: object) -> Iterator[dict[str, Any]]:
        for number, end in enumerate((ours, theirs)):
            try:
                os.fstat(end.fileno())
                yield {str(number): "open"}
            except OSError:
                yield {str(number): "closed"}

    monkeypatch.setattr(child, "read", tell)
    with ours, theirs:
        told = child.answer_in_a_child(QUESTION, b"%PDF-")
    assert (told["0"], told["1"]) == ("closed", "closed")


def test_it_starts_anew_when_it_has_died(examiner: Examiner) -> None:
    examiner.examine(forging.somebody_elses(), NOBODY)
    first = examiner._process
    os.kill(first.pid, signal.SIGKILL)
    first.wait()

    assert "structure" in examiner.examine(forging.somebody_elses(), NOBODY)
    assert examiner._process is not first


def test_a_process_that_was_forked_off_has_one_of_its_own(
    examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    examiner.examine(forging.somebody_elses(), NOBODY)
    first = examiner._process
    # As after a fork: the process is another one, and what it inherited is not its own.
    monkeypatch.setattr(asking.os, "getpid", lambda: -1)
    assert "structure" in examiner.examine(forging.somebody_elses(), NOBODY)
    assert examiner._process is not first
    first.kill()
    first.wait()


def test_the_fourth_who_waits_is_told_to_come_again(
    examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, go_on = threading.Semaphore(0), threading.Event()

    def slow(*_: object) -> dict[str, object]:
        inside.release()
        go_on.wait(20)
        return {}

    monkeypatch.setattr(examiner, "_ask", slow)
    waiting = [
        threading.Thread(target=examiner.examine, args=(b"", NOBODY))
        for _ in range(asking.WAITING_MAX)
    ]
    for each in waiting:
        each.start()
    inside.acquire(timeout=20)
    while examiner._room._value:  # All three have their place.
        go_on.wait(0.01)
    with pytest.raises(Busy):
        examiner.examine(b"", NOBODY)
    go_on.set()
    for each in waiting:
        each.join(20)


def test_it_knows_no_secret_of_the_house(examiner: Examiner) -> None:
    examiner.examine(forging.somebody_elses(), NOBODY)

    with open(f"/proc/{examiner._process.pid}/environ", "rb") as file:
        names = {line.partition(b"=")[0] for line in file.read().split(b"\0") if line}
    assert names <= {b"PATH", b"LANG", b"LC_CTYPE"}


OPENING = """
import socket
from documents.examining.child import _confine
_confine()
for opened in (lambda: open("/etc/hostname"), socket.socket):
    try:
        opened()
    except OSError:
        continue
    raise SystemExit(1)
"""


def test_the_limits_let_no_file_and_no_socket_be_opened() -> None:
    assert subprocess.run([sys.executable, "-c", OPENING], cwd=asking._ROOT).returncode == 0
