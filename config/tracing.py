"""
Traces (OpenTelemetry) across web, workers and providers; off unless an endpoint is named.

What leaves is what a list allows: routes, codes and hosts. No address, no SQL, no words of an
error: each may hold what a person typed.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from django.conf import settings
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status
from opentelemetry.util.types import AnyValue

ALLOWED = frozenset(
    {
        "http.method", "http.request.method", "http.route", "http.status_code",
        "http.response.status_code", "http.scheme", "server.address",
        "net.peer.name", "db.system", "db.name", "celery.action", "celery.task_name",
        "celery.state", "messaging.destination", "exception.type",
    }
)  # fmt: skip
OURS = "guichet."


class Nameless(SpanExporter):
    """Hands on to another exporter what names nobody."""

    def __init__(self, outlet: SpanExporter) -> None:
        self._outlet = outlet

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._outlet.export([_nameless(span) for span in spans])

    def shutdown(self) -> None:
        self._outlet.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._outlet.force_flush(timeout_millis)


def start() -> None:
    """Begin to trace this process, where OTEL_EXPORTER_OTLP_ENDPOINT says where to."""
    if settings.TRACES_ENDPOINT:
        provider = TracerProvider(resource=Resource.create({"service.name": "guichet"}))
        provider.add_span_processor(BatchSpanProcessor(Nameless(OTLPSpanExporter())))
        trace.set_tracer_provider(provider)
        instrument()


@cache
def instrument() -> None:
    """Open spans for pages, tasks, statements and calls of providers."""
    DjangoInstrumentor().instrument()
    CeleryInstrumentor().instrument()  # type: ignore[no-untyped-call]
    PsycopgInstrumentor().instrument()
    HTTPXClientInstrumentor().instrument()


def _nameless(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_allowed(span.attributes or {}),
        events=[Event(e.name, _allowed(e.attributes or {}), e.timestamp) for e in span.events],
        links=span.links,
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
    )


def _allowed(attributes: Mapping[str, AnyValue]) -> dict[str, AnyValue]:
    return {
        key: value for key, value in attributes.items() if key in ALLOWED or key.startswith(OURS)
    }
