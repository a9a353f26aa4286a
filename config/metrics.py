"""
What Prometheus may know: how the site answers, and what the database remembers of the rest.

Requests are counted by each web process in a file that all of one server read together. Whatever
is a row is asked of PostgreSQL at the scrape, so that it is right however many processes and
machines there are; the answer is kept for five seconds. No label is a person's or free text:
routes, codes of ours, and what a fixed list names.
"""

import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from http import HTTPMethod
from pathlib import Path
from threading import Lock

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from config.measures import measures

log = structlog.get_logger()

KEPT_SECONDS = 5.0
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset(HTTPMethod)
OTHER = "other"

_own = CollectorRegistry()
REQUESTS = Counter(
    "guichet_requests", "Requests answered", ("method", "route", "status"), registry=_own
)
SECONDS = Histogram(
    "guichet_request_seconds", "How long an answer took", ("route",), buckets=BUCKETS, registry=_own
)


def answered(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count a request that was answered; `route` is a template of ours, "" where none fits."""
    if not settings.METRICS_TOKEN or not _folder():
        return
    named = route or OTHER
    REQUESTS.labels(method if method in METHODS else OTHER, named, str(status)).inc()
    SECONDS.labels(named).observe(seconds)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer a scrape to whoever shows the token; to anybody else there is no such page."""
    shown = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not secrets.compare_digest(shown.encode(), wanted.encode()):
        raise Http404
    registry = CollectorRegistry()
    registry.register(_Remembered())
    if _folder():
        MultiProcessCollector(registry, path=str(settings.METRICS_DIR))  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Remembered:
    """What PostgreSQL remembers, asked at most once in KEPT_SECONDS by this process."""

    def collect(self) -> Iterable[Metric]:
        return _kept(timezone.now, time.monotonic())  # noqa: TID251 - This is the edge.


_lock = Lock()
_last: list[tuple[float, list[Metric]]] = []


def _kept(clock: Callable[[], datetime], now: float) -> list[Metric]:
    with _lock:
        if not _last or now - _last[0][0] > KEPT_SECONDS:
            _last[:] = [(now, list(measures(clock())))]
        return _last[0][1]


@cache
def _folder() -> bool:
    """Make the folder for this server's counts, take away those of servers that are gone."""
    folder = settings.METRICS_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for other in _gone(folder):
            shutil.rmtree(other, ignore_errors=True)
    except OSError as error:
        log.warning("metrics.no_folder", error=type(error).__name__)
        return False
    return True


def _gone(folder: Path) -> Iterator[Path]:
    """Folders of this machine whose server's process is no more."""
    host, _, _ = folder.name.rpartition("-")
    for other in folder.parent.glob(f"{host}-*"):
        pid = other.name.rpartition("-")[2]
        if other != folder and not Path(f"/proc/{pid}").exists():
            yield other
