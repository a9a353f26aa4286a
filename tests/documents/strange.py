"""Servers that do nothing but misbehave: of no provider's API, so that no twin plays them."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

_BETWEEN_DRIPS_SECONDS = 0.05


@contextmanager
def _serving(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            answer(self)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def dripping() -> Iterator[str]:
    """It sends a byte again and again: no read of ours is ever too slow."""
    over = Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            while not over.wait(_BETWEEN_DRIPS_SECONDS):
                handler.wfile.write(b" ")
                handler.wfile.flush()
        except OSError:
            return

    with _serving(drip) as url:
        yield url
        over.set()


@pytest.fixture
def says() -> Iterator[Callable[[bytes], str]]:
    """Return the address of a server that says this to everybody."""
    said = [b""]

    def say(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(said[0])

    with _serving(say) as url:

        def at(body: bytes) -> str:
            said[0] = body
            return url

        yield at


@pytest.fixture
def lost_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The name server of *.example does not answer."""
    over, usual = Event(), socket.getaddrinfo

    def hang(host: object, *rest: Any, **more: Any) -> Any:
        if not str(host).endswith("example"):
            return usual(host, *rest, **more)
        over.wait(60)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    yield
    over.set()
