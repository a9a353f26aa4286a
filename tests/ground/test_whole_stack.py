"""`make run` as a person meets it: up, hurt in every part, killed, and up again with its data."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.stack.home import ROOT
from config.stack.servers import birth, free_port

OUTSIDE = (
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "FIELD_KEY",
    "AUDIT_KEY",
)


def until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


class Stack:
    """One `python -m config.stack run` on a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if k not in OUTSIDE} | {
            "GUICHET_ENV": "development",
            "VAR_DIR": str(folder / "var"),
            "PORT": str(free_port()),
            "SANDBOX_PORT": str(free_port()),
            "CALLBACKS_PORT": str(free_port()),
        }
        self.output = folder / "output.txt"

    def start(self) -> None:
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.stack", "run"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        assert until(lambda: self.says("Ctrl-C stops"), 300), self.output.read_text()

    def says(self, words: str) -> bool:
        assert self.process.poll() is None, self.output.read_text()
        return words in self.output.read_text()

    def facts(self) -> dict:
        return json.loads((self.folder / "var" / "run.json").read_text())

    def pid(self, name: str) -> int:
        """0 between a death and the next start."""
        return int(self.facts()["children"].get(name, {}).get("pid", 0))

    def postmaster(self) -> int:
        data = self.folder / "var" / "postgres" / "data"
        return int((data / "postmaster.pid").read_text().split()[0])

    def serves(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.facts()['site']}/api/health/", timeout=5) as page:
                return page.status == 200
        except (OSError, ValueError):
            return False

    def processes(self) -> list[int]:
        """Every process that lives from this stack's folder."""
        mark = str(self.folder).encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
                told += bytes((process / "cwd").readlink())
            except OSError:
                continue
            if mark in told and int(process.name) != os.getpid() and birth(int(process.name)):
                found.append(int(process.name))
        return found


@pytest.fixture(scope="class")
def one_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("stack")
    for folder in (home, *home.parents[:3]):
        folder.chmod(0o711)
    stack = Stack(home)
    stack.start()
    yield stack
    stack.process.kill()
    stack.process.wait()
    until(lambda: not stack.processes(), 60)


@pytest.fixture
def stack(one_stack: Stack) -> Stack:
    """The stack of the class, up; tests come in any order, and one of them stops it."""
    if one_stack.process.poll() is not None:
        one_stack.start()
    return one_stack


@pytest.mark.slow
class TestOneStack:
    """On one stack, because it takes a while to start."""

    def test_a_killed_worker_and_callbacks_told_twice_cost_no_paper(self, stack: Stack) -> None:
        story = ["--count", "6", "--concurrency", "6", "--twice", "--kill-worker"]
        done = subprocess.run(
            [sys.executable, "-m", "config.stack", "manage", "journey", *story],
            cwd=ROOT,
            env=stack.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr + stack.output.read_text()
        assert "6 of 6 cases went through" in done.stdout
        assert "from the worker's restart to the last paper issued" in done.stdout
        assert stack.says("worker ended (signal 9)")
        with urllib.request.urlopen(f"{stack.facts()['sandbox']}/faults", timeout=5) as page:
            assert json.load(page) == {}

    def test_every_part_may_die_and_the_stack_goes_on_with_its_data(self, stack: Stack) -> None:
        assert stack.serves()
        made = (stack.folder / "var" / "secrets.json").read_text()

        for name in ("worker", "web", "callbacks"):
            killed = stack.pid(name)
            os.kill(killed, signal.SIGKILL)
            assert until(lambda: stack.pid(name) not in {0, killed}, 90)  # noqa: B023
            assert stack.says(f"{name} started again")
        assert until(stack.serves, 120)

        os.kill(stack.postmaster(), signal.SIGKILL)
        assert until(lambda: stack.says("PostgreSQL had ended and runs again"), 120)
        assert until(stack.serves, 120)

        stack.process.kill()
        stack.process.wait()
        assert until(lambda: not stack.processes(), 60), "something is left behind"

        stack.start()
        assert stack.serves()
        assert (stack.folder / "var" / "secrets.json").read_text() == made

        stack.process.send_signal(signal.SIGINT)
        assert stack.process.wait(90) == 0
        assert not stack.processes()
