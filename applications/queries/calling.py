"""Whom an office is to call."""

from applications.models import Application, Call
from applications.queries.reaching import Reach

CALLS_MAX = 50


def open_calls(over: Reach) -> list[Call]:
    """Return the open calls of the offices within reach, the oldest first; one beyond CALLS_MAX."""
    cases = Application.objects.filter(over.covered)
    # Of whom is erased nobody knows the phone any more.
    cases = cases.filter(erased=None)
    found = Call.objects.filter(done_at=None, application__in=cases).select_related("application")
    return list(found.order_by("asked_at", "pk")[: CALLS_MAX + 1])
