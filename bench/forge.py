"""
`make forge`: forged callbacks at every door in two processes or more, and what each was answered.

The test is the suite's own (tests/security/test_forged_callbacks.py), with more of them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

TEST = "tests/security/test_forged_callbacks.py"


def main() -> int:
    """Return what pytest returns: 0 if none was accepted."""
    parser = argparse.ArgumentParser(prog="make forge")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    told = parser.parse_args()
    command = [
        *(sys.executable, "-m", "pytest", "-p", "config.stack.testing", "-q"),
        *("-n", str(told.processes), "--dist", "worksteal", "-p", "no:randomly", TEST),
    ]
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        variables = {"FORGED_CALLBACKS": str(told.count), "FORGED_TALLY": folder}
        code = subprocess.call(command, env={**os.environ, **variables})
        tally: Counter[str] = Counter()
        for file in Path(folder).glob("*.json"):
            tally.update(json.loads(file.read_text(encoding="utf-8")))
    seconds = time.monotonic() - begun
    for line, count in sorted(tally.items()):
        print(f"{count:8,} {line}")
    print(f"{tally.total():8,} in {seconds:.0f} s, {tally.total() / seconds:.0f} a second")
    return code


if __name__ == "__main__":
    sys.exit(main())
