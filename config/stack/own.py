"""A stack of a command's own, with the demonstration's people: on a folder that goes with it."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from config.journey.browser import Browser
from config.stack.home import ROOT, CannotRun, Home, end_group
from config.stack.servers import dies_with_parent, free_port

READY_SECONDS_MAX = 300


@contextlib.contextmanager
def stack(folder: Path, report: Path) -> Iterator[Home]:
    """
    Start all of Guichet on a folder and on ports of its own; its logs are left in `report`.

    :raises CannotRun: if it does not come up
    """
    # Where user namespaces are blocked PostgreSQL runs as nobody and has to pass through here.
    folder.chmod(0o711)
    report.mkdir(parents=True, exist_ok=True)
    ports = {
        name: str(free_port())
        for name in ("PORT", "SANDBOX_PORT", "CALLBACKS_PORT", "MAIL_PORT")
    }  # fmt: skip
    environment = {**os.environ, **ports, "VAR_DIR": str(folder)}
    with (report / "stack.log").open("wb") as log:
        running = subprocess.Popen(
            [*dies_with_parent(), sys.executable, "-m", "config.stack", "run"],
            cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            _wait_ready(running, report / "stack.log")
            yield Home(country=os.environ.get("COUNTRY", "rw").lower(), folder=folder)
        finally:
            end_group(running.pid, seconds=30)
            running.wait()
            if (folder / "logs").exists():
                shutil.copytree(folder / "logs", report / "logs", dirs_exist_ok=True)


def _wait_ready(running: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_SECONDS_MAX
    while "  ready" not in log.read_text(errors="replace"):
        if running.poll() is not None or time.monotonic() > end:
            raise CannotRun(f"The stack did not come up: see {log}.")
        time.sleep(0.5)


def play(environment: dict[str, str], report: Path) -> None:
    """
    Let two cases be paid, decided and signed, so that every desk has something to show.

    :raises CannotRun: if they are not; what the journey said is left in `report`
    """
    said = report / "journey.log"
    with said.open("wb") as log:
        done = subprocess.run(
            [sys.executable, "manage.py", "journey", "--count", "2"],
            cwd=ROOT, env={**os.environ, **environment}, check=False, stdout=log, stderr=log,
        )  # fmt: skip
    if done.returncode != 0:
        raise CannotRun(f"The journey did not go through: see {said}.")


def logins(home: Home) -> list[dict[str, str]]:
    """Return the demonstration's staff: `who`, `login`, `password`, and what each `does`."""
    told: list[dict[str, str]] = json.loads((home.folder / "demo.json").read_text("utf-8"))
    return told


def staff(site: str, login: dict[str, str]) -> Browser:
    """Return a browser in which one of them is signed in."""
    browser = Browser(site)
    page = browser.open("/staff/")
    browser.send(
        page, page.form(having="password"), email=login["login"], password=login["password"]
    )
    return browser
