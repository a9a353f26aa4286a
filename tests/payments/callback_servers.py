"""Both roads of a callback as real processes over real HTTP, and a bank that speaks to them."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.stack.children import Child
from config.stack.servers import free_port
from payments.gateways import bycontract

SECRET = "secret-of-the-bank-0"
NOTIFICATION = "/callbacks/bank-rw/notification"
INQUIRY = "/callbacks/bank-rw/inquiry"
COMMON = ("--host", "127.0.0.1", "--no-ws", "--log-level", "warning", "--workers-kill-timeout", "8")
# The site's own view, and the process that does nothing else.
ROADS = {
    "plain": ("--interface", "wsgi", "--blocking-threads", "24", "config.wsgi:application"),
    "fast": ("--interface", "rsgi", "config.callbacks:application"),
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        return json.loads(self.body)


@dataclass
class Door:
    """One process that hears callbacks."""

    road: str
    port: int
    child: Child

    @property
    def pid(self) -> int:
        assert self.child.process is not None
        return self.child.process.pid

    def ask(self, method: str, path: str, body=b"", headers=None, *, timeout=90.0) -> Answer:
        """:raises OSError, http.client.HTTPException: if there is no answer"""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            is_chunked = "Transfer-Encoding" in (headers or {})
            # A server that refuses a body may hang up before all of it is sent.
            with suppress(BrokenPipeError, ConnectionResetError):
                line.request(method, path, body, headers or {}, encode_chunked=is_chunked)
            answer = line.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, names, answer.read())
        finally:
            line.close()

    def tell(self, body, *, path=NOTIFICATION, secret=SECRET, **more) -> Answer:
        """Say it as the bank does."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        timestamp = int(time.time())
        signature = bycontract.sign(secret=secret, timestamp=timestamp, body=data)
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": str(timestamp),
            "X-Signature": signature,
        }
        return self.ask("POST", path, data, headers, **more)

    def tell_at_once(self, bodies) -> list[Answer]:
        with ThreadPoolExecutor(len(bodies)) as threads:
            return list(threads.map(self.tell, bodies))

    def start(self) -> None:
        self.child.start()
        end = time.monotonic() + 180
        while time.monotonic() < end:
            assert self.child.alive, self.child.log.read_text()
            try:
                self.ask("POST", "/callbacks/nobody/nothing")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self.child.log.read_text())

    def kill(self) -> None:
        """The process and its workers, in the middle of whatever they do."""
        os.killpg(self.pid, signal.SIGKILL)
        assert self.child.process is not None
        self.child.process.wait()

    def stop(self) -> int:
        self.child.ask_to_stop()
        assert self.child.process is not None
        try:
            return self.child.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def door(road: str, folder: Path, environment: dict[str, str]) -> Door:
    """Return the process of this road, not yet started."""
    port = free_port()
    command = [sys.executable, "-m", "granian", *COMMON, "--port", str(port), *ROADS[road]]
    child = Child(
        name=road,
        command=command,
        environment=environment | {"BANK_SECRET": SECRET},
        log=folder / f"{road}.log",
    )
    return Door(road, port, child)


def told(reference: str, amount: int = 500, *, id: str = "B1", **more) -> dict:
    return {
        "id": id,
        "reference": reference,
        "amount": str(amount),
        "currency": "RWF",
        "paid_at": "2026-11-21T12:00:00+02:00",
        "channel": "ussd",
        **more,
    }
