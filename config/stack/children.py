"""A process that the supervisor keeps alive."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from config.stack.home import ROOT
from config.stack.servers import birth, dies_with_parent

LOG_BYTES_MAX = 5_000_000
STEADY_SECONDS = 30.0
BACKOFF_SECONDS_MAX = 15.0


@dataclass(kw_only=True)
class Child:
    """One command under supervision; its words go to `log`."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    failures: int = field(default=0, init=False)
    started_at: float = field(default=0.0, init=False)
    next_start_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Call from the main thread only: the signal at a parent's death belongs to a thread."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*dies_with_parent(), *self.command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started_at = time.monotonic()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def facts(self) -> dict[str, int]:
        pid = self.process.pid if self.process is not None else 0
        return {"pid": pid, "birth": birth(pid)}

    def tend(self) -> str:
        """Start it again when it has died and its pause is over; returns what there is to say."""
        if self.alive or self.process is None:
            return ""
        now = time.monotonic()
        if self.next_start_at == 0.0:
            return self._mourn(self.process, now)
        if now < self.next_start_at:
            return ""
        self.next_start_at = 0.0
        self.start()
        return f"{self.name} started again"

    def _mourn(self, process: subprocess.Popen[bytes], now: float) -> str:
        # What it had forked may hold its port or its work.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        self.failures = 0 if now - self.started_at > STEADY_SECONDS else self.failures + 1
        pause = min(0.25 * 2**self.failures, BACKOFF_SECONDS_MAX)
        self.next_start_at = now + pause
        return f"{self.name} ended ({_how(process.returncode)}); again in {pause:.1f} s: {self.log}"

    def ask_to_stop(self) -> None:
        if self.process is not None and self.alive:
            self.process.terminate()

    def wait_stopped(self, until: float) -> None:
        """Wait to the monotonic time `until`, then kill it and all that it had forked."""
        if self.process is None or not self.alive:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, until - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
