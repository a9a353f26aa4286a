"""Processes of the product under measurement, and what they cost."""

import contextlib
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.stack.children import Child

STOP_SECONDS = 20.0
READY_SECONDS = 60.0
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass
class Cpu:
    """Seconds of processor time by role, since `begin`."""

    roles: dict[str, int]  # Process ids; each counts with all that descend from it.
    begun: dict[str, float]

    @classmethod
    def begin(cls, roles: dict[str, int]) -> "Cpu":
        return cls(roles, {role: spent(pid) for role, pid in roles.items()})

    def seconds(self) -> dict[str, float]:
        return {role: spent(pid) - self.begun[role] for role, pid in self.roles.items()}


def spent(pid: int) -> float:
    """Return the processor seconds of a process and its descendants, ended ones too."""
    own: dict[int, tuple[int, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # It ended: its parent has it in its own count.
            after_name = stat.read_text().rsplit(")", 1)[1].split()
            own[int(stat.parent.name)] = int(after_name[1]), sum(map(int, after_name[11:15]))
    family = {pid}
    # A child's number may be below its parent's once they have come round.
    while more := {one for one, (parent, _) in own.items() if parent in family} - family:
        family |= more
    return sum(own[one][1] for one in family if one in own) / TICKS_A_SECOND


@contextmanager
def running(children: list[Child]) -> Iterator[dict[str, int]]:
    """Start them; yields their process ids by name; stops them in the same order."""
    with ExitStack() as stack:
        for child in children:
            child.start()
            stack.callback(_stop, child)
        yield {child.name: child.facts["pid"] for child in children}


def _stop(child: Child) -> None:
    child.ask_to_stop()
    child.wait_stopped(time.monotonic() + STOP_SECONDS)


def wait_answers(url: str) -> None:
    """
    Wait until something answers there, whatever it says.

    :raises TimeoutError: after a minute
    """
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)


def wheel_program(name: str, folder: Path) -> str:
    """Return the path of a program beside PostgreSQL's own, else on PATH."""
    beside = folder / name
    return str(beside) if beside.exists() else name


def output(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip()[-2000:])
    return done.stdout
