"""A small Daraja on a thread, for tests: real HTTP, and answers that a test lays out beforehand."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TAKEN = {
    "OriginatorConversationID": "3213-416199-2",
    "ConversationID": "AG_20261121_0000493344ae97d86f75",
    "ResponseCode": "0",
    "ResponseDescription": "Accept the service request successfully.",
}
PROMPTED = {
    "MerchantRequestID": "2654-4b64-97ff-b827b542881d3130",
    "CheckoutRequestID": "ws_CO_1007202409152617172396192",
    "ResponseCode": "0",
    "ResponseDescription": "Success. Request accepted for processing",
    "CustomerMessage": "Success. Request accepted for processing",
}


class Daraja:
    """What Daraja will answer, and what it was asked; each token ends the former one."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.tokens_given = 0
        self.token_status = 200
        self.token_words: dict[str, object] = {}
        self.status = 200
        self.words: object = dict(TAKEN)
        self.pages: list[object] = []  # Before `words`, one an answer.
        self.slow_seconds = 0.0
        self.hangs_up = False
        self.admits_nobody = False
        self.url = ""

    @property
    def said(self) -> dict[str, Any]:
        """The words of the last question."""
        words: dict[str, Any] = json.loads(self.asked[-1]["body"])
        return words

    @property
    def questions(self) -> list[dict[str, Any]]:
        return [call for call in self.asked if not call["path"].startswith("/oauth")]


class _Handler(BaseHTTPRequestHandler):
    daraja: Daraja
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._note(b"")
        self.daraja.tokens_given += 1
        told = {"access_token": f"token-{self.daraja.tokens_given}", "expires_in": "3599"}
        self._say(self.daraja.token_status, {**told, **self.daraja.token_words})

    def do_POST(self) -> None:
        self._note(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        time.sleep(self.daraja.slow_seconds)
        if self.daraja.hangs_up:
            self.close_connection = True
            self.connection.close()
            return
        newest = f"Bearer token-{self.daraja.tokens_given}"
        if self.daraja.admits_nobody or self.headers.get("Authorization") != newest:
            told = {"requestId": "1", "errorCode": "404.001.03", "errorMessage": "Invalid Access"}
            self._say(404, told)
            return
        words = self.daraja.pages.pop(0) if self.daraja.pages else self.daraja.words
        self._say(self.daraja.status, words)

    def _note(self, body: bytes) -> None:
        call = {"path": self.path, "headers": dict(self.headers), "body": body}
        self.daraja.asked.append(call)

    def _say(self, status: int, words: object) -> None:
        raw = words if isinstance(words, bytes) else json.dumps(words).encode()
        # Who asked has left where the answer came too late, as is played here.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[Daraja]:
    """Serve on a free port of this machine until the block ends."""
    daraja = Daraja()
    handler = type("Handler", (_Handler,), {"daraja": daraja})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    daraja.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield daraja
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
