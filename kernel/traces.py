"""
Where a trace goes on: an event carries its place in one, and its handler's span takes it up.

Without a tracer that config has set up, every call here does nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_W3C = TraceContextTextMapPropagator()
_PARENT = "traceparent"


def current() -> str | None:
    """Return the W3C traceparent of the span that is open now, None where there is none."""
    if not trace.get_current_span().get_span_context().is_valid:
        return None
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get(_PARENT)


@contextmanager
def continued(name: str, traceparent: str | None, **codes: str | int) -> Iterator[None]:
    """
    Open a span that belongs to the trace of `traceparent`; none where there is no trace.

    :param codes: codes and ids of ours, never a person's
    """
    if traceparent is None:
        yield
        return
    # Told by its kind elsewhere: an error's text may speak of a person.
    with trace.get_tracer("guichet").start_as_current_span(
        name,
        context=_W3C.extract({_PARENT: traceparent}),
        attributes={f"guichet.{key}": value for key, value in codes.items()},
        record_exception=False,
        set_status_on_exception=False,
    ):
        yield
