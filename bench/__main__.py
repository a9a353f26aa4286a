"""`make bench A="--rounds 5 --only callbacks,latency"`."""

import argparse
import os
import sys

from bench import callbacks, desk, exports, scale, statement
from bench.machine import machine
from bench.report import Report

BILLS = 1_000_000
PARTS = ("callbacks", "latency", "statement", "exports")


def main() -> int:
    asked = _asked()
    report = Report(facts={"bills": asked.bills, "load_before": os.getloadavg()})
    doors = asked.doors.split(",")
    parts = asked.only.split(",")
    print(f"making {asked.bills:,} bills", flush=True)
    with machine(bills=asked.bills) as ready:
        if "callbacks" in parts:
            callbacks.measure(
                ready, report, rounds=asked.rounds, seconds=asked.seconds, doors=doors
            )
        if "latency" in parts:
            callbacks.latency(ready, report, seconds=2 * asked.seconds, doors=doors)
        if "statement" in parts:
            statement.measure(ready, report)
        if "exports" in parts:
            exports.measure(ready, report)
        if "desk" in parts:
            desk.measure(ready, report, movements=asked.movements)
        if asked.ten_million:
            scale.measure(ready, report, rounds=asked.rounds, seconds=asked.seconds, door=doors[-1])
    report.say()
    if asked.keep:
        report.keep()
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--bills", type=int, default=BILLS)
    parser.add_argument("--movements", type=int, default=desk.MOVEMENTS, help="of part desk")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas; desk too")
    parser.add_argument("--doors", default=",".join(callbacks.DOORS), help="web, callbacks")
    parser.add_argument("--ten-million", action="store_true", help="ten times the bills, long")
    parser.add_argument("--no-keep", dest="keep", action="store_false", help="no results.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
