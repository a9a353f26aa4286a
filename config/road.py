"""The short way for callbacks on the site itself."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve

CALLBACKS = "/callbacks/"


class CallbackRoad:
    """
    Callbacks pass by what only pages need: session, cookie, language, compression.

    That is more than half of what Django costs them. Size and TLS are asked for in front of it.
    """

    def __init__(self, pages: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.pages = pages

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(CALLBACKS):
            return self.pages(request)
        request.resolver_match = found = resolve(request.path_info)
        answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
        return answer
