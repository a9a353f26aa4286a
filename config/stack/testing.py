"""pytest plugin (`-p config.stack.testing`): throwaway servers for the run.

Loaded before the settings: pytest-django reads them as early as the first conftest.
"""

import atexit
import contextlib
import os
import shutil
from collections.abc import Generator
from typing import Any

import pytest

from config import words
from config.stack import throwaway
from config.stack.home import ROOT

_open = contextlib.ExitStack()
atexit.register(_open.close)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """A wrapper, because those run before pytest-django's own first hook.

    Each worker of xdist starts servers of its own: transaction numbers, snapshots and statistics
    are the cluster's, and a test may look at them. Who only hands the tests out needs none, and
    compiles the words before anybody reads them.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        words.compile_all(ROOT)
    if not worker and getattr(early_config.known_args_namespace, "numprocesses", None):
        os.environ["GUICHET_ENV"] = "test"
        return (yield)
    if "GUICHET_TEST_SUPERUSER" not in os.environ:
        os.environ.update(_open.enter_context(throwaway.servers()))
    os.environ.update(throwaway.of_worker(dict(os.environ), worker or "main"))
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: tests wait for servers, browsers and the clock."""
    cores = len(os.sched_getaffinity(0))
    return cores + cores // 2


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: whoever has nothing left takes over from the end, and there
    only short tests stand."""
    items.sort(key=lambda item: not ({"slow", "browser"} & {m.name for m in item.iter_markers()}))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Leave behind how the run ended: make says 2 of any trouble, and CI asks which it was."""
    cache = getattr(session.config, "cache", None)  # None with -p no:cacheprovider.
    if cache is not None and "PYTEST_XDIST_WORKER" not in os.environ:
        cache.set("guichet/ended", int(exitstatus))


def pytest_unconfigure() -> None:
    _open.close()


PROGRAMS = {
    "chromium": "pages in a browser",
    "pdfsig": "signatures as poppler sees them",
    "pdftoppm": "papers as they look",
    "zbarimg": "QR codes as a camera reads them",
}


def left_out() -> list[str]:
    """Which tests this machine cannot run, by the program that they need."""
    return [f"{what} ({name})" for name, what in PROGRAMS.items() if shutil.which(name) is None]


def pytest_sessionstart() -> None:
    if os.environ.get("GUICHET_NOTHING_LEFT_OUT") == "1" and left_out():
        pytest.exit(f"Missing here: {', '.join(left_out())}", returncode=1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if left_out():
        terminalreporter.write_line(
            f"Left out on this machine: {', '.join(left_out())}. "
            "Debian: apt install chromium poppler-utils zbar-tools"
        )
