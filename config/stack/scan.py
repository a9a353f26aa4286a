"""
`python -m config.stack scan`: scanners against a stack of its own, with the demonstration's people.

Each scanner comes as somebody who is signed in, in turn. Whatever limits one address would end a
scan after a minute, so what was counted is forgotten each second, in the scan's own database and
broker: no setting of the product opens anything.
"""

import argparse
import contextlib
import json
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from config.journey.world import Citizen, Sandbox
from config.stack import own
from config.stack.home import ROOT, Home, end_group
from config.stack.scanners import SCANNERS, Finding, Scanner, Visitor
from config.stack.servers import dies_with_parent

REPORT = ROOT / "var" / "scan"
# A scanner that does not end when its time is over is ended.
GRACE_SECONDS = 120
FORGET_SECONDS = 1.0
FIND = "/find-my-money/"
# Names of things that there are, by the word after /api/ in their addresses.
NAMES = {
    "services": "SELECT code FROM catalogue_service ORDER BY code LIMIT 7",
    "agencies": "SELECT code FROM places_agency ORDER BY code LIMIT 7",
    "bills": "SELECT reference FROM payments_bill LIMIT 7",
    "cases": "SELECT number FROM applications_application LIMIT 7",
}
HOOKS = {"SCHEMATHESIS_HOOKS": "tests.security.scan_hooks", "PYTHONPATH": str(ROOT)}
# Wapiti's words where a module had more to try than time.
_CUT = re.compile(r"Max attack time was reached for module (\w+)")
_BROKEN = '"status": 500', "Internal Server Error"


@dataclass(kw_only=True)
class Run:
    """One scanner as one visitor, when it is over."""

    scanner: str
    visitor: str
    seconds: float
    ended: str
    found: list[Finding] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Return 0 if every scanner ran and none found anything of medium severity or above."""
    told = _parser().parse_args(arguments)
    scanners = [one for one in SCANNERS if not told.only or one.name in told.only]
    missing = [one for one in scanners if one.found_at is None]
    with (
        tempfile.TemporaryDirectory(prefix="guichet-scan-") as folder,
        own.stack(Path(folder), REPORT) as home,
    ):
        environment = home.environment()
        own.play(environment, REPORT)
        visitors = _visitors(home, environment, told.as_)
        HOOKS["SCAN_KNOWN"] = json.dumps(_known(environment))
        with _forgetting(environment):
            runs = [
                _scan(scanner, visitor, environment["SITE_URL"], _share(told.minutes, visitors))
                for scanner in scanners
                if scanner not in missing
                for visitor in visitors
            ]
        broken = _broken(home)
    _write(runs, missing, broken)
    print((REPORT / "report.md").read_text(encoding="utf-8"))
    strict = bool(missing) and os.environ.get("GUICHET_NOTHING_LEFT_OUT") == "1"
    return 1 if strict or broken or any(run.found or run.ended != "whole" for run in runs) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make scan")
    parser.add_argument("--minutes", type=float, default=5, help="of each scanner, all visitors")
    parser.add_argument("--only", nargs="*", default=[], help="scanners by name")
    parser.add_argument("--as", dest="as_", nargs="*", default=[], help="visitors by name")
    return parser


def _share(minutes: float, visitors: list[Visitor]) -> int:
    return max(5, round(minutes * 60 / len(visitors)))


# --- who comes, and what there is


def _known(environment: dict[str, str]) -> dict[str, list[str]]:
    with psycopg.connect(environment["DATABASE_URL"]) as database:
        return {
            word: [str(row[0]) for row in database.execute(asked)] for word, asked in NAMES.items()
        }


def _visitors(home: Home, environment: dict[str, str], wanted: list[str]) -> list[Visitor]:
    site, sandbox = environment["SITE_URL"], Sandbox(environment["SANDBOX_URL"])
    uwase = Citizen(site, sandbox, sandbox.people("birth")[0])
    uwase.sign_in()
    demo = own.logins(home)
    logins = {one["login"].partition("@")[0]: one for one in demo}
    officer = next(one for one in demo if "signs" in one["does"])
    everybody = [
        Visitor(name="anybody", begins_at=("/search/?q=birth", "/track/", "/verify/", FIND)),
        Visitor(
            name="citizen", cookies=uwase.browser.cookies, begins_at=("/cases/", "/services/", FIND)
        ),
        _staff(site, "officer", officer, "/desk/", "/desk/search/", "/desk/?list=late"),
        _staff(site, "finance", logins["finance"], "/desk/money/board/", "/desk/money/suspense/"),
        _staff(site, "agency", logins["revenue"], "/desk/reports/"),
    ]
    return [one for one in everybody if not wanted or one.name in wanted]


def _staff(site: str, name: str, login: dict[str, str], *begins_at: str) -> Visitor:
    browser = own.staff(site, login)
    return Visitor(name=name, cookies=browser.cookies, begins_at=begins_at)


# --- the scan


@contextlib.contextmanager
def _forgetting(environment: dict[str, str]) -> Iterator[None]:
    """Each second forget how often anybody asked; what is signed in stays signed in."""
    over = threading.Event()

    def forget() -> None:
        with (
            psycopg.connect(environment["DATABASE_URL"], autocommit=True) as database,
            redis.Redis.from_url(environment["REDIS_URL"]) as cache,
        ):
            while not over.wait(FORGET_SECONDS):
                database.execute("DELETE FROM accounts_budget")
                for pattern in ("*throttle_*", "*rule:*"):
                    for key in cache.scan_iter(pattern):
                        cache.delete(key)

    thread = threading.Thread(target=forget, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _scan(scanner: Scanner, visitor: Visitor, site: str, seconds: int) -> Run:
    folder = REPORT / f"{scanner.name}-{visitor.name}"
    folder.mkdir(exist_ok=True)
    for left in folder.glob("*.*"):
        left.unlink()
    begun = time.monotonic()
    print(f"{scanner.name} as {visitor.name}: {seconds} s", flush=True)
    command = scanner.command(scanner.found_at or "", visitor, site, seconds, folder)
    ended = "whole"
    with (folder / "said.txt").open("wb") as told:
        running = subprocess.Popen(
            [*dies_with_parent(), *command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=told,
            stderr=subprocess.STDOUT, start_new_session=True, env={**os.environ, **HOOKS},
        )  # fmt: skip
        try:
            running.wait(seconds + GRACE_SECONDS * scanner.ends_itself)
        except subprocess.TimeoutExpired:
            end_group(running.pid, seconds=10)
            running.wait()
            if scanner.ends_itself:
                ended = f"ended after {seconds + GRACE_SECONDS} s"
    try:
        found = scanner.read(folder)
    except (OSError, ValueError, KeyError) as error:
        found, ended = [], f"no report ({type(error).__name__})"
    if ended == "whole" and scanner.ends_itself and running.returncode and not found:
        ended = f"exit {running.returncode}"
    said = (folder / "said.txt").read_text(encoding="utf-8", errors="replace")
    if ended == "whole" and (cut := _CUT.findall(said)):
        ended = f"whole but for {', '.join(cut)}"
    return Run(
        scanner=scanner.name,
        visitor=visitor.name,
        seconds=time.monotonic() - begun,
        ended=ended,
        found=found,
    )


def _broken(home: Home) -> int:
    """Return how many requests the site itself says that it broke on."""
    said = (home.folder / "logs" / "web.log").read_text(encoding="utf-8", errors="replace")
    return sum(any(word in line for word in _BROKEN) for line in said.splitlines())


def _write(runs: list[Run], missing: list[Scanner], broken: int) -> None:
    lines = ["| scanner | as | seconds | ended | findings |", "|---|---|---|---|---|"]
    lines += [
        f"| {run.scanner} | {run.visitor} | {run.seconds:.0f} | {run.ended} | {len(run.found)} |"
        for run in runs
    ]
    lines += ["", f"Answers 500 in the site's own log: {broken}"]
    lines += [f"Not on this machine: {one.name} ({one.package})" for one in missing]
    lines += [
        f"- {run.scanner} as {run.visitor}, {one.severity}: {one.what} at {one.where}"
        for run in runs
        for one in run.found
    ]
    (REPORT / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
