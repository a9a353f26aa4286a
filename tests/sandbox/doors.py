"""A Guichet that is nothing but doors: what a gateway makes of what a twin says, over HTTP."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from payments.gateways.base import (
    BadSignature,
    Context,
    Heard,
    Hint,
    News,
    Payable,
    Question,
    Reply,
    Told,
    Unreadable,
    Vendor,
)


@dataclass
class Doors:
    """Answers every question with `bill`; keeps the rest, or says `status`."""

    vendor: Vendor
    contract: Mapping[str, Any]
    bill: Payable
    url: str = ""
    status: int = 0
    asked: list[str] = field(default_factory=list)
    kept: list[tuple[News | Hint, bytes]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def hear(self, heard: Heard) -> Reply:
        try:
            verdict = self.vendor.hear(heard, self.contract)
        except BadSignature as bad:
            self.refused.append(bad.reason)
            return Reply(401)
        except Unreadable:
            return Reply(400)
        if isinstance(verdict, Question):
            self.asked.append(verdict.reference)
            return verdict.reply(self.bill)
        if self.status:
            return Reply(self.status)
        self.kept.append((verdict, heard.body))
        return verdict.reply

    def told(self) -> list[Told]:
        """Return what the poster would read in all that was kept."""
        context = Context(received_at=datetime.now(UTC), external_hint="")
        return [
            told
            for verdict, body in self.kept
            for told in self.vendor.parsers[verdict.kind](body, context)
        ]


@contextmanager
def opened(doors: Doors) -> Iterator[Doors]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            rail, *path = unquote(self.path).removeprefix("/callbacks/").split("/")
            assert rail == doors.contract["rail_code"]
            reply = doors.hear(
                Heard(
                    method=self.command,
                    path=tuple(path),
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=body,
                    at=datetime.now(UTC),
                )
            )
            self.send_response(reply.status)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    doors.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield doors
    finally:
        server.shutdown()
        server.server_close()
