"""The finance desk's pages over a ledger of millions: one officer who asks again and again."""

import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.machine import SQL, Machine
from bench.processes import Cpu, running, wait_answers
from bench.report import Report
from config.stack import preparation
from config.stack.home import ROOT, Home
from config.stack.servers import free_port

MOVEMENTS = 5_000_000
OPEN_ITEMS = 50_000
DAYS = 180
# What half a minute of the highest load leaves between two roll-ups.
UNROLLED = 20_000
A_STATEMENT = 250_000
ASKED = 300
WARM_UP = 30
P99_MS_MAX = 100.0
HOST = "127.0.0.1"
PAGES = {
    "board": "/desk/money/board/",
    "board, its live region": "/desk/money/board/now/",
    "queue of what did not match": "/desk/money/suspense/",
}

# Makes an officer who may see the money, signs her in, and says her cookie.
OFFICER = """
import django
django.setup()
from django.test import Client
from django.utils import timezone
from accounts.models import Account, Grant, Person
now = timezone.now()
people = [
    Account.objects.create(
        kind="staff", login=name, email=name,
        person=Person.objects.create(family_name=name, given_names=name),
    )
    for name in ("desk@bench.example", "giver@bench.example", "confirmer@bench.example")
]
holder, giver, confirmer = people
for act in ("money.view", "match.ask"):
    Grant.objects.create(account=holder, act=act, from_at=now, given_by=giver, given_at=now,
        confirmed_by=confirmer, confirmed_at=now)
browser = Client()
browser.force_login(holder)
print("; ".join(f"{name}={one.value}" for name, one in browser.cookies.items()))
"""


@dataclass(frozen=True)
class Answers:
    """`queries` and `cpu_ms` are for one page."""

    p50_ms: float
    p99_ms: float
    max_ms: float
    queries: float
    cpu_ms: dict[str, float]


def measure(machine: Machine, report: Report, *, movements: int = MOVEMENTS) -> None:
    """Fill the ledger, roll it up, ask; then once more with journals that are not rolled up."""
    began = time.monotonic()
    _fill(machine, movements)
    filled = time.monotonic()
    with machine.connect() as connection:
        connection.execute("SELECT payments_roll_up(now())")
        rolled = time.monotonic()
        connection.execute("VACUUM (ANALYZE)")
    report.row("desk: a million movements made", (filled - began) / movements * 1e6, "s")
    report.row("desk: a million movements rolled up", (rolled - filled) / movements * 1e6, "s")
    machine.settle()
    with _web(machine) as desk:
        for name, path in PAGES.items():
            _say(report, name, desk.ask(path), movements)
        _fill(machine, UNROLLED)
        unrolled = f"board, {UNROLLED:,} journals not rolled up"
        _say(report, unrolled, desk.ask(PAGES["board"]), movements)


def _say(report: Report, name: str, answers: Answers | None, movements: int) -> None:
    if answers is None:
        print(f"{name}: there is no such page")
        return
    cpu = " + ".join(f"{role} {value:.1f}" for role, value in answers.cpu_ms.items())
    note = f"p99 {answers.p99_ms:.1f}, max {answers.max_ms:.1f}; {answers.queries:.0f} queries"
    report.row(f"{name}, p50", answers.p50_ms, "ms", f"{note}; CPU ms: {cpu}")
    report.at_most(f"{name}: p99 ms, {movements:,} movements", answers.p99_ms, P99_MS_MAX)


def _fill(machine: Machine, movements: int) -> None:
    with machine.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "INSERT INTO payments_ledger_day (day, closed_at)"
            " SELECT day::date, CASE WHEN day < now() - interval '2 days' THEN now() END"
            " FROM generate_series(now() - %s * interval '1 day', now(), interval '1 day') day"
            " ON CONFLICT DO NOTHING",
            [DAYS + 1],
        )
        last = connection.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM payments_movement),"
            " (SELECT coalesce(max(id), 0) FROM payments_journal)"
        ).fetchone()
        assert last is not None
        values = {
            "of": movements,
            "days": DAYS if movements > UNROLLED else 0,
            "open_every": max(2, movements // OPEN_ITEMS) if movements > UNROLLED else movements,
            "bills": machine.bills.last,
            "movement": last[0],
            "journal": last[1],
        }
        text = (SQL / "desk.sql").read_bytes()
        for first in range(1, movements + 1, A_STATEMENT):
            end = min(first + A_STATEMENT - 1, movements)
            connection.execute(text, values | {"first": first, "last": end})
        for table in ("payments_movement", "payments_journal"):
            connection.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}".encode())


@dataclass(frozen=True)
class Desk:
    machine: Machine
    port: int
    cookie: str
    log: Path
    roles: dict[str, int]

    def ask(self, path: str) -> Answers | None:
        """Ask for a page as one browser does, one after the other; None: there is none."""
        browser = http.client.HTTPConnection(HOST, self.port, timeout=60)
        if self._get(browser, path) == 404:
            return None
        for _ in range(WARM_UP):
            self._get(browser, path)
        before, cpu, times = self._committed(), Cpu.begin(self.roles), []
        for _ in range(ASKED):
            began = time.perf_counter()
            status = self._get(browser, path)
            times.append(1000 * (time.perf_counter() - began))
            if status != 200:
                raise RuntimeError(f"{path} answers {status}: {self.log.read_text()[-2000:]}")
        spent = {role: 1000 * value / ASKED for role, value in cpu.seconds().items()}
        # Each query of a page is a transaction of its own; asking costs one too.
        queries = (self._committed() - before) / ASKED
        browser.close()
        cuts = statistics.quantiles(times, n=100, method="inclusive")
        return Answers(cuts[49], cuts[98], max(times), queries, spent)

    def _get(self, browser: http.client.HTTPConnection, path: str) -> int:
        browser.request("GET", path, headers={"Cookie": self.cookie, "Host": f"{HOST}:{self.port}"})
        answer = browser.getresponse()
        answer.read()
        return answer.status

    def _committed(self) -> int:
        time.sleep(1.5)  # A session tells its counts once a second.
        with self.machine.connect() as connection:
            row = connection.execute(
                "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'guichet'"
            ).fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def _web(machine: Machine) -> Iterator[Desk]:
    port = free_port()
    home = Home(country="rw", folder=machine.folder / "var")
    (home.folder / "logs").mkdir(parents=True, exist_ok=True)
    environment = machine.environment | {"SITE_URL": f"http://{HOST}:{port}"}
    machine.manage("collectstatic", "--no-input", "--verbosity", "0")
    cookie = subprocess.run(
        [sys.executable, "-c", OFFICER],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.strip()
    ports = {"port": port, "callbacks_port": free_port(), "sandbox_port": free_port()}
    children = preparation.product(home, environment, host=HOST, **ports)
    with running([child for child in children if child.name == "web"]) as roles:
        wait_answers(f"http://{HOST}:{port}{PAGES['board']}")
        log = home.folder / "logs" / "web.log"
        yield Desk(machine, port, cookie, log, roles | {"postgres": machine.postgres_pid})
