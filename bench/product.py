"""The product under load: a bank that sends, a process that takes, a poster that posts."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace

import psycopg

from bench.machine import Machine
from bench.numbers import Fresh
from bench.processes import Cpu, running, wait_answers
from bench.sender import Order, Sent
from config.stack import preparation
from config.stack.children import Child
from config.stack.home import ROOT, Home
from config.stack.servers import free_port

HOST = "127.0.0.1"
WARM_UP_SECONDS = 1.5
EMPTY_SECONDS_MAX = 120.0
# So many bills are put aside for a second of sending.
BILLS_A_SECOND = 6_000
# Which process takes the callbacks: Django's plain view, or config/callbacks.py.
PLAIN, FAST = "web", "callbacks"


@dataclass(frozen=True)
class Taken:
    """What one measurement saw; times are seconds, from the first request on."""

    answered: int
    answer_seconds: float
    empty_seconds: float
    refused: dict[str, int]
    cpu_ms: dict[str, float] = field(default_factory=dict)  # For each callback, by role.
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0

    @property
    def a_second(self) -> float:
        """Accepted and posted, counted until the inbox is empty."""
        return self.answered / self.empty_seconds


@dataclass(frozen=True)
class Books:
    """Where to read what has been posted: two counts that must grow by what was answered."""

    database: str = "guichet"
    counts: str = (
        "SELECT (SELECT count(*) FROM payments_movement),"
        " (SELECT count(*) FROM payments_bill WHERE state = 'PAID')"
    )
    waits: str = "SELECT EXISTS (SELECT FROM payments_inbox)"


@dataclass(frozen=True)
class Running:
    machine: Machine
    port: int
    roles: dict[str, int]
    bills: Fresh
    books: Books = field(default_factory=Books)

    def take(self, *, seconds: float, connections: int = 16, a_second: float = 0.0) -> Taken:
        """
        Send fresh payments for so long, then wait until all that was answered is posted.

        :raises RuntimeError: if what was posted is not what was answered
        """
        places = self.bills.take(int((a_second or BILLS_A_SECOND) * seconds * 1.2) + 100)
        order = Order(
            host=HOST,
            port=self.port,
            path="/callbacks/bank-rw/notification",
            secret=self.machine.secret,
            seconds=seconds,
            places=(places.start, places.stop),
            first_bill=self.bills.first,
            bills=self.bills.bills,
            connections=connections,
            a_second=a_second,
        )
        with self.machine.connect(self.books.database) as connection, _bank(order) as go:
            before = self._posted(connection)
            cpu = Cpu.begin(self.roles)
            sent = go()
            empty_at = self._wait_until_empty(connection)
            spent = cpu.seconds() | {"sender": sent.cpu_seconds}
            movements, paid = (
                new - old for new, old in zip(self._posted(connection), before, strict=True)
            )
        self.bills.give_back(places.start + sent.answered + sum(sent.refused.values()))
        if not movements == paid == sent.answered:
            raise RuntimeError(
                f"{sent.answered} were answered, {movements} moved, {paid} bills were paid;"
                f" refused: {sent.refused}"
            )
        return Taken(
            answered=sent.answered,
            answer_seconds=sent.ended - sent.began,
            empty_seconds=max(empty_at, sent.ended) - sent.began,
            refused=sent.refused,
            cpu_ms={role: 1000 * value / sent.answered for role, value in spent.items()},
            p50_ms=sent.p50_ms,
            p99_ms=sent.p99_ms,
            max_ms=sent.max_ms,
        )

    def _wait_until_empty(self, connection: psycopg.Connection) -> float:
        """Return the monotonic time at which nothing waited any more."""
        end = time.monotonic() + EMPTY_SECONDS_MAX
        while time.monotonic() < end:
            now = time.monotonic()
            if connection.execute(self.books.waits.encode()).fetchone() == (False,):
                return now
            time.sleep(0.005)
        raise TimeoutError("The inbox does not empty.")

    def _posted(self, connection: psycopg.Connection) -> tuple[int, int]:
        row = connection.execute(self.books.counts.encode()).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])


@contextmanager
def product(machine: Machine, *, door: str) -> Iterator[Running]:
    """The product as `make run` starts it, without those that callbacks do not meet."""
    port = free_port()
    home = Home(country="rw", folder=machine.folder / "var")
    (home.folder / "logs").mkdir(parents=True, exist_ok=True)
    children = [
        child for child in _children(machine, home, port, door) if child.name in {"poster", door}
    ]
    machine.settle()
    with running(children) as roles:
        wait_answers(f"http://{HOST}:{port}/callbacks/bank-rw/notification")
        up = Running(machine, port, roles | {"postgres": machine.postgres_pid}, machine.bills)
        up.take(seconds=WARM_UP_SECONDS)
        yield up


def _children(machine: Machine, home: Home, port: int, door: str) -> list[Child]:
    environment = machine.environment | {"SITE_URL": f"http://{HOST}:{port}"}
    ports = {"port": port, "callbacks_port": free_port()}
    if door == FAST:
        ports = {"port": free_port(), "callbacks_port": port}
    return preparation.product(home, environment, host=HOST, sandbox_port=free_port(), **ports)


@contextmanager
def _bank(order: Order) -> Iterator["Go"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sender"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Go(process, order)
    finally:
        process.kill()
        process.wait()


class Go:
    """The sender, with its requests built, waiting for the word."""

    def __init__(self, process: subprocess.Popen[str], order: Order) -> None:
        self.process = process
        if self._exchange(json.dumps(asdict(order))) != "ready\n":
            raise RuntimeError("The sender did not come up.")

    def __call__(self) -> Sent:
        return replace(Sent(), **json.loads(self._exchange("go")))

    def _exchange(self, line: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()
