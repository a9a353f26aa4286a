"""
From event to handler: the database remembers, Celery only hurries.

`fan_out` turns new events into one delivery for each of their handlers, in one statement however
many there are. `drain` claims due deliveries: it counts the attempt and leases the row before it
runs anything, so that a handler that kills its process is not tried for ever.

No order is promised. A handler is told the fact, and the time of its own turn, which may come
hours later; it locks what it touches, reads the present state, and returns quietly when the step
has been taken already.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from django.db import connection, transaction

from kernel.events import Event
from kernel.models import Delivery, DeliveryState

log = structlog.get_logger()

Handler = Callable[[Any, datetime], None]
Routes = Mapping[type[Event], tuple[Handler, ...]]

ATTEMPTS_MAX = 8
# Errands are hurried after each batch: what it brings about waits for the rest of it.
BATCH_MAX = 32
LEASE = timedelta(seconds=8)
BACKOFF_MAX = timedelta(hours=1)

# Events in: those not relayed, and those that an older release parked and a route knows now.
# Out: one delivery an event and handler; each event marked.
# Locks: the event rows, in id order, skipping what another relay holds.
_FAN_OUT = """
WITH fresh AS (
    SELECT id, name FROM kernel_event
    WHERE relayed_at IS NULL AND (parked_at IS NULL OR name = ANY(%(known)s))
    ORDER BY id LIMIT 10000
    FOR UPDATE SKIP LOCKED
), route AS (
    SELECT * FROM unnest(%(names)s::text[], %(handlers)s::text[]) AS r(name, handler)
), delivered AS (
    INSERT INTO kernel_delivery (event_id, handler, due_at)
    SELECT fresh.id, route.handler, %(now)s FROM fresh JOIN route USING (name)
    ORDER BY fresh.id
    ON CONFLICT DO NOTHING
)
UPDATE kernel_event e
SET relayed_at = CASE WHEN fresh.name = ANY(%(known)s) THEN %(now)s::timestamptz END,
    parked_at = CASE WHEN fresh.name = ANY(%(known)s) THEN NULL ELSE %(now)s::timestamptz END
FROM fresh WHERE e.id = fresh.id
RETURNING e.name, e.parked_at IS NOT NULL
"""

_CLAIM = """
UPDATE kernel_delivery d
SET attempts = d.attempts + 1, due_at = %(until)s
FROM (
    SELECT id, event_id FROM kernel_delivery
    WHERE state = 'PENDING' AND due_at <= %(now)s AND attempts < %(attempts_max)s
      AND (attempts > 0 AND last_error = '') = %(silent)s
    ORDER BY due_at, id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
) due JOIN kernel_event e ON e.id = due.event_id
WHERE d.id = due.id
RETURNING d.id, e.name, d.handler, e.payload
"""

# Waits rather than skips: a claim of others may hold a row for a moment that it does not take
# (PostgreSQL locks the newest version before it looks at the condition).
_DONE = """
UPDATE kernel_delivery SET state = 'DONE', done_at = %s, last_error = ''
WHERE id = %s AND state = 'PENDING'
"""


# A delivery whose every attempt ended its process was counted each time, and never answered.
_PARK_SILENT = """
UPDATE kernel_delivery SET state = 'PARKED', last_error = 'no answer'
WHERE state = 'PENDING' AND due_at <= %(now)s AND attempts >= %(attempts_max)s
"""


def handler_name(handler: Handler) -> str:
    return f"{handler.__module__}.{handler.__qualname__}"


def fan_out(*, routes: Routes, now: datetime) -> int:
    """Give each new event its deliveries; return how many there were."""
    return len(spread(routes=routes, now=now))


def spread(*, routes: Routes, now: datetime) -> list[str]:
    """
    Give each new event its deliveries, and return the events by name.

    Those that no route knows are parked, never raised.
    """
    pairs = [(event.name, handler_name(h)) for event, handlers in routes.items() for h in handlers]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _FAN_OUT,
            {
                "names": [name for name, _ in pairs],
                "handlers": [handler for _, handler in pairs],
                "known": [event.name for event in routes],
                "now": now,
            },
        )
        relayed = cursor.fetchall()
    for name, parked in relayed:
        if parked:
            log.error("relay.unknown_event", event_name=name)
    return [name for name, _ in relayed]


def drain(*, routes: Routes, now: datetime, limit: int = BATCH_MAX) -> int:
    """Run up to `limit` due deliveries; return how many were claimed."""
    return len(deliver(routes=routes, now=now, limit=limit))


def deliver(*, routes: Routes, now: datetime, limit: int = BATCH_MAX) -> list[str]:
    """
    Run up to `limit` due deliveries; return their events by name.

    Each runs in a transaction of its own and is marked done in it: done means that the handler's
    work is committed, and two drains never hold many rows in two orders.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        bounds: dict[str, datetime | int] = {
            "now": now,
            "until": now + LEASE,
            "limit": limit,
            "attempts_max": ATTEMPTS_MAX,
        }
        cursor.execute(_PARK_SILENT, bounds)
        if cursor.rowcount:
            log.error("relay.silent_deliveries_parked", count=cursor.rowcount)
        cursor.execute(_CLAIM, bounds | {"silent": False})
        claimed = [_Claimed(*row) for row in sorted(cursor.fetchall())]
        if not claimed:
            # What was claimed before and never answered may have ended its process: it goes
            # alone, so that its neighbours do not count along with it.
            cursor.execute(_CLAIM, bounds | {"silent": True, "limit": 1})
            claimed = [_Claimed(*row) for row in cursor.fetchall()]
    handlers = {
        (event.name, handler_name(handler)): (event, handler)
        for event, all_handlers in routes.items()
        for handler in all_handlers
    }
    for delivery in claimed:
        _deliver(delivery, handlers, now=now)
    return [delivery.event for delivery in claimed]


class _Claimed(NamedTuple):
    id: int
    event: str
    handler: str
    payload: str


def _deliver(
    delivery: _Claimed,
    handlers: Mapping[tuple[str, str], tuple[type[Event], Handler]],
    *,
    now: datetime,
) -> None:
    try:
        with transaction.atomic():
            # Marked first, which locks it: what the handler does is committed with the mark, and
            # undone with it.
            with connection.cursor() as cursor:
                cursor.execute(_DONE, [now, delivery.id])
                if not cursor.rowcount:
                    return  # A slow lease ran out and another drain took it over.
            event, handler = handlers[delivery.event, delivery.handler]
            handler(event.from_payload(json.loads(delivery.payload)), now)
    except Exception as error:
        _remember_failure(delivery.id, error, now=now)


def _remember_failure(delivery_id: int, error: Exception, *, now: datetime) -> None:
    # The kind of error alone: its text may hold what a person gave.
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        if delivery.state != DeliveryState.PENDING:
            return
        delivery.last_error = kind[:200]
        delivery.due_at = now + min(timedelta(seconds=2**delivery.attempts), BACKOFF_MAX)
        if delivery.attempts >= ATTEMPTS_MAX:
            delivery.state = DeliveryState.PARKED
        delivery.save(update_fields=["last_error", "due_at", "state"])
    log.error(
        "relay.handler_failed",
        delivery_id=delivery_id,
        handler=delivery.handler,
        attempts=delivery.attempts,
        error=kind,
        parked=delivery.state == DeliveryState.PARKED,
        exc_info=None,
    )


def retry_parked(*, now: datetime) -> int:
    """Give every parked delivery a new set of attempts, once its cause has been mended."""
    return Delivery.objects.filter(state=DeliveryState.PARKED).update(
        state=DeliveryState.PENDING, attempts=0, due_at=now
    )
