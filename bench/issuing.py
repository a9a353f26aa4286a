"""
From a paid case to its paper at a steady twenty a second, with the workers of `make run`.

The clock begins where the payment is posted: outbox, relay, the question to the register over HTTP,
drawing and seal are all within. Where an officer signs it begins with her order.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache

from bench.clerk_words import Order, Told
from bench.machine import Machine
from bench.processes import Cpu, running, wait_answers
from bench.report import Report, cpu_words
from config.stack import preparation
from config.stack.children import Child
from config.stack.home import ROOT, Home
from config.stack.servers import free_port

A_SECOND = 20.0
PAPERS = 400
WARM_UP = 60
WANTED = {"beat", "worker", "worker-too", "worker-outside", "sandbox"}
P99_MS_MAX = {"sealed": 1_000.0, "signed": 3_000.0}
# A worker that is killed holds up to eight papers under a lease of four seconds.
WORST_MS_MAX_AFTER_KILL = 10_000.0


def measure(machine: Machine, report: Report, *, papers: int = PAPERS) -> None:
    """Papers of the register alone, papers of an officer, and the first once more with a death."""
    order = Order(papers=papers, a_second=A_SECOND, with_officer=False, paid=False)
    machine.manage("load_country", machine.environment["COUNTRY"])
    with _workers(machine) as children, _clerk(machine) as clerk:
        clerk.ask(replace(order, papers=WARM_UP))
        roles = {child.name: child.facts["pid"] for child in children}
        roles["postgres"] = machine.postgres_pid
        _say(report, "step-up -> signed", clerk.ask(replace(order, with_officer=True)), "signed")
        (house,) = [child for child in children if child.name == "worker"]
        timer = threading.Timer(papers / A_SECOND / 2, _kill, [house])
        timer.start()
        told = clerk.ask(order, tend=house)
        _row(report, "asked for -> sealed, a worker killed -9", told)
        worst = max(told.times_ms, default=0.0)
        report.at_most("papers not issued after kill -9", told.missing, 0)
        report.at_most("longest wait after kill -9, ms", worst, WORST_MS_MAX_AFTER_KILL)
        roles["worker"] = house.facts["pid"]
        # Last: its messages to the applicants go on being sent after the papers are there.
        cpu = Cpu.begin(roles)
        _say(report, "payment posted -> sealed", clerk.ask(replace(order, paid=True)), "sealed")
        spent = {role: 1000 * value / papers for role, value in cpu.seconds().items()}
        report.facts["issuing, CPU ms a paper"] = spent
        print(f"CPU ms a sealed paper: {cpu_words(spent)}", flush=True)


def _say(report: Report, what: str, told: Told, goal: str) -> None:
    p99 = _row(report, what, told)
    report.at_most(f"{what}: not issued", told.missing, 0)
    report.at_most(f"{what}: p99 ms at {A_SECOND:.0f} a second", p99, P99_MS_MAX[goal])


def _row(report: Report, what: str, told: Told) -> float:
    cuts = statistics.quantiles(told.times_ms, n=100, method="inclusive")
    note = (
        f"p99 {cuts[98]:.0f}, longest {told.times_ms[-1]:.0f} of {len(told.times_ms)};"
        f" the loop fell {told.late_ms:.0f} ms behind"
    )
    report.row(f"{what}, p50", cuts[49], "ms", note)
    return cuts[98]


def _kill(worker: Child) -> None:
    """Kill it and all that it has forked, as a machine that loses its power would."""
    os.killpg(worker.facts["pid"], signal.SIGKILL)


@dataclass(frozen=True)
class Clerk:
    process: subprocess.Popen[str]

    def ask(self, order: Order, *, tend: Child | None = None) -> Told:
        assert self.process.stdin is not None
        self.process.stdin.write(order.text() + "\n")
        self.process.stdin.flush()
        answers: list[str] = []
        reader = threading.Thread(target=lambda: answers.append(self.line()))
        reader.start()
        while reader.is_alive():
            reader.join(0.2)
            if tend is not None and (said := tend.tend()):
                print(said, flush=True)
        return Told(**json.loads(answers[0]))

    def line(self) -> str:
        """Return the next line that is meant for us; a log may stand between."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if (line.startswith("{") and "times_ms" in line) or line == "ready\n":
                return line
        raise RuntimeError("The clerk has gone.")


@contextmanager
def _clerk(machine: Machine) -> Iterator[Clerk]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.clerk"],
        cwd=ROOT,
        env=_environment(machine),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        clerk = Clerk(process)
        clerk.line()
        yield clerk
    finally:
        process.kill()
        process.wait()


@contextmanager
def _workers(machine: Machine) -> Iterator[list[Child]]:
    home = Home(country="rw", folder=machine.folder / "var")
    (home.folder / "logs").mkdir(parents=True, exist_ok=True)
    environment = _environment(machine)
    children = preparation.product(
        home, environment, host="127.0.0.1", port=free_port(), callbacks_port=free_port(),
        sandbox_port=int(environment["SANDBOX_URL"].rpartition(":")[2]),
    )  # fmt: skip
    # The sandbox plays the register.
    wanted = [child for child in children if child.name in WANTED]
    machine.settle()
    with running(wanted):
        wait_answers(environment["SANDBOX_URL"])
        yield wanted


def _environment(machine: Machine) -> dict[str, str]:
    return machine.environment | {
        "SITE_URL": "http://127.0.0.1:9",
        "SANDBOX_URL": f"http://127.0.0.1:{_sandbox_port()}",
    }


@cache
def _sandbox_port() -> int:
    return free_port()
