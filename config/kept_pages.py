"""
The catalogue's pages as anybody reads them, kept for a moment in front of Django.

Whoever has no session is shown the same page as everybody else who reads the same language. Such
a page is made anew by the first who asks after FRESH_SECONDS, so that what a focal point publishes
is seen at once, and most of those who come with a crowd are answered without a query. It is counted
as every answer is, and not written into the log.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import translation

from config import metrics
from config.telling import HEADER
from kernel import logs, throttling

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

ROOMS = frozenset({"catalogue"})
FRESH_SECONDS = 2.0
# How long the page before may serve the others while one makes it anew, or cannot.
STALE_SECONDS = 10.0
PAGES_MAX = 2_000
# On an answer without a body (RFC 9110, 15.4.5).
KEPT_IN_304 = frozenset({"cache-control", "content-location", "etag", "expires", "vary"})

Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Page:
    route: str
    headers: Headers
    body: bytes
    etag: str
    until: float


class Kept:
    """Stands in front of the whole site; whatever it does not know it hands on."""

    def __init__(
        self, application: Application, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._application = application
        self._clock = clock
        self._pages: dict[Key, Page] = {}

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        key = _key(environ)
        if key is None:
            return self._application(environ, start)
        began = self._clock()
        page = self._pages.get(key)
        if page is not None and began <= page.until:
            status = _answer(page, environ, start)
            seconds = self._clock() - began
            metrics.answered(method="GET", route=page.route, status=status, seconds=seconds)
            return [page.body] if status == HTTPStatus.OK else []
        if page is not None:
            self._pages[key] = replace(page, until=began + STALE_SECONDS)
        return self._made_anew(key, environ, start)

    def _made_anew(self, key: Key, environ: Environ, start: Start) -> Iterable[bytes]:
        route = _route(key[0])
        if not route:
            return self._application(environ, start)
        said: list[tuple[str, Headers]] = []
        # Asked whole, so that there is something to keep; whether she has it is seen below.
        whole = {name: value for name, value in environ.items() if name != "HTTP_IF_NONE_MATCH"}
        answer = self._application(whole, lambda *told: said.append((told[0], told[1])))
        status, headers = said[-1]
        etag = _etag_of(status, headers)
        if not etag:
            # What the page was is right no more; while the house is broken it is the best there is.
            if not status.startswith("5"):
                self._pages.pop(key, None)
            start(status, headers)
            return answer
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if len(self._pages) >= PAGES_MAX:
            self._pages.clear()
        shared = [one for one in headers if one[0].lower() != HEADER.lower()]
        # A browser may keep it too, and asks each time whether it is still the same.
        shared.append(("Cache-Control", "no-cache"))
        page = Page(route, shared, body, etag, self._clock() + FRESH_SECONDS)
        self._pages[key] = page
        return [body] if _answer(page, environ, start) == HTTPStatus.OK else []


def _answer(page: Page, environ: Environ, start: Start) -> int:
    """Begin the answer and return its status: 304 where the reader has this page already."""
    said = environ.get("HTTP_X_REQUEST_ID", "") if settings.BEHIND_PROXY else ""
    own = (HEADER, logs.request_id_of(said))
    if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        kept = (one for one in page.headers if one[0].lower() in KEPT_IN_304)
        start("304 Not Modified", [own, *kept])
        return HTTPStatus.NOT_MODIFIED
    start("200 OK", [own, *page.headers])
    return HTTPStatus.OK


def _key(environ: Environ) -> Key | None:
    """Return what the page depends on; None where it may depend on who asks."""
    if (
        environ["REQUEST_METHOD"] != "GET"
        or environ.get("QUERY_STRING")
        or "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", "")
    ):
        return None
    language = _language(environ.get("HTTP_COOKIE", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    if not language:
        return None
    # As Django reads them: what anybody may write there at will would fill the memory with copies.
    told = environ.get("HTTP_X_FORWARDED_PROTO", "") if settings.BEHIND_PROXY else ""
    scheme = told.partition(",")[0].strip() or environ.get("wsgi.url_scheme", "")
    is_secure = "https" if scheme == "https" else "http"
    return environ["PATH_INFO"], language, environ.get("HTTP_HOST", "").lower(), is_secure


@lru_cache(maxsize=1_000)
def _language(cookies: str, accepted: str) -> str:
    """Return the reader's language; "" where a cookie says more of her than that."""
    request = HttpRequest()
    try:
        request.COOKIES = {name: one.value for name, one in SimpleCookie(cookies).items()}
    except CookieError:
        return ""
    if set(request.COOKIES) - {settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}:
        return ""
    if cookies and not request.COOKIES:  # It cannot be read: Django may read it otherwise.
        return ""
    request.META = {"HTTP_ACCEPT_LANGUAGE": accepted}
    return translation.get_language_from_request(request)


@lru_cache(maxsize=PAGES_MAX)
def _route(path: str) -> str:
    """Return the template of the address, "" where its page is no one's to keep."""
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    is_ours = found.namespace in ROOMS and found.view_name not in throttling.RULES
    return f"/{found.route}" if is_ours else ""


def _etag_of(status: str, headers: Headers) -> str:
    """Return what marks the page; "" where it is not for everybody, or not whole."""
    told = {name.lower(): value for name, value in headers}
    for_one = {"set-cookie", "cache-control"} & set(told)
    return told.get("etag", "") if status.startswith("200") and not for_one else ""
