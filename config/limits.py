"""How much anybody may send: refused before a byte of it is read."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse

BODY_BYTES_MAX = 6 * 1024 * 1024
# Where staff may send more: whoever has no session is nobody yet.
LARGER: Mapping[str, int] = {"/desk/money/statements/upload/": 33 * 1024 * 1024}


class BodyLimit:
    """Answer 413 to a body that says it is too large, and 411 to one that does not say."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length and "HTTP_TRANSFER_ENCODING" in request.META:
            return HttpResponse(status=411)
        if length.isdigit() and int(length) > _most(request):
            return HttpResponse(status=413)
        return self._get_response(request)


def _most(request: HttpRequest) -> int:
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return LARGER.get(request.path_info, BODY_BYTES_MAX) if has_session else BODY_BYTES_MAX
