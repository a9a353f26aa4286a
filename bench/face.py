"""
The procedure page as a crowd reads it, beside the least that the same server can say.

`python -m bench.face [--seconds N]`: throwaway servers, the pack of Rwanda, Granian as the product
starts it. What is compared is requests a second of processor time, because whoever asks runs on the
same machine; the seconds of the wall stand beside it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import median

from bench.processes import Cpu, running, wait_answers
from bench.reader import Order, Read
from bench.report import Report
from config.stack import preparation, throwaway
from config.stack.children import Child
from config.stack.home import ROOT, Home
from config.stack.servers import free_port

PAGE = "/services/birth-certificate/"
SHARE_LEAST = 0.5
P99_MS_MAX = 50.0
ROUNDS = 3
WARM_UP_SECONDS = 1.0


def measure(report: Report, *, seconds: float = 5.0) -> None:
    """Ask both in turns, so that a busy machine burdens both; then the page at half its load."""
    with throwaway.servers() as given, tempfile.TemporaryDirectory() as folder:
        environment = _ready(given, Path(folder))
        with (
            _served(environment, Path(folder), "hello", "bench.hello:application") as hello,
            _served(environment, Path(folder), "page", "config.wsgi:application") as page,
        ):
            _compare(report, hello, page, seconds)


class Server:
    """One of the two, and what it answers."""

    def __init__(self, roles: dict[str, int], port: int, path: str) -> None:
        self._roles, self._port, self._path = roles, port, path

    def read(self, seconds: float, a_second: float = 0.0) -> tuple[Read, float]:
        """Return what the readers saw, and the answers a second of the server's processor time."""
        order = Order(self._port, self._path, seconds, a_second=a_second)
        cpu = Cpu.begin(self._roles)
        done = subprocess.run(
            [sys.executable, "-m", "bench.reader"],
            cwd=ROOT,
            input=json.dumps(asdict(order)),
            capture_output=True,
            text=True,
            check=True,
        )
        seen = Read(**json.loads(done.stdout))
        if seen.refused:
            raise RuntimeError(f"{self._path}: {seen.refused} answers were not 200")
        return seen, seen.answered / max(sum(cpu.seconds().values()), 0.01)


def _compare(report: Report, hello: Server, page: Server, seconds: float) -> None:
    for server in (hello, page):
        server.read(WARM_UP_SECONDS)
    rounds = [(hello.read(seconds), page.read(seconds)) for _ in range(ROUNDS)]
    least = median(a_cpu for (_, a_cpu), _ in rounds)
    ours = median(a_cpu for _, (_, a_cpu) in rounds)
    walls = [median(pair[i][0].answered / pair[i][0].seconds for pair in rounds) for i in (0, 1)]
    report.row("hello, a CPU second", least, "requests", f"{walls[0]:,.0f} a second of the wall")
    report.row("procedure page, a CPU second", ours, "requests", f"{walls[1]:,.0f} of the wall")
    report.row("procedure page, squeezed", rounds[0][1][0].bytes / 1000, "kB", "head included")
    half, _ = page.read(seconds, a_second=walls[1] / 2)
    report.row("at half load, p50", half.p50_ms, "ms", f"{walls[1] / 2:,.0f} a second asked")
    report.at_least("procedure page, share of hello a CPU second", ours / least, SHARE_LEAST)
    report.at_least("procedure page, share of hello by the wall", walls[1] / walls[0], SHARE_LEAST)
    report.at_most("procedure page, p99 at half load, ms", half.p99_ms, P99_MS_MAX)


def _ready(given: dict[str, str], folder: Path) -> dict[str, str]:
    environment = {**os.environ, **given, "GUICHET_ENV": "development", "VAR_DIR": str(folder)}
    owner = {"GUICHET_AS_OWNER": "1"}
    for command, more in (
        (("migrate", "--verbosity", "0"), owner),
        (("load_country", "rw"), owner),
        (("collectstatic", "--no-input", "--verbosity", "0"), {}),
    ):
        subprocess.run(
            preparation.manage(*command), cwd=ROOT, env=environment | more, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
    return environment


@contextmanager
def _served(
    environment: dict[str, str], folder: Path, name: str, application: str
) -> Iterator[Server]:
    """Serve as the product does: the same server with the same workers."""
    port = free_port()
    home = Home(country="rw", folder=folder)
    told = environment | {"SITE_URL": f"http://127.0.0.1:{port}"}
    ports = {"port": port, "callbacks_port": port, "sandbox_port": port}
    children = preparation.product(home, told, host="127.0.0.1", **ports)
    web = next(child for child in children if child.name == "web")
    command = [application if part == "config.wsgi:application" else part for part in web.command]
    child = Child(name=name, command=command, environment=told, log=folder / f"{name}.log")
    with running([child]) as roles:
        wait_answers(f"http://127.0.0.1:{port}/")
        yield Server(roles, port, PAGE)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.face", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    report = Report(part="face")
    measure(report, seconds=parser.parse_args().seconds)
    report.say()
    return int(not all(kept for *_, kept in report.goals))


if __name__ == "__main__":
    sys.exit(main())
