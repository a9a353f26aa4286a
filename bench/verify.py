"""
What checking a paper costs in processor time: by code, by hash, and a file that is not known.

`python -m bench.verify [--times N]`: on throwaway servers, with one issued paper. What is not known
is read in a child process: its time is counted in. Medians in milliseconds, beside the goals.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.report import Report
from config.stack import throwaway
from config.stack.home import ROOT

BY_HASH_MS_MAX = 10.0
BY_FILE_MS_MAX = 150.0
TIMES = 60


def measure(report: Report) -> None:
    """Ask a process of its own, which brings its own servers."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.verify", "--json"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    for what, spent_ms, goal in json.loads(done.stdout.splitlines()[-1]):
        report.at_most(f"checking a paper {what}, ms of processor time", spent_ms, goal)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.verify", description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--json", action="store_true", help="rows for `make bench`")
    asked = parser.parse_args()
    with throwaway.servers() as environment, tempfile.TemporaryDirectory() as folder:
        os.environ.update(environment | {"DJANGO_SETTINGS_MODULE": "config.settings"})
        rows = _measure(asked.times, Path(folder))
    if asked.json:
        print(json.dumps(rows))
        return 0
    for what, spent_ms, goal in rows:
        print(f"{what:<42} {spent_ms:8.2f} ms of processor time   goal {goal:.0f}")
    return int(any(spent_ms > goal for _, spent_ms, goal in rows))


def _measure(times: int, folder: Path) -> list[tuple[str, float, float]]:
    # Settings are read by these imports, and the servers have to be known before.
    import django  # noqa: PLC0415

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    settings.PKI_DIR, settings.FILES_DIR = folder / "pki", folder / "files"
    owner = os.environ["OWNER_DATABASE_URL"].split("//")[1].split("@")[0].split(":")
    usual = dict(connection.settings_dict)
    connection.settings_dict.update(USER=owner[0], PASSWORD=owner[1])
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    connection.settings_dict.update(usual)
    with contextlib.redirect_stdout(sys.stderr):
        return _ask(times, folder)


def _ask(times: int, folder: Path) -> list[tuple[str, float, float]]:
    from documents import queries, verdicts  # noqa: PLC0415
    from documents.examining.asking import EXAMINER  # noqa: PLC0415
    from documents.examining.examination import Trust  # noqa: PLC0415
    from documents.models import Paper  # noqa: PLC0415

    worlds = import_module("tests.documents.world")
    forging = import_module("tests.documents.forgeries.forging")
    at: datetime = import_module("tests.world").NOON
    in_children: list[float] = []
    examine = EXAMINER.examine

    def counted(data: bytes, trust: Trust) -> dict[str, Any]:
        found = examine(data, trust)
        in_children.append(found["cpu_seconds"])
        return found

    EXAMINER.examine = counted  # type: ignore[method-assign]
    world = worlds.build(folder / "pki")
    # First: no other paper waits for its time then.
    kept = _for_the_long_term(world, folder, at)
    paper_id = worlds.issue(world)
    data, code = queries.final_file(paper_id), Paper.objects.get(pk=paper_id).verification_id
    over, bit = forging.drawn_over(data), forging.flipped(data, 20_000)
    kept_over, kept_bit = forging.drawn_over(kept), forging.flipped(kept, 20_000)

    def median_ms(ask: Callable[[], object]) -> float:
        ask()
        spent = []
        for _ in range(times):
            in_children.clear()
            began = time.process_time()
            ask()
            spent.append(time.process_time() - began + sum(in_children))
        return 1000 * statistics.median(spent)

    def by_file(given: bytes) -> Callable[[], object]:
        return lambda: verdicts.by_file(given, at=at)

    return [
        ("by code", median_ms(lambda: verdicts.by_code(code, at=at)), BY_HASH_MS_MAX),
        ("by file, its hash known", median_ms(by_file(data)), BY_HASH_MS_MAX),
        ("by file, one bit changed", median_ms(by_file(bit)), BY_FILE_MS_MAX),
        ("by file, drawn over", median_ms(by_file(over)), BY_FILE_MS_MAX),
        ("by file, B-LTA, one bit changed", median_ms(by_file(kept_bit)), BY_FILE_MS_MAX),
        ("by file, B-LTA, drawn over", median_ms(by_file(kept_over)), BY_FILE_MS_MAX),
        ("by file, somebody else's", median_ms(by_file(forging.somebody_elses())), BY_FILE_MS_MAX),
    ]


def _for_the_long_term(world: object, folder: Path, at: datetime) -> bytes:
    """Return a paper with both signatures stamped, what proves them, and an archive stamp."""
    from django.conf import settings  # noqa: PLC0415

    from documents import queries, tsa  # noqa: PLC0415

    twin = import_module("tests.sandbox_process").SandboxProcess
    outside_of = import_module("tests.documents.signing.conftest").Outside
    work = import_module("tests.documents.signing.test_stamping")
    tsa.STAMP_SECONDS_MAX = 30.0
    with twin({"SANDBOX_STATE": str(folder / "sandbox")}) as sandbox:
        outside = outside_of(sandbox)
        settings.TIMESTAMP_AUTHORITIES = [outside.authority]
        tsa.forget()
        outside.set_clock(at)
        paper_id: int = import_module("tests.documents.world").issue(world)
        work.to_the_long_term(paper_id, outside, at=at + timedelta(days=1))
    settings.TIMESTAMP_AUTHORITIES = []
    data: bytes = queries.final_file(paper_id)
    return data


if __name__ == "__main__":
    raise SystemExit(main())
