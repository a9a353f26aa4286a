"""
Papers a second of processor time, beside the obvious code for the same papers in the same run.

And what they leave in memory: nothing, or ten thousand would show it.
"""

import json
import subprocess
import sys

from bench.report import Report
from config.stack.home import ROOT

PAPERS = 10_000
# Times the obvious way: on the curve, and with RSA keys, which pyHanko parses at each signature.
TIMES_NAIVE = {"P-256": 20.0, "RSA-3072": 60.0}
MEMORY_GROWS_MB_MAX = 8.0


def measure(report: Report, *, papers: int = PAPERS) -> None:
    spent = _ask("rates")
    for algorithm, goal in TIMES_NAIVE.items():
        naive, product = spent[f"naive {algorithm}"], spent[f"product {algorithm}"]
        _row(report, f"papers {algorithm}, obvious way", naive)
        _row(report, f"papers {algorithm}", product)
        if (hsm := spent.get(f"hsm {algorithm}")) is not None:
            _row(report, f"papers {algorithm}, keys in SoftHSM", hsm)
        report.at_least(f"papers {algorithm}: times the obvious way", naive / product, goal)
    _row(report, "drawing alone", spent["drawing alone"])
    _row(report, "signed facts alone", spent["signed facts alone"])
    held = _ask("memory", str(papers))
    report.row(f"memory after {papers:,} papers", held["late"], "MB", f"{held['early']:.1f} early")
    grown = held["late"] - held["early"]
    report.at_most("memory that papers leave, MB", grown, MEMORY_GROWS_MB_MAX)


def _row(report: Report, what: str, spent_ms: float) -> None:
    report.row(what, 1000 / spent_ms, "a core second", f"{spent_ms:.2f} ms of processor time")


def _ask(*what: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.pipelines", *what],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    # The last line: what a library says of itself comes before.
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told
