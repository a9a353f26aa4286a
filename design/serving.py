"""How the stylesheet leaves the house."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from design import style

FOR_EVER = "public, max-age=31536000, immutable"


class Stylesheet:
    """
    Answer the stylesheet before anything looks at who asks, as static files are answered.

    An address of another version, from a page that is older than this process or younger, is
    answered by the version at hand, and kept by nobody.
    """

    def __init__(self, pages: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._pages = pages

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if not path.startswith(style.PREFIX) or request.method not in {"GET", "HEAD"}:
            return self._pages(request)
        found = style.sheet()
        squeezed = "gzip" in request.headers.get("Accept-Encoding", "")
        body = found.squeezed if squeezed else found.text.encode()
        answer = HttpResponse(body, content_type="text/css; charset=utf-8")
        if squeezed:
            answer["Content-Encoding"] = "gzip"
        answer["Vary"] = "Accept-Encoding"
        answer["Content-Length"] = str(len(body))
        answer["Cache-Control"] = FOR_EVER if path == found.address else "no-store"
        return answer
