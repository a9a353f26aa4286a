"""A small MTN on a thread, for tests: real HTTP, and answers that a test lays out beforehand."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Mtn:
    """What MTN will answer, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.tokens_given = 0
        self.token_status = 200
        self.token_seconds: object = 3600
        self.token_slow_seconds = 0.0
        self.forgets_tokens: set[str] = set()
        self.pay_status = 202
        self.pay_body: object = None
        self.status_status = 200
        self.status_body: object = {"status": "PENDING"}
        self.slow_seconds = 0.0
        self.hangs_up = False
        self.base_url = ""

    @property
    def prompts(self) -> list[dict[str, Any]]:
        return [call for call in self.asked if call["path"].endswith("/requesttopay")]


class _Handler(BaseHTTPRequestHandler):
    mtn: Mtn
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        call = self._note(body)
        if call["path"].endswith("/token/"):
            time.sleep(self.mtn.token_slow_seconds)
            self.mtn.tokens_given += 1
            self._say(
                self.mtn.token_status,
                {
                    "access_token": f"token-{self.mtn.tokens_given}",
                    "token_type": "access_token",
                    "expires_in": self.mtn.token_seconds,
                },
            )
        elif self._admitted():
            self._say(self.mtn.pay_status, self.mtn.pay_body)

    def do_GET(self) -> None:
        self._note(b"")
        if self._admitted():
            self._say(self.mtn.status_status, self.mtn.status_body)

    def _note(self, body: bytes) -> dict[str, Any]:
        call = {"path": self.path, "headers": dict(self.headers), "body": body}
        self.mtn.asked.append(call)
        return call

    def _admitted(self) -> bool:
        time.sleep(self.mtn.slow_seconds)
        if self.mtn.hangs_up:
            self.close_connection = True
            self.connection.close()
            return False
        if self.headers.get("Authorization", "").removeprefix("Bearer ") in self.mtn.forgets_tokens:
            self._say(401, {"message": "Unauthorised"})
            return False
        return True

    def _say(self, status: int, body: object) -> None:
        if body is None:
            raw = b""
        elif isinstance(body, bytes):
            raw = body
        else:
            raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[Mtn]:
    """Serve on a free port of this machine until the block ends."""
    mtn = Mtn()
    handler = type("Handler", (_Handler,), {"mtn": mtn})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    mtn.base_url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield mtn
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
