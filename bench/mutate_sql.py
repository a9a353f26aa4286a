"""
Do the tests of posting see every small wrong in its SQL? `make mutants-sql`.

Each mutant stands in for its file, in memory, while the tests run until one fails; the test that
killed the last one goes first. One session of pytest serves them all, so that a mutant costs a
moment: therefore only tests that are rolled back take part. What PostgreSQL cannot even parse is
left out. A mutant survives if every test passes; docs/mutation.md says why some may.
"""

import argparse
import json
import os
import re
import signal
import sys
import time
from pathlib import Path

import psycopg
import pytest

from bench.sql_mutants import Mutant, mutants
from config.stack import throwaway
from config.stack.home import ROOT

SQL = ROOT / "payments" / "sql"
FILES = ("post_collections", "post_debits", "take_back", "weigh_debits")
TESTS = (
    "tests/payments/test_posting.py",
    "tests/payments/test_rules_survivors.py",
    "tests/payments/test_reversals.py",
    "tests/payments/test_legs.py",
)
TEST_SECONDS_MAX = 120
PLAIN = ("-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header")
Job = tuple[str, Mutant]

_PARAMETER = re.compile(r"%\((\w+)\)s")


def main() -> int:
    asked = _asked()
    os.chdir(ROOT)
    os.nice(asked.nice)
    out = asked.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    with throwaway.servers() as environment:
        os.environ.update(environment)
        jobs = _jobs(asked.only)
        if asked.again:
            alive = {(one["name"], one["what"]) for one in _told(out) if not one["killed_by"]}
            jobs = [job for job in jobs if (job[0], str(job[1])) in alive]
        if asked.limit:
            jobs = jobs[:: max(1, len(jobs) // asked.limit)]
        print(f"{len(jobs)} mutants", flush=True)
        for old in out.glob("*.jsonl"):
            old.unlink()
        workers = []
        for number in range(asked.at_once):
            if (pid := os.fork()) == 0:
                os._exit(_work(jobs[number :: asked.at_once], number, asked.tests, out))
            workers.append(pid)
        for pid in workers:
            os.waitpid(pid, 0)
    return _say(out)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants-sql", description=__doc__)
    parser.add_argument("--only", default=",".join(FILES), help="files, with commas between")
    parser.add_argument("--tests", nargs="*", default=list(TESTS))
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--limit", type=int, default=0, help="about so many of all, evenly")
    parser.add_argument("--again", action="store_true", help="only those that survived last time")
    parser.add_argument("--nice", type=int, default=10)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "mutants-sql")
    return parser.parse_args()


def _jobs(only: str) -> list[Job]:
    return [
        (name, mutant)
        for name in only.split(",")
        for mutant in mutants((SQL / f"{name}.sql").read_text())
        if _parses(mutant)
    ]


def _parses(mutant: Mutant) -> bool:
    """Say whether PostgreSQL can read it, as far as that needs no tables."""
    numbers: dict[str, int] = {}
    text = _PARAMETER.sub(
        lambda found: f"${numbers.setdefault(found[1], len(numbers) + 1)}", mutant.text
    )
    with psycopg.connect(os.environ["GUICHET_TEST_SUPERUSER"]) as connected:
        try:
            connected.execute(f"PREPARE mutant AS {text}".encode())
        except psycopg.errors.SyntaxError:
            return False
        except psycopg.Error:
            pass  # There are no tables yet.
    return True


def _work(jobs: list[Job], number: int, tests: list[str], out: Path) -> int:
    os.environ["PYTEST_XDIST_WORKER"] = f"gw{number}"
    there = [one for one in tests if Path(one).exists()]
    rounds = Rounds(jobs, out / f"worker{number}.jsonl")
    # "ci": the same examples each time, and no deadline that a slow machine would miss.
    return int(pytest.main([*PLAIN, "--hypothesis-profile=ci", *there], plugins=[rounds]))


class Rounds:
    """A plugin of pytest that runs the collected tests once for each mutant."""

    def __init__(self, jobs: list[Job], out: Path) -> None:
        self.jobs = jobs
        self.out = out
        self.failed = ""  # What broke in the test that has just run.

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            said = str(getattr(report.longrepr, "reprcrash", "") or report.longrepr)
            self.failed = self.failed or said.splitlines()[0][-200:]

    def pytest_report_teststatus(self) -> tuple[str, str, str]:
        return "", "", ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = [item for item in session.items if _is_rolled_back(item)]
        if killer := self._first_failure(items):
            pytest.exit(f"without a mutant: {killer}: {self.failed}", returncode=1)
        sql = sys.modules["payments.sql"]
        whole = sql.text
        for name, mutant in self.jobs:
            began = time.monotonic()
            wrong = _PARAMETER.sub(r"%(\1)b", mutant.text).encode()
            sql.text = lambda asked, name=name, wrong=wrong: (  # type: ignore[attr-defined]
                wrong if asked == name else whole(asked)
            )
            killer = self._first_failure(items)
            sql.text = whole  # type: ignore[attr-defined]
            told = {"name": name, "what": str(mutant), "killed_by": killer, "said": self.failed}
            with self.out.open("a") as file:
                took = round(time.monotonic() - began, 1)
                file.write(json.dumps(told | {"seconds": took}) + "\n")
        if killer := self._first_failure(items):
            pytest.exit(f"after the last mutant: {killer}: {self.failed}", returncode=1)
        return True

    def _first_failure(self, items: list[pytest.Item]) -> str:
        """Return the test that fails, and put it first; "" if none does."""
        self.failed = ""
        for item in list(items):
            # What pytest does itself before a test; it offers no other way to run one again.
            item._initrequest()  # type: ignore[attr-defined]  # noqa: SLF001
            signal.signal(signal.SIGALRM, _too_long)
            signal.alarm(TEST_SECONDS_MAX)
            # What serves the whole session stays, as if only that came next.
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=item.session)
            signal.alarm(0)
            if self.failed:
                items.remove(item)
                items.insert(0, item)
                return item.nodeid.rpartition("/")[2]
        return ""


def _is_rolled_back(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    return mark is not None and not mark.kwargs.get("transaction")


def _too_long(_signal: int, _frame: object) -> None:
    raise TimeoutError("a test under a mutant takes too long")


def _told(out: Path) -> list[dict[str, str]]:
    return [
        json.loads(line)
        for file in sorted(out.glob("*.jsonl"))
        for line in file.read_text().splitlines()
    ]


def _say(out: Path) -> int:
    told = _told(out)
    print("| file | mutants | killed | survived | score |\n|---|---|---|---|---|")
    for name in dict.fromkeys(one["name"] for one in told):
        killers = [one["killed_by"] for one in told if one["name"] == name]
        killed = sum(map(bool, killers))
        score = 100 * killed / len(killers)
        print(f"| {name} | {len(killers)} | {killed} | {len(killers) - killed} | {score:.1f} % |")
    for one in told:
        if not one["killed_by"]:
            print(f"survived: {one['name']} {one['what']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
