"""How much anybody may send: refused before a byte of it is read."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import translation

from config import problems

BODY_BYTES_MAX = 6 * 1024 * 1024
# Where staff may send more: whoever has no session is nobody yet.
LARGER: Mapping[str, int] = {"/desk/money/statements/upload/": 33 * 1024 * 1024}
# Where anybody hands over a file by a form, and what she is told of one that is too large.
PERSONS: Mapping[str, str] = {
    "/verify/": "413.html",
    "/apply/": "413_document.html",
    "/desk/money/": "",  # Statements have a limit of their own.
    "/desk/": "413_document.html",
}


class BodyLimit:
    """Answer 413 to a body that says it is too large, and 411 to one that does not say."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length and "HTTP_TRANSFER_ENCODING" in request.META:
            return problems.to_machine(request, 411) or HttpResponse(status=411)
        if length.isdigit() and int(length) > _most(request):
            return _too_large(request)
        return self._get_response(request)


def _too_large(request: HttpRequest) -> HttpResponse:
    """Answer a person who hands over a file with words, and the API with a problem."""
    page = next((page for at, page in PERSONS.items() if request.path_info.startswith(at)), "")
    if not page:
        return problems.to_machine(request, 413) or HttpResponse(status=413)
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(loader.render_to_string(page), status=413)


def _most(request: HttpRequest) -> int:
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return LARGER.get(request.path_info, BODY_BYTES_MAX) if has_session else BODY_BYTES_MAX
