"""Pages that are the same for everybody are made once in a moment, and nobody's own is kept."""

import gzip
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from config.kept_pages import FRESH_SECONDS, STALE_SECONDS, Kept
from tests.accounts import people
from tests.applications.browser import citizen_at

pytestmark = pytest.mark.django_db

PAGE = "/services/boat-licence/"


class Site:
    """The whole site behind the pages that are kept; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.now = 0.0
        self.fails = False
        self._django = WSGIHandler()
        self._kept = Kept(self._hand_on, clock=lambda: self.now)

    def _hand_on(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.asked += 1
        if self.fails:
            start("503 Service Unavailable", [])
            return [b""]
        return self._django(environ, start)

    def get(self, path: str = PAGE, method: str = "GET", **said: str) -> "Answer":
        told = {"accept-encoding": "gzip", "accept-language": "en"} | {
            name.replace("_", "-"): value for name, value in said.items()
        }
        environ = RequestFactory(headers=told).generic(method, path).environ
        heard: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(
            self._kept(environ, lambda status, heads, *_: heard.append((status, heads)))
        )
        return Answer(int(heard[-1][0][:3]), dict(heard[-1][1]), body)


class Answer:
    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self) -> str:
        return gzip.decompress(self.body).decode()


@pytest.fixture
def site(tiny) -> Iterator[Site]:
    # A server lets go of its connection between requests: here it is the test's own.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Site()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_a_crowd_that_comes_at_once_is_answered_from_one_page(site) -> None:
    first, second = site.get(), site.get()
    assert site.asked == 1
    assert first.body == second.body
    assert "<h1>" in first.text
    # All that guards the page comes with it, and each answer has an id of its own.
    own = "X-Request-ID"
    assert first.headers[own] != second.headers[own]
    assert {k: v for k, v in first.headers.items() if k != own} == {
        k: v for k, v in second.headers.items() if k != own
    }
    assert "default-src 'none'" in second.headers["Content-Security-Policy"]
    assert second.headers["Cache-Control"] == "no-cache"


def test_a_page_is_made_anew_after_a_moment(site) -> None:
    site.get()
    site.now += FRESH_SECONDS + 0.01
    site.get()
    assert site.asked == 2


def test_whoever_has_the_page_already_is_told_only_that(site) -> None:
    etag = site.get().headers["ETag"]
    again = site.get(if_none_match=etag)
    assert (again.status, again.body, site.asked) == (304, b"", 1)
    assert again.headers["ETag"] == etag
    assert "Content-Encoding" not in again.headers
    site.now += FRESH_SECONDS + 0.01
    assert site.get(if_none_match=etag).status == 304
    assert site.get(if_none_match='W/"another"').status == 200
    assert site.asked == 2


def test_each_language_and_each_host_is_a_page_of_its_own(site) -> None:
    english, french = site.get(), site.get(accept_language="fr")
    assert english.text != french.text
    assert site.get(cookie="language=fr").body == french.body
    assert site.asked == 2
    assert site.get(host="elsewhere.example").status == 400
    assert site.get(host="elsewhere.example").status == 400
    assert site.asked == 4


def test_what_a_reader_writes_into_a_header_makes_no_copies(site, settings) -> None:
    settings.BEHIND_PROXY = False
    for made_up in ("http", "https", "x1", "x2"):
        assert site.get(host="testserver", x_forwarded_proto=made_up).status == 200
    assert site.get(host="TestServer").status == 200
    assert site.asked == 1


def test_behind_a_proxy_each_scheme_is_a_page_of_its_own(site, settings) -> None:
    settings.BEHIND_PROXY = True
    for told in ("http", "https", "https", "http, https", "other"):
        site.get(x_forwarded_proto=told)
    assert site.asked == 2


@pytest.mark.parametrize(
    "said",
    [
        {"cookie": "sessionid=abc"},
        {"cookie": "language=en; sessionid=abc"},
        {"cookie": "messages=abc"},
        {"cookie": "what, ever"},
        {"accept_encoding": "identity"},
        {"method": "HEAD"},
        {"path": f"{PAGE}?x=1"},
        {"path": "/verify/"},
        {"path": "/sign-in/"},
        {"path": "/services/none/"},
    ],
    ids=str,
)
def test_what_may_be_somebodys_own_is_never_kept(site, said) -> None:
    site.get()
    site.get(**said)
    site.get(**said)
    assert site.asked == 3


def test_whoever_is_signed_in_sees_her_own_page_and_leaves_nothing_of_it(site) -> None:
    citizen = citizen_at(people.citizen())
    session = f"sessionid={citizen.cookies['sessionid'].value}"
    assert "Sign out" in site.get(cookie=session).text
    assert "Sign out" not in site.get().text
    assert "Sign out" in site.get(cookie=session).text


def test_while_the_house_is_broken_the_last_page_stands_and_one_in_a_while_asks(site) -> None:
    whole = site.get()
    site.fails, site.now = True, FRESH_SECONDS + 0.01
    assert site.get().status == 503
    assert site.get().body == whole.body
    site.now += STALE_SECONDS + 0.01
    site.fails = False
    assert site.get().status == 200


def test_a_page_that_is_gone_is_not_kept_alive(site, monkeypatch) -> None:
    site.get()
    site.now = FRESH_SECONDS + 0.01
    monkeypatch.setattr(
        site, "_django", lambda environ, start: start("404 Not Found", []) or [b"gone"]
    )
    assert [site.get().status for _ in range(3)] == [404, 404, 404]
