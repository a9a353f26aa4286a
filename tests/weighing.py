"""What a page weighs on the wire with its stylesheet, for the first visit on a cheap phone."""

import gzip

from django.http import HttpResponse
from django.test import Client

from design import style

PAGE_BYTES_MAX = 60_000


def squeezing(browser: Client) -> Client:
    """Let the client ask for compressed answers, as every browser does."""
    browser.defaults["HTTP_ACCEPT_ENCODING"] = "gzip"
    return browser


def refuse_heavy(answer: HttpResponse, what: str, *, most: int = PAGE_BYTES_MAX) -> None:
    """Fail unless page and stylesheet together are light and the page brings no style itself."""
    assert answer.status_code == 200
    assert answer["Content-Encoding"] == "gzip"
    weight = len(answer.content) + len(style.sheet().squeezed)
    assert weight < most, (what, weight)
    assert b"style=" not in gzip.decompress(answer.content)
