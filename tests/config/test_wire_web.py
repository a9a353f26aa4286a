"""The web servers' TLS to the proxy, and how a neighbour proves itself to us."""

import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from config.stack.servers import dies_with_parent, free_port
from kernel import outgoing
from tests.config import walled
from tests.config.walled import Issued

APP = """
def app(environ, start):
    start("200 OK", [("content-type", "text/plain")])
    return [environ["wsgi.url_scheme"].encode()]
"""


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    return walled.issued(tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, ours: Issued) -> Iterator[tuple[int, int]]:
    """Start granian by the variables of compose; yields its port and its process id."""
    folder, port = tmp_path_factory.mktemp("web"), free_port()
    (folder / "answering.py").write_text(APP)
    told = walled.COMPOSE["x-environment"]
    named = {name: told[name] for name in told if name.startswith("GRANIAN_")}
    process = subprocess.Popen(
        [
            *dies_with_parent(), sys.executable, "-m", "granian", "--interface", "wsgi",
            "--port", str(port), "--no-ws", "--log-level", "error", "answering:app",
        ],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            **{n: v.replace("/run/wire", str(ours.folder / "web")) for n, v in named.items()},
        },
    )  # fmt: skip
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def shown(port: int) -> str:
    """Return the certificate that the server shows, once it answers."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            return ssl.get_server_certificate(("127.0.0.1", port))
        except OSError:
            time.sleep(0.1)
    raise AssertionError("granian does not answer")


def asked(url: str) -> httpx.Response:
    with outgoing.client("sms", timeout=5) as client:
        return client.get(url)


@pytest.fixture
def _may(settings, web, ours) -> None:
    settings.OUTGOING = {"sms": {"localhost", "127.0.0.1"}}
    settings.NEIGHBOUR_ROOTS = str(ours.folder / "web" / "ca.pem")
    shown(web[0])


@pytest.mark.usefixtures("_may")
def test_a_neighbour_proves_itself_by_the_authority_of_the_house(web):
    answer = asked(f"https://localhost:{web[0]}/")
    assert (answer.status_code, answer.text) == (200, "https")


@pytest.mark.usefixtures("_may")
def test_a_neighbour_of_another_authority_is_not_asked(web, settings, tmp_path):
    theirs = walled.issued(tmp_path)
    settings.NEIGHBOUR_ROOTS = str(theirs.folder / "web" / "ca.pem")
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        asked(f"https://localhost:{web[0]}/")


@pytest.mark.usefixtures("_may")
def test_the_authority_of_the_house_vouches_for_no_one_elsewhere(web):
    # An address is no name of the own net, though the certificate has it.
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        asked(f"https://127.0.0.1:{web[0]}/")


@pytest.mark.usefixtures("_may")
def test_the_web_server_hears_nothing_plain(web):
    with pytest.raises(httpx.HTTPError):
        asked(f"http://localhost:{web[0]}/")


class _Asks(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        shown = self.connection.getpeercert()
        name = dict(pair for part in shown["subject"] for pair in part)["commonName"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(name)))
        self.end_headers()
        self.wfile.write(name)

    def log_message(self, *_more: object) -> None:
        """Nobody reads it."""


class _Asking(ThreadingHTTPServer):
    def handle_error(self, *_more: object) -> None:
        """Who shows nothing is sent away: that is what is tried here."""


@pytest.fixture
def asks_who_calls(ours) -> Iterator[int]:
    context = ssl.create_default_context(
        ssl.Purpose.CLIENT_AUTH, cafile=str(ours.folder / "web" / "ca.pem")
    )
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(ours.own("sandbox"))
    with _Asking(("127.0.0.1", 0), _Asks) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_who_asks_outside_is_shown_our_certificate(asks_who_calls, settings, monkeypatch, ours):
    settings.OUTGOING = {"sms": {"127.0.0.1"}}
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.folder / "web" / "ca.pem"))
    try:
        for certificate in ("", ours.own("web")):
            settings.OUTGOING_CERTIFICATE = certificate
            outgoing.trusted.cache_clear()
            if certificate:
                assert asked(f"https://127.0.0.1:{asks_who_calls}/").text == "web"
            else:
                with pytest.raises(httpx.HTTPError):
                    asked(f"https://127.0.0.1:{asks_who_calls}/")
    finally:
        outgoing.trusted.cache_clear()


def test_a_store_beside_us_proves_itself_by_the_house_and_one_outside_as_usual(settings):
    settings.NEIGHBOUR_ROOTS = "/run/wire/ca.pem"
    assert outgoing.roots_for("https://minio:9000") == "/run/wire/ca.pem"
    assert outgoing.roots_for("https://store.example") is None


def test_new_workers_show_a_renewed_certificate(web, ours):
    port, pid = web
    was = shown(port)
    ours.renew()
    # What GRANIAN_WORKERS_LIFETIME does once a day, now.
    subprocess.run(["kill", f"-{signal.SIGHUP.value}", str(pid)], check=True)
    end = time.monotonic() + 30
    # The old worker answers beside the new one until it has given back what it holds.
    while (shows := shown(port)) == was:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert shows in Path(ours.own("web")).read_text()
