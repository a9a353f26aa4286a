"""What every answer carries against a page that wishes us ill, and how often anybody may ask."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from config import problems
from kernel import asking, throttling
from kernel.addresses import address

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
# Nothing of a device is asked for, but the camera that reads a paper's code on our own pages.
PERMISSIONS = "camera=(self), publickey-credentials-get=(self), publickey-credentials-create=(self)"
REFUSED = (
    "accelerometer", "autoplay", "browsing-topics", "display-capture", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "usb", "xr-spatial-tracking",
)  # fmt: skip
# What anybody reads before she applies; a browser may keep it for as long as it likes.
PUBLIC_ROOMS = frozenset({"catalogue", "documents"})
PUBLIC = frozenset({"schema", "api_docs", "security_txt", "robots_txt"})


class Defences:
    """Stands first: an answer of any later middleware passes here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = get_response
        refused = ", ".join(f"{feature}=()" for feature in REFUSED)
        self._permissions = f"{PERMISSIONS}, {refused}"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # A page that does not say which methods it takes would answer TRACK as it answers GET.
        if request.method not in METHODS:
            answer: HttpResponseBase = _bare(request, 405)
            answer["Allow"] = ", ".join(sorted(METHODS))
        elif "\0" in request.path_info:
            answer = _bare(request, 404)  # PostgreSQL keeps no such text: nothing has it.
        elif "%00" in request.META.get("QUERY_STRING", ""):
            answer = _bare(request, 400)
        elif len(request.META.get("QUERY_STRING", "")) > asking.QUERY_BYTES_MAX:
            answer = _bare(request, 414)
        elif _is_open_api(request):
            answer = _bare(request, 403)
        else:
            answer = self._answer(request)
        answer.headers.setdefault("Permissions-Policy", self._permissions)
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not answer.has_header("Cache-Control") and is_personal(request):
            add_never_cache_headers(answer)
        return answer


def _bare(request: HttpRequest, status: int) -> HttpResponse:
    return problems.to_machine(request, status) or HttpResponse(status=status)


def _is_open_api(request: HttpRequest) -> bool:
    """
    Say whether a machine asks without TLS where there must be TLS.

    A redirect would hide from its owner that it sends secrets openly (ASVS 4.1.2).
    """
    path = request.path_info
    return (
        settings.SECURE_SSL_REDIRECT
        and path.startswith(("/api/", "/callbacks/"))
        and not request.is_secure()
        and not any(
            re.match(exempt, path.lstrip("/")) for exempt in settings.SECURE_REDIRECT_EXEMPT
        )
    )


def is_personal(request: HttpRequest) -> bool:
    """Say whether an answer may show what only this browser should see; in doubt it may."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return True
    match = request.resolver_match
    # Static files answer before any address is looked up, and say for themselves how they keep.
    return (
        match is not None
        and match.view_name not in PUBLIC
        and (match.namespace not in PUBLIC_ROOMS)
    )


class Throttles:
    """Stands behind the session: some rules count accounts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        match = request.resolver_match
        rule = throttling.RULES.get(match.view_name) if match else None
        if rule is None or request.method not in rule.methods:
            return None
        again_seconds = throttling.count(rule, _whom(rule, request))
        if not again_seconds:
            return None
        answer = render(request, "429.html", {"again_seconds": again_seconds}, status=429)
        answer["Retry-After"] = str(again_seconds)
        return answer


def _whom(rule: throttling.Rule, request: HttpRequest) -> str:
    account = getattr(request, "user", None) if rule.by == "account" else None
    return f"account-{account.pk}" if account and account.pk else address(request)
