"""One sandbox for this room's tests, and a Guichet that only writes down what it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox_process import SandboxProcess


@dataclass
class Told:
    method: str
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass
class ListeningGuichet:
    """Answers inquiries with `bill`, everything else with `status`."""

    told: list[Told] = field(default_factory=list)
    status: int = 200
    bill: dict[str, Any] = field(default_factory=dict)
    url: str = ""

    def wait_for(
        self, count: int, where: str, seconds: float = 60.0, about: str = ""
    ) -> list[Told]:
        """
        Return the calls whose path holds `where`, once there are `count` of them.

        :param about: what their bytes must hold: a late receipt may belong to an earlier test
        """
        give_up_at = time.monotonic() + seconds
        while time.monotonic() < give_up_at:
            found = [t for t in self.told if where in t.path and about.encode() in t.raw]
            if len(found) >= count:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{len(found)} of {count} calls to {where}")

    def quiet(self, where: str, seconds: float = 0.8) -> list[Told]:
        """Return the calls whose path holds `where`, after time for one more has passed."""
        time.sleep(seconds)
        return [told for told in self.told if where in told.path]


@pytest.fixture(scope="session")
def _guichet() -> Iterator[ListeningGuichet]:
    guichet = ListeningGuichet()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            guichet.told.append(Told(self.command, self.path, headers, raw))
            asked = self.path.endswith("/inquiry")
            answer = json.dumps(guichet.bill).encode() if asked else b""
            self.send_response(200 if asked else guichet.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_PUT = do_POST  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    guichet.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield guichet
    server.shutdown()
    server.server_close()


@pytest.fixture
def guichet(_guichet: ListeningGuichet) -> ListeningGuichet:
    _guichet.told.clear()
    _guichet.status = 200
    _guichet.bill = {
        "reference": "858961326965",
        "payable": True,
        "reason": "",
        "amount": "500",
        "currency": "RWF",
        "service": "Birth certificate",
    }
    return _guichet


@pytest.fixture(scope="session")
def _sandbox(
    _guichet: ListeningGuichet, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SandboxProcess]:
    state = tmp_path_factory.mktemp("sandbox")
    env = {
        "SANDBOX_STATE": str(state),
        "GUICHET_URL": _guichet.url,
        "SANDBOX_PROMPT_SECONDS": "300",
        "SANDBOX_LATE_SECONDS": "1",
    }
    with SandboxProcess(env) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox: SandboxProcess) -> Iterator[SandboxProcess]:
    """The sandbox, on a good day."""
    _sandbox.faults()
    yield _sandbox
    _sandbox.faults()


@pytest.fixture
def own_sandbox(
    guichet: ListeningGuichet, tmp_path: Path
) -> Iterator[Callable[..., SandboxProcess]]:
    """Start sandboxes of this test's own, on one state folder."""
    started: list[SandboxProcess] = []

    def start(**env: str) -> SandboxProcess:
        usual = {"SANDBOX_STATE": str(tmp_path), "GUICHET_URL": guichet.url}
        started.append(SandboxProcess({**usual, **env}).start())
        return started[-1]

    yield start
    for process in started:
        process.stop()
