"""The one door to the outside opens to the hosts named for a purpose, and to no other."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
from django.core.exceptions import ImproperlyConfigured

from config import reaching
from documents import wire
from kernel import outgoing

HERE = "127.0.0.1"


class Neighbour(ThreadingHTTPServer):
    """Answers everybody, sends /away to another name of its own, and remembers who asked."""

    def __init__(self) -> None:
        super().__init__((HERE, 0), _Answers)
        self.heard: list[str] = []

    def at(self, host: str, path: str = "/") -> str:
        return f"http://{host}:{self.server_port}{path}"


class _Answers(BaseHTTPRequestHandler):
    server: Neighbour

    def do_GET(self) -> None:
        self.server.heard.append(self.headers["Host"].partition(":")[0])
        away = self.path == "/away"
        self.send_response(302 if away else 200)
        if away:
            self.send_header("Location", self.server.at("elsewhere.example"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_more: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    with Neighbour() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _the_world_lies_here(monkeypatch, settings) -> None:
    """Every name leads to this machine, as one would that an attacker keeps."""
    found = socket.getaddrinfo

    def lead_here(host, *more, **how):
        return found(HERE if isinstance(host, str) and "." in host else host, *more, **how)

    monkeypatch.setattr(socket, "getaddrinfo", lead_here)
    settings.OUTGOING = {"sms": {HERE}, "rails": {"public.example"}, "revocation": {HERE}}
    settings.OUTGOING_NEAR = frozenset()


def asked(purpose: str, url: str) -> int:
    with outgoing.client(purpose, timeout=5) as client:
        return client.get(url).status_code


def test_a_host_of_the_purpose_is_asked(neighbour):
    assert asked("sms", neighbour.at(HERE)) == 200


@pytest.mark.parametrize("purpose", ["rails", "nothing"])
def test_a_host_of_another_purpose_hears_nothing(neighbour, purpose):
    with pytest.raises(outgoing.NotAllowed):
        asked(purpose, neighbour.at(HERE))
    assert neighbour.heard == []


def test_another_port_or_scheme_of_an_allowed_host_hears_nothing(neighbour, settings):
    settings.OUTGOING = {"rails": {f"http://{HERE}:{neighbour.server_port}"}}
    assert asked("rails", neighbour.at(HERE)) == 200
    for other in (f"https://{HERE}:{neighbour.server_port}/", f"http://{HERE}/"):
        with pytest.raises(outgoing.NotAllowed):
            asked("rails", other)
    assert neighbour.heard == [HERE]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://127.0.0.1/", "http:///x"])
def test_another_scheme_goes_nowhere(url):
    with pytest.raises(httpx.HTTPError):
        asked("sms", url)


def test_a_redirect_is_an_answer_and_not_a_way(neighbour):
    assert asked("sms", neighbour.at(HERE, "/away")) == 302
    assert neighbour.heard == [HERE]


def test_where_redirects_are_followed_they_lead_to_no_other_host(neighbour):
    where = {"purpose": "revocation", "seconds": 5, "bytes_max": 100, "redirects": True}
    assert wire.ask("GET", neighbour.at(HERE), **where).status == 200
    with pytest.raises(wire.Unanswered, match="NotAllowed"):
        wire.ask("GET", neighbour.at(HERE, "/away"), **where)
    assert neighbour.heard == [HERE, HERE]


def test_a_public_name_that_leads_into_our_own_net_hears_nothing(neighbour, settings):
    with pytest.raises(httpx.ConnectError):
        asked("rails", neighbour.at("public.example"))
    assert neighbour.heard == []
    settings.OUTGOING_NEAR = frozenset({"public.example"})
    assert asked("rails", neighbour.at("public.example")) == 200


def test_the_same_holds_in_an_event_loop(neighbour, settings):
    settings.OUTGOING = {"stamps": {"public.example"}}
    with pytest.raises(wire.Unanswered):
        wire.ask("GET", neighbour.at("public.example"), purpose="stamps", seconds=5, bytes_max=9)
    assert neighbour.heard == []


@contextmanager
def _proxy(monkeypatch, url: str) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("HTTP_PROXY", url)
        patch.setenv("ALL_PROXY", url)
        yield


def test_no_proxy_of_the_environment_sees_whom_we_ask(neighbour, monkeypatch):
    with _proxy(monkeypatch, "http://127.0.0.1:9"):
        assert asked("sms", neighbour.at(HERE)) == 200


@pytest.mark.parametrize(
    ("host", "address", "fine"),
    [
        ("api.example", "196.12.0.1", True),
        ("api.example", "2c0f:f248::1", True),
        ("api.example", "10.0.0.5", False),
        ("api.example", "127.0.0.1", False),
        ("api.example", "::1", False),
        ("api.example", "::ffff:10.0.0.5", False),
        ("api.example", "fd00::5", False),
        ("api.example", "64:ff9b::a00:5", False),  # NAT64 to 10.0.0.5.
        ("api.example", "64:ff9b::c40c:1", True),
        ("api.example", "2002:a00:5::1", False),  # 6to4 of 10.0.0.5.
        ("near.example", "10.0.0.5", True),
        ("signer", "172.18.0.4", True),  # A container beside us.
        ("10.0.0.5", "10.0.0.5", True),  # The settings say the address itself.
        ("signer", "169.254.169.254", False),  # Where a cloud keeps the machine's secrets.
        ("near.example", "fe80::1", False),
    ],
)
def test_where_a_name_may_lead(settings, host, address, fine):
    settings.OUTGOING_NEAR = frozenset({"near.example"})
    assert outgoing.is_plausible(host, address) is fine


WIRED = {
    "rails": {"mtn": {"url": "https://mtn.example/v1", "callback_base": "https://guichet.example"}},
    "stamps": [{"url": "https://stamps.example/tsa", "seconds": 2}],
    "signing": "",
}


def test_what_is_wired_may_be_asked_and_in_production_nothing_else():
    found = reaching.hosts({}, wired=WIRED, production=True)
    assert found["rails"] == {"https://mtn.example:443"}
    assert found["stamps"] == {"https://stamps.example:443"}
    assert found["signing"] == found["revocation"] == frozenset()
    assert reaching.hosts({}, wired=WIRED, production=False)["rails"] >= reaching.LOCAL


def test_more_hosts_are_named_by_purpose_and_only_lists_that_are_signed_come_without_tls():
    told = {"OUTGOING_HOSTS": "revocation:CRL.example, directory:login.example:8443"}
    found = reaching.hosts(told, wired=WIRED, production=True)
    assert found["revocation"] == {"https://crl.example:443", "http://crl.example:80"}
    assert found["directory"] == {"https://login.example:8443"}


@pytest.mark.parametrize(
    "told", ["crl.example", "lists:crl.example", "revocation:https://x/", "sms:x:port", "sms:"]
)
def test_a_host_without_a_purpose_is_a_mistake(told):
    with pytest.raises(ImproperlyConfigured, match="OUTGOING_HOSTS"):
        reaching.hosts({"OUTGOING_HOSTS": told}, wired={}, production=True)


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://bank.example/v1?x=1", "https://bank.example:443"),
        ("http://bank.example:8080", "http://bank.example:8080"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]:443"),
        ("https://bank.example@evil.example/", "https://evil.example:443"),
        ("nothing", ""),
        ("https://", ""),
    ],
)
def test_where_an_address_leads(address, origin):
    assert outgoing.origin(address) == origin
