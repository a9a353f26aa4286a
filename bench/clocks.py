"""
The sweep that escalates, among a million open cases: with nothing due, and with one in a hundred.

What is due is told of in batches, each with its escalation, its event and its next moment; the
relay tells the supervisors afterwards. And what the clocks of one case cost the page that shows it.
"""

import json
import subprocess
import sys

from bench import seeding
from bench.machine import SQL, Machine, machine
from bench.report import Report
from config.stack.home import ROOT

OPEN = 1_000_000
APPLICANTS = 1000
OPEN_A_STATEMENT = 250_000
SECONDS_MAX = 10.0

# Sweeps as the worker does: what is due, then again when nothing is; and reads clocks.
SWEEP = """
import django, json, sys, time
django.setup()
from datetime import timedelta
from django.db import connection
from django.utils import timezone
from applications import operations
from applications.operations import escalating
from bench.processes import spent
from places import working

escalating.BATCHES_MAX = 100
postgres = int(sys.argv[1])

def timed(what):
    cpu, own, began = spent(postgres), time.process_time(), time.perf_counter()
    told = what()
    return {"told": told, "s": time.perf_counter() - began, "python": time.process_time() - own,
            "postgres": spent(postgres) - cpu}

connection.ensure_connection()
now = timezone.now()
week = now + timedelta(days=7)
working.working_seconds(now, week)  # The holidays are read once.
print(json.dumps({
    "due": timed(lambda: operations.escalate(now)),
    "none": timed(lambda: operations.escalate(now)),
    "late": timed(lambda: operations.escalate(now + timedelta(hours=5))),
    "week": timed(lambda: [working.working_seconds(now, week) for _ in range(1000)][0]),
}))
"""


def measure(report: Report) -> None:
    """Make the cases, sweep them, and say how long it took."""
    with machine(bills=1) as ready:
        seeding.prepare(ready)
        seeding.more_cases(ready, made=0, until=3 * APPLICANTS)
        _open_cases(ready)
        ready.settle()
        found = _sweep(ready)
    due = OPEN // 100
    assert [found[what]["told"] for what in ("due", "none", "late")] == [due, 0, due]
    for what, name in (
        ("none", "with none due"),
        ("due", f"of {due:,} due, to their supervisors"),
        ("late", f"of the same {due:,}, to the offices above"),
    ):
        cpu = f"CPU s: python {found[what]['python']:.1f} + postgres {found[what]['postgres']:.1f}"
        report.row(f"clocks: sweep of {OPEN:,} open cases, {name}", found[what]["s"], "s", cpu)
        report.at_most(f"clocks: sweep {name}, s", found[what]["s"], SECONDS_MAX)
    report.row("clocks: working time of a week", 1000 * found["week"]["s"], "us")


def _open_cases(ready: Machine) -> None:
    first = 10_000_001
    with ready.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        text = (SQL / "clocks.sql").read_bytes()
        for begin in range(first, first + OPEN, OPEN_A_STATEMENT):
            last = begin + OPEN_A_STATEMENT - 1
            connection.execute(text, {"first": begin, "last": last})
        connection.execute("SELECT applications_count_anew()")
        connection.execute("VACUUM (ANALYZE)")


def _sweep(ready: Machine) -> dict[str, dict[str, float]]:
    told = subprocess.run(
        [sys.executable, "-c", SWEEP, str(ready.postgres_pid)],
        cwd=ROOT,
        env=ready.environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    found: dict[str, dict[str, float]] = json.loads(told.splitlines()[-1])
    return found
