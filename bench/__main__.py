"""`make bench A="--rounds 5 --only callbacks,latency"`."""

import argparse
import os
import sys
from collections.abc import Callable

from bench import (
    board,
    callbacks,
    clocks,
    desk,
    exports,
    face,
    find,
    issuing,
    papers,
    routing,
    scale,
    statement,
    verify,
)
from bench.machine import machine
from bench.report import Report

BILLS = 1_000_000
PARTS = ("callbacks", "latency", "statement", "exports", "papers", "verify", "find")
# They need no servers with bills in them: what they cost is this machine's processor alone.
SERVERLESS = {"papers", "verify", "find"}
# They have a machine of their own, with cases in it instead of bills.
OWN = SERVERLESS | {"clocks", "desk", "face", "routing"}


def main() -> int:
    asked = _asked()
    report = Report(facts={"load_before": os.getloadavg()})
    parts = asked.only.split(",")
    if "papers" in parts:
        report.part = "papers"
        papers.measure(report, papers=asked.papers)
    if "verify" in parts:
        report.part = "verify"
        verify.measure(report)
    if "find" in parts:
        report.part = "find"
        find.measure(report)
    if "desk" in parts:
        report.part = "desk"
        desk.measure(report, sizes=[int(size) for size in asked.cases.split(",")])
    if "clocks" in parts:
        report.part = "clocks"
        clocks.measure(report)
    if "face" in parts:
        report.part = "face"
        face.measure(report)
    if "routing" in parts:
        report.part = "routing"
        routing.measure(report)
    if asked.ten_million or set(parts) - OWN:
        _with_servers(asked, report, parts)
    report.say()
    if asked.keep:
        report.keep()
    return 0


def _with_servers(asked: argparse.Namespace, report: Report, parts: list[str]) -> None:
    report.facts["bills"] = asked.bills
    doors = asked.doors.split(",")
    print(f"making {asked.bills:,} bills", flush=True)
    with machine(bills=asked.bills) as ready:
        measures: dict[str, Callable[[], None]] = {
            "callbacks": lambda: callbacks.measure(
                ready, report, rounds=asked.rounds, seconds=asked.seconds, doors=doors
            ),
            "latency": lambda: callbacks.latency(
                ready, report, seconds=2 * asked.seconds, doors=doors
            ),
            "statement": lambda: statement.measure(ready, report),
            "exports": lambda: exports.measure(ready, report),
            "issuing": lambda: issuing.measure(ready, report),
            "board": lambda: board.measure(ready, report, movements=asked.movements),
        }
        for report.part, measure in measures.items():
            if report.part in parts:
                measure()
        if asked.ten_million:
            report.part = "ten million"
            scale.measure(ready, report, rounds=asked.rounds, seconds=asked.seconds, door=doors[-1])


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--bills", type=int, default=BILLS)
    parser.add_argument("--movements", type=int, default=board.MOVEMENTS, help="of part board")
    parser.add_argument("--cases", default=desk.CASES, help="of part desk; 1000000,10000000")
    parser.add_argument("--papers", type=int, default=papers.PAPERS, help="for their memory")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument(
        "--only",
        default=",".join(PARTS),
        help="parts, with commas; also board, clocks, desk, face, issuing, routing",
    )
    parser.add_argument("--doors", default=",".join(callbacks.DOORS), help="web, callbacks")
    parser.add_argument("--ten-million", action="store_true", help="ten times the bills, long")
    parser.add_argument("--no-keep", dest="keep", action="store_false", help="no results.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
