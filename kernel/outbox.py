"""
News for the floors above, kept as rows until `workers.relay` has delivered it.

`publish` belongs inside the transaction that makes the event true: both are committed or neither.
"""

from collections.abc import Iterable

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from kernel import logs, traces
from kernel.events import Event
from kernel.models import EventRow

log = structlog.get_logger()


class NotInTransaction(Exception):
    """An event was published outside a transaction, where it could be lost or told too early."""


def publish(event: Event) -> None:
    """Keep the event for delivery once the surrounding transaction commits."""
    publish_many([event])


def publish_many(events: Iterable[Event]) -> None:
    """
    Keep many events with one statement.

    :raises NotInTransaction: outside `transaction.atomic()`
    """
    if not connection.in_atomic_block:
        raise NotInTransaction
    # By it whoever handles the event is known to work for this request.
    request_id, traceparent = logs.current_request_id(), traces.current()
    rows = [
        EventRow(
            name=event.name,
            payload=event.to_payload(),
            occurred_at=event.occurred_at,
            request_id=request_id,
            traceparent=traceparent,
        )
        for event in events
    ]
    if rows:
        EventRow.objects.bulk_create(rows)
        wake_after_commit()


def wake_after_commit() -> None:
    """Hurry the relay once for this transaction; SQL that inserts events itself calls this."""
    # The hook list is the transaction's own: a rolled-back savepoint takes its wake along.
    if any(_wake in entry for entry in connection.run_on_commit):
        return
    transaction.on_commit(_wake)


def _wake() -> None:
    try:
        import_string(settings.OUTBOX_WAKE)()
    except Exception as error:  # The broker only hurries; the sweep finds the rest.
        log.warning("outbox.wake_failed", error=type(error).__name__)
