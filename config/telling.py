"""Each request has an id, says in one line of the log what came of it, and is counted."""

import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import ResolverMatch

from config import metrics
from kernel import logs

log = structlog.get_logger()

HEADER = "X-Request-ID"
# Asked every few seconds by machines, and of no interest to a reader of the log.
UNTOLD = frozenset({"health", "ready", "metrics"})
# Which parts of an address may stand in a log: numbers of rows, never a code that opens something.
TOLD_PARTS = ("application_id", "bill_id", "paper_id")


class RequestTold:
    """
    Stands in front of everything, so that what refuses early has an id and a line as well.

    The id is the proxy's where there is one, and is handed back in `X-Request-ID`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        said = request.headers.get(HEADER, "") if settings.BEHIND_PROXY else ""
        request_id = logs.request_id_of(said)
        request.request_id = request_id  # type: ignore[attr-defined]  # For the page of an error.
        begun = time.perf_counter()
        try:
            with logs.about(request_id=request_id):
                answer = self._answer(request)
                self._tell(request, answer, time.perf_counter() - begun)
        finally:
            # A thread answers many: the next request is about another row.
            structlog.contextvars.unbind_contextvars(*TOLD_PARTS)
        answer[HEADER] = request_id
        return answer

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: dict[str, object]
    ) -> None:
        """Let what is logged while the page is made name the row that it is about."""
        ids = {name: kwargs[name] for name in TOLD_PARTS if isinstance(kwargs.get(name), int)}
        structlog.contextvars.bind_contextvars(**ids)

    def _tell(self, request: HttpRequest, answer: HttpResponseBase, seconds: float) -> None:
        found = request.resolver_match
        route = _route(found)
        metrics.answered(
            method=request.method or "", route=route, status=answer.status_code, seconds=seconds
        )
        # What has no route is a file of ours or nobody's address: told only where it went wrong.
        if (found is None and answer.status_code < 500) or _name(found) in UNTOLD:
            return
        log.info(
            "request.answered",
            method=request.method,
            route=route,
            status=answer.status_code,
            ms=round(seconds * 1000),
        )


def _route(found: ResolverMatch | None) -> str:
    return f"/{found.route}" if found is not None else ""


def _name(found: ResolverMatch | None) -> str:
    return found.view_name if found is not None else ""
