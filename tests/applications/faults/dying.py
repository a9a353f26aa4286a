"""
A process that plays a worker and dies with -9 at the moment that it was told.

A moment is before or after a statement, before or after a commit, and each time that a file is
written or renamed or the network is called. One order a line comes in; what became of it goes out.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django

_WRITES = os.O_WRONLY | os.O_RDWR
_TOUCHES = {"os.rename", "os.link", "socket.connect"}


class Fate:
    """Counts moments, and ends the process at the one that was told; 0 never comes."""

    def __init__(self, dies_at: int) -> None:
        self.moments = 0
        self._dies_at = dies_at

    def moment(self) -> None:
        self.moments += 1
        if self.moments == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.moment()
        answer = execute(sql, params, many, context)
        self.moment()
        return answer

    def watch(self, files: str) -> None:
        """Count what the process does to the database, to these files and to the network."""
        from django.db import connection  # noqa: PLC0415 - after the fork, as all it opens

        commit = connection.commit

        def committed() -> None:
            self.moment()
            commit()
            self.moment()

        connection.commit = committed  # type: ignore[method-assign]
        connection.execute_wrappers.append(self.statement)

        def heard(event: str, values: tuple[Any, ...]) -> None:
            written = event == "open" and bool(values[2] & _WRITES) and files in str(values[0])
            if event in _TOUCHES or written:
                self.moment()

        sys.addaudithook(heard)


def play(order: dict[str, Any]) -> int:
    """Do one step of the story and return how many moments it had."""
    from django.conf import settings  # noqa: PLC0415 - after django.setup()

    from tests.applications.faults import steps  # noqa: PLC0415 - after django.setup()

    settings.FILES_DIR, settings.PKI_DIR = order["files"], order["pki"]
    settings.GATEWAYS = {**settings.GATEWAYS, "sms": order["sms"]}
    fate = Fate(order["dies_at"])
    fate.watch(order["files"])
    step = getattr(steps, order["step"])
    step(order["case"], datetime.fromisoformat(order["at"]))
    return fate.moments


def main() -> None:
    django.setup()
    from tests.applications.faults import steps  # noqa: F401, PLC0415 - read once for all forks

    _say("ready")
    for line in sys.stdin:
        end, begin = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(begin, str(play(json.loads(line))).encode())
            os._exit(0)
        os.close(begin)
        _, status = os.waitpid(pid, 0)
        told = os.read(end, 20).decode()
        os.close(end)
        _say(json.dumps({"signal": os.WTERMSIG(status), "moments": int(told or 0)}))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
