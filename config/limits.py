"""How much anybody may send: refused before a byte of it is read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

BODY_BYTES_MAX = 6 * 1024 * 1024


class BodyLimit:
    """Answer 413 to a body that says it is too large, and 411 to one that does not say."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length and "HTTP_TRANSFER_ENCODING" in request.META:
            return HttpResponse(status=411)
        if length.isdigit() and int(length) > BODY_BYTES_MAX:
            return HttpResponse(status=413)
        return self._get_response(request)
