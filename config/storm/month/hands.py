"""More hands for the news of the month: processes that deliver what is due when they are told."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, cast

_ROOT = Path(__file__).resolve().parents[3]


class Hand:
    """A process that drains the outbox at a simulated moment (`manage.py play_hand`)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "play_hand"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._said = cast("IO[str]", self._process.stdin)
        self._heard = cast("IO[str]", self._process.stdout)

    def begin(self, now: datetime) -> None:
        self._said.write(f"{now.isoformat()}\n")

    def finish(self) -> int:
        """Wait until nothing is due; return how many deliveries it has claimed."""
        return int(self._heard.readline())

    def stop(self) -> None:
        self._process.communicate()


@contextmanager
def hired(many: int) -> Iterator[Sequence[Hand]]:
    """Start so many, and stop them in the end."""
    hands = [Hand() for _ in range(many)]
    try:
        yield hands
    finally:
        for hand in hands:
            hand.stop()
