"""The web process of the product, as a browser that is signed in meets it."""

import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench.machine import Machine
from bench.processes import Cpu, running, wait_answers
from config.stack import preparation
from config.stack.home import ROOT, Home
from config.stack.servers import free_port

HOST = "127.0.0.1"
ASKED = 300
WARM_UP = 30
# What a form of Django sends back: any 32 letters, as long as the cookie has the same.
TOKEN = "bench" * 6 + "be"


@dataclass(frozen=True)
class Answers:
    """`queries` and `cpu_ms` are for one page."""

    p50_ms: float
    p99_ms: float
    max_ms: float
    queries: float
    cpu_ms: dict[str, float]


@dataclass(frozen=True)
class Web:
    machine: Machine
    port: int
    said: str  # What the script that signed somebody in has printed.
    log: Path
    roles: dict[str, int]

    def ask(
        self, path: str, *, cookie: str = "", typed: dict[str, str] | None = None
    ) -> Answers | None:
        """
        Ask for a page as one browser does, one after the other; None: there is none.

        :param typed: what a form sends; without it the page is only read
        """
        asking = Asking(self, path, cookie or self.said, typed)
        if asking.once() == 404:
            return None
        for _ in range(WARM_UP):
            asking.once()
        before, cpu, times = self._committed(), Cpu.begin(self.roles), []
        for _ in range(ASKED):
            began = time.perf_counter()
            status = asking.once()
            times.append(1000 * (time.perf_counter() - began))
            if status != 200:
                raise RuntimeError(f"{path} answers {status}: {self.log.read_text()[-2000:]}")
        spent = {role: 1000 * value / ASKED for role, value in cpu.seconds().items()}
        # Each query of a page is a transaction of its own; asking costs one too.
        queries = (self._committed() - before) / ASKED
        cuts = statistics.quantiles(times, n=100, method="inclusive")
        return Answers(cuts[49], cuts[98], max(times), queries, spent)

    def _committed(self) -> int:
        time.sleep(1.5)  # A session tells its counts once a second.
        with self.machine.connect() as connection:
            row = connection.execute(
                "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'guichet'"
            ).fetchone()
        assert row is not None
        return int(row[0])


class Asking:
    """One browser that asks the same again and again."""

    def __init__(self, web: Web, path: str, cookie: str, typed: dict[str, str] | None) -> None:
        self._browser = http.client.HTTPConnection(HOST, web.port, timeout=60)
        self._path, self._body = path, urlencode(typed) if typed is not None else None
        self._headers = {"Cookie": cookie, "Host": f"{HOST}:{web.port}"}
        if typed is not None:
            self._headers["Cookie"] += f"; csrftoken={TOKEN}"
            self._headers["X-CSRFToken"] = TOKEN
            self._headers["Content-Type"] = "application/x-www-form-urlencoded"

    def once(self) -> int:
        method = "GET" if self._body is None else "POST"
        self._browser.request(method, self._path, body=self._body, headers=self._headers)
        answer = self._browser.getresponse()
        answer.read()
        return answer.status


@contextmanager
def web(machine: Machine, sign_in: str) -> Iterator[Web]:
    """Serve the site; `sign_in` is a script that makes who is needed and prints their cookies."""
    port = free_port()
    home = Home(country="rw", folder=machine.folder / "var")
    (home.folder / "logs").mkdir(parents=True, exist_ok=True)
    environment = machine.environment | {"SITE_URL": f"http://{HOST}:{port}"}
    machine.manage("collectstatic", "--no-input", "--verbosity", "0")
    said = subprocess.run(
        [sys.executable, "-c", sign_in],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.strip()
    ports = {"port": port, "callbacks_port": free_port(), "sandbox_port": free_port()}
    children = preparation.product(home, environment, host=HOST, **ports)
    with running([child for child in children if child.name == "web"]) as roles:
        wait_answers(f"http://{HOST}:{port}/")
        log = home.folder / "logs" / "web.log"
        yield Web(machine, port, said, log, roles | {"postgres": machine.postgres_pid})
