"""A worker that dies in the middle, as machines do: at once, with all that it had forked."""

import os
import signal
import threading
import time

from config.stack.home import Home
from config.stack.servers import birth

RESTART_SECONDS_MAX = 60.0
POLL_SECONDS = 0.05


class NoWorker(Exception):
    """No worker runs that `make run` started on this data."""


class WorkerToKill:
    """
    The worker of a running stack, which dies when the given number of cases is paid.

    `restarted_at` is the monotonic time at which its successor was seen; 0 before that.
    """

    def __init__(self, home: Home, *, when_paid: int) -> None:
        """:raises NoWorker: where there is none to kill"""
        self.restarted_at = 0.0
        self._home = home
        self._left = when_paid
        self._lock = threading.Lock()
        self._killed = self._pid()

    def note_paid(self) -> None:
        """Count one paid case; with the last of them the worker and its children get KILL."""
        with self._lock:
            self._left -= 1
            if self._left != 0:
                return
        self._killed = self._pid()
        # The supervisor started it as the leader of a group of its own.
        os.killpg(self._killed, signal.SIGKILL)
        threading.Thread(target=self._see_successor, daemon=True).start()

    def _see_successor(self) -> None:
        end = time.monotonic() + RESTART_SECONDS_MAX
        while time.monotonic() < end:
            try:
                if self._pid() != self._killed:
                    self.restarted_at = time.monotonic()
                    return
            except NoWorker:
                pass  # Between the two nobody is named.
            time.sleep(POLL_SECONDS)

    def _pid(self) -> int:
        worker = self._home.running().get("children", {}).get("worker", {})
        pid = int(worker.get("pid", 0))
        # A process id comes round again: the time of its start tells whether it is the same.
        if not pid or birth(pid) != worker["birth"]:
            raise NoWorker
        return pid
