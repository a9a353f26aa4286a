"""One trace from a page through its event's delivery to a provider, and no person in it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from opentelemetry import trace
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from config.tracing import Nameless
from kernel import outbox
from kernel.models import EventRow
from tests.workers.tales import TaleTold
from tests.world import NOON
from workers import relay

PHONE = "+250788000101"


class _Provider(BaseHTTPRequestHandler):
    heard: list[str] = []

    def do_GET(self) -> None:
        self.heard.append(self.headers.get("traceparent", ""))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[str]:
    """A provider over real HTTP that remembers which trace it was called in."""
    _Provider.heard.clear()
    server = HTTPServer(("127.0.0.1", 0), _Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """What would leave this process."""
    kept = InMemorySpanExporter()
    # A process has one provider for good: the tests' own stays, and hands on to each test's.
    found = trace.get_tracer_provider()
    if not isinstance(found, TracerProvider):
        found = TracerProvider()
        trace.set_tracer_provider(found)
    processor = SimpleSpanProcessor(Nameless(kept))
    found.add_span_processor(processor)
    DjangoInstrumentor().instrument()
    HTTPXClientInstrumentor().instrument()
    yield kept
    HTTPXClientInstrumentor().uninstrument()
    DjangoInstrumentor().uninstrument()
    processor.shutdown()


def tell(request, number):
    with transaction.atomic():
        outbox.publish(TaleTold(subject_id=1, occurred_at=NOON))
    return HttpResponse()


def stumble(request, number):
    raise RuntimeError(f"{PHONE} is not for a trace")


urlpatterns = [path("tell/<str:number>/", tell), path("stumble/<str:number>/", stumble)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls(__name__)
def test_a_page_its_delivery_and_the_call_of_a_provider_are_one_trace(spans, provider, settings):
    def call(event, at):
        httpx.get(f"{provider}/pay?phone={PHONE}")

    settings.MIDDLEWARE = [settings.MIDDLEWARE[0]]
    Client().post(f"/tell/{PHONE}/?phone={PHONE}")
    routes = {TaleTold: (call,)}
    relay.fan_out(routes=routes, now=NOON)
    relay.drain(routes=routes, now=NOON)

    told = spans.get_finished_spans()
    [page] = [span for span in told if span.name == "POST tell/<str:number>/"]
    [delivery] = [span for span in told if span.name.startswith("deliver ")]
    [asked] = [span for span in told if span.name == "GET"]
    assert {span.context.trace_id for span in (page, delivery, asked)} == {page.context.trace_id}
    assert delivery.parent.span_id == page.context.span_id
    assert asked.parent.span_id == delivery.context.span_id
    # The provider was told of the same trace.
    assert f"{page.context.trace_id:032x}" in _Provider.heard[0]
    assert PHONE not in "".join(span.to_json() for span in told)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_the_words_of_an_error_do_not_leave(spans, settings):
    settings.MIDDLEWARE = [settings.MIDDLEWARE[0]]
    Client(raise_request_exception=False).get(f"/stumble/{PHONE}/")
    [page] = spans.get_finished_spans()
    assert not page.status.is_ok
    assert PHONE not in page.to_json()


@pytest.mark.django_db
def test_without_a_trace_an_event_carries_none():
    with transaction.atomic():
        outbox.publish(TaleTold(subject_id=1, occurred_at=NOON))
    assert EventRow.objects.get().traceparent is None
