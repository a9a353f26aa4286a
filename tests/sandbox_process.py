"""The sandbox as a process of its own, for any test that needs the outside world."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90.0
# Without TLS nobody's certificates have to be read, which takes longer than the sandbox answers.
PLAIN: dict[str, Any] = {"timeout": 60, "trust_env": False, "verify": False}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class SandboxProcess:
    """Start it with the environment of the test: `with SandboxProcess({"SANDBOX_STATE": ...})`."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = dict(env)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = int(self._env.setdefault("SANDBOX_PORT", str(free_port())))
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        usual = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sandbox"], cwd=ROOT, env={**usual, **self._env}
        )
        give_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up_at:
            if self._process.poll() is not None:
                raise RuntimeError(f"the sandbox ended with {self._process.returncode}")
            try:
                if httpx.get(f"{self.url}/health", **PLAIN | {"timeout": 5}).is_success:
                    return self
            except httpx.HTTPError:
                time.sleep(0.02)
        self.kill()
        raise RuntimeError("the sandbox did not start")

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None

    def faults(self, **faults: str) -> None:
        """Switch faults on, and every other off: `faults(mtn="down", mtn_callback="twice")`."""
        self.delete("/faults")
        if faults:
            wanted = {name.replace("_", "."): value for name, value in faults.items()}
            self.post("/faults", wanted).raise_for_status()

    def get(self, path: str, **more: Any) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", **PLAIN, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return httpx.post(f"{self.url}{path}", json=body, **PLAIN, **more)

    def delete(self, path: str) -> httpx.Response:
        return httpx.delete(f"{self.url}{path}", **PLAIN)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
