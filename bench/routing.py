"""
From paid to queued: one worker delivers the news of paid cases, before one office and before all.

The workers' own loop, with their own routes for what routing publishes; other handlers of the same
news (messages, slips) are measured elsewhere.
"""

import json
import subprocess
import sys

from bench import seeding
from bench.machine import SQL, Machine, machine
from bench.report import Report
from config.stack.home import ROOT

CASES = 10_000
A_SECOND_MIN = 300.0
OVER_MEAN_MAX = 1.10

# Says what an empty private answer is under this key, then works off the news when told to.
WORKER = """
import django, json, sys, time
django.setup()
from django.utils import timezone
from applications.events import CasePaid
from kernel.crypto import encrypt
from applications.operations import tallying
from workers import processes, relay
from workers.routes import TOGETHER
print(json.dumps({"sealed": encrypt("{}").hex()}), flush=True)
routes = {CasePaid: (processes.route_case,)}
for line in sys.stdin:
    began, routed, rolled = time.monotonic(), 0, time.monotonic()
    while True:
        now = timezone.now()
        relay.spread(routes=routes, now=now)
        done = len(relay.deliver(routes=routes, now=now, together=TOGETHER))
        routed += done
        if time.monotonic() - rolled > 5:  # As beat does.
            tallying.roll_up()
            rolled = time.monotonic()
        if not done:
            break
    print(json.dumps({"routed": routed, "seconds": time.monotonic() - began}), flush=True)
"""


def measure(report: Report, *, cases: int = CASES) -> None:
    """Route so many cases of one office among ten colleagues, then as many of all offices."""
    with machine(bills=1) as ready:
        seeding.prepare(ready)
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            cwd=ROOT,
            env=ready.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            sealed = bytes.fromhex(str(_line(worker)["sealed"]))
            for spread, first in ((False, 1), (True, cases + 1)):
                _make(ready, first=first, last=first + cases - 1, spread=spread, sealed=sealed)
                ready.settle()
                told = _work(worker)
                where = "all offices" if spread else "one office of ten colleagues"
                rate = told["routed"] / told["seconds"]
                report.row(f"routing: {where}", rate, "cases/s", f"{told['routed']:.0f} cases")
                report.at_least(f"routing: {where}, cases a second", rate, A_SECOND_MIN)
                print(f"routing, {where}: {rate:.0f} cases/s", flush=True)
            _balance(ready, report, cases)
        finally:
            worker.kill()
            worker.wait()


def _make(ready: Machine, *, first: int, last: int, spread: bool, sealed: bytes) -> None:
    with ready.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        for text in (SQL / "routing.sql").read_text(encoding="utf-8").split(";\n\n"):
            connection.execute(
                text.encode(), {"first": first, "last": last, "spread": spread, "sealed": sealed}
            )
        connection.execute("VACUUM (ANALYZE)")


def _work(worker: subprocess.Popen[str]) -> dict[str, float]:
    assert worker.stdin is not None
    worker.stdin.write("go\n")
    worker.stdin.flush()
    return _line(worker)


def _line(worker: subprocess.Popen[str]) -> dict[str, float]:
    """Return what the worker said; a log may stand between."""
    assert worker.stdout is not None
    for line in worker.stdout:
        if line.startswith(('{"sealed"', '{"routed"')):
            said: dict[str, float] = json.loads(line)
            return said
    raise RuntimeError("The worker has gone.")


def _balance(ready: Machine, report: Report, cases: int) -> None:
    with ready.connect() as connection:
        counts = [
            n
            for (n,) in connection.execute(
                "SELECT count(*) FROM applications_application WHERE id <= %s"
                " AND officer_id >= 1100000000 GROUP BY officer_id",
                [cases],
            )
        ]
        (without,) = connection.execute(
            "SELECT count(*) FROM applications_application"
            " WHERE status <> 'IN_QUEUE' OR officer_id IS NULL"
        ).fetchone() or (None,)
    over = max(counts) * 10 / cases
    print(f"the busiest of {len(counts)} has {over:.3f} of the mean; {without} without", flush=True)
    report.at_most("routing: the busiest of ten equal colleagues, of the mean", over, OVER_MEAN_MAX)
    report.at_most("routing: paid cases without an officer", without or 0, 0)
