"""The least that a web server can say through WSGI: what any page of ours is measured against."""

from collections.abc import Callable, Iterable
from typing import Any

BODY = b"Hello"
HEADERS = [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))]


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", HEADERS)
    return [BODY]
