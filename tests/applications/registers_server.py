"""A population and a civil register over real HTTP, in a thread, holding what a test gives them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a token of tests"


@dataclass
class Registers:
    """
    `people` and `records` by national number; `acts` by kind and number. `gone` makes all of them
    answer 503.
    """

    base_url: str = ""
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    acts: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    gone: bool = False
    asked: int = 0

    @property
    def gateways(self) -> dict[str, dict[str, str]]:
        return {
            "population": {"base_url": f"{self.base_url}/population", "token": TOKEN},
            "civil": {"base_url": f"{self.base_url}/civil", "token": TOKEN},
            "criminal": {"base_url": f"{self.base_url}/criminal", "token": TOKEN},
        }

    def answer(self, path: str, question: dict[str, str]) -> tuple[int, object]:
        self.asked += 1
        if self.gone:
            return 503, {}
        number = question["national_id"]
        if path == "/population/search":
            found = self.people.get(number)
            return (200, found) if found else (404, {})
        if path == "/criminal/search":
            record = self.records.get(number)
            return (200, record) if record else (404, {})
        return 200, {"acts": self.acts.get((question["kind"], number), [])}


@contextmanager
def running() -> Iterator[Registers]:
    registers = Registers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            assert self.headers["Authorization"] == f"Bearer {TOKEN}"
            status, told = registers.answer(self.path, json.loads(self.rfile.read(length)))
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registers.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield registers
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
