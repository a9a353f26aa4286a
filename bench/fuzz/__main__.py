"""`make fuzz A="--seconds 600 --only hear.kcb,parse.kcb.notification"`."""

import argparse
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import django

from bench.nowhere import NOWHERE
from config.stack.home import ROOT

# A busy machine starts a nice process late; the time of a target counts from its own start.
GRACE_SECONDS = 900
_RUNS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_LASTED = re.compile(r"^Done \d+ runs in (\d+) second", re.MULTILINE)
_COVERED = re.compile(r"\bcov: (\d+)")


@dataclass(frozen=True)
class Outcome:
    name: str
    runs: int
    covered: int
    seconds: float
    finding: str  # "" or the last line that the reader said.

    def line(self) -> str:
        said = self.finding or "-"
        return f"| {self.name} | {self.seconds:.0f} | {self.runs:,} | {self.covered} | {said} |"


def main() -> int:
    os.environ.update(NOWHERE)
    asked = _asked()
    os.environ["VAR_DIR"] = str(asked.folder / "var")
    (asked.folder / "findings").mkdir(parents=True, exist_ok=True)
    names = asked.only.split(",") if asked.only else _names()
    print("| target | seconds | executions | branches seen | finding |\n|---|---|---|---|---|")
    outcomes = []
    with ThreadPoolExecutor(asked.at_once) as pool:
        for outcome in pool.map(lambda name: _run(name, asked.seconds, asked.folder), names):
            print(outcome.line(), flush=True)
            outcomes.append(outcome)
    found = [outcome.name for outcome in outcomes if outcome.finding]
    if found:
        print(f"Findings in {asked.folder / 'findings'}: {', '.join(found)}")
    return 1 if found else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--only", default="", help="targets, with commas between")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "fuzz")
    return parser.parse_args()


def _names() -> list[str]:
    django.setup()
    from bench.fuzz.targets import TARGETS  # noqa: PLC0415 -- wants the settings of `main`

    return list(TARGETS)


def _run(name: str, seconds: int, folder: Path) -> Outcome:
    log = folder / f"{name}.log"
    began = time.monotonic()
    with log.open("w") as out:
        running = subprocess.Popen(
            [sys.executable, "-m", "bench.fuzz.one", name, str(seconds), str(folder)],
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            code = running.wait(seconds + GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            code = running.wait()
    said = log.read_text(errors="replace")
    return Outcome(
        name=name,
        runs=int((_RUNS.findall(said) or ["0"])[-1]),
        covered=int((_COVERED.findall(said) or ["0"])[-1]),
        seconds=float((_LASTED.findall(said) or [time.monotonic() - began])[-1]),
        finding="" if code == 0 else _finding(said),
    )


def _finding(said: str) -> str:
    """Return the name of what came out: its words may quote a message."""
    named = re.findall(r"^([A-Za-z_.]+(?:Error|Exception|Timeout|[A-Z]\w+)): ", said, re.MULTILINE)
    return named[-1] if named else "see its log"


if __name__ == "__main__":
    sys.exit(main())
