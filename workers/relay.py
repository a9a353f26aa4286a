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
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import structlog
from django.db import connection, transaction

from kernel import audit, logs, traces
from kernel.events import Event
from kernel.models import Delivery, DeliveryState
from workers import pulses

log = structlog.get_logger()

Handler = Callable[[Any, datetime], None]
Routes = Mapping[type[Event], tuple[Handler, ...]]
Together = Mapping[Handler, Callable[[Sequence[Any], datetime], None]]
"""What does for many events at once what a handler does for one: all of them, or none."""

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
RETURNING d.id, e.id, e.name, d.handler, e.payload, e.request_id, e.traceparent
"""

# Waits rather than skips: a claim of others may hold a row for a moment that it does not take
# (PostgreSQL locks the newest version before it looks at the condition).
_DONE = """
UPDATE kernel_delivery SET state = 'DONE', done_at = %s, last_error = ''
WHERE id = %s AND state = 'PENDING'
"""

# In the order of their ids, so that two drains never wait for each other.
_ALL_DONE = """
UPDATE kernel_delivery d SET state = 'DONE', done_at = %s, last_error = ''
FROM (
    SELECT id FROM kernel_delivery WHERE id = ANY(%s) AND state = 'PENDING' ORDER BY id FOR UPDATE
) mine
WHERE d.id = mine.id
RETURNING d.id
"""

# A delivery whose every attempt ended its process was counted each time, and never answered.
_PARK_SILENT = """
UPDATE kernel_delivery SET state = 'PARKED', last_error = 'no answer'
WHERE state = 'PENDING' AND due_at <= %(now)s AND attempts >= %(attempts_max)s
"""


def handler_name(handler: Handler) -> str:
    """Return the name by which a delivery remembers its handler: `workers.messages.tell_paid`."""
    # Not the file in `workers.messages`: deliveries wait, and are parked, while it is split anew.
    room = ".".join(handler.__module__.split(".")[:2])
    return f"{room}.{handler.__qualname__}"


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


def deliver(
    *,
    routes: Routes,
    now: datetime,
    limit: int = BATCH_MAX,
    together: Together = MappingProxyType({}),
    silent_first: bool = False,
) -> list[str]:
    """
    Run up to `limit` due deliveries; return their events by name.

    What was claimed before and never answered may have ended its process: it goes alone, so that
    its neighbours do not count along with it, and when nothing else is due, or `silent_first`.

    Each event's run in a transaction of their own and are marked done in it: done means that the
    handler's work is committed, and two drains never hold many rows in two orders. Those of one
    handler that `together` names share one; where one breaks, each of its deliveries is run alone.
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
        claimed: list[_Claimed] = []
        for silent in (True, False) if silent_first else (False, True):
            cursor.execute(_CLAIM, bounds | {"silent": silent, "limit": 1 if silent else limit})
            claimed = [_Claimed(*row) for row in sorted(cursor.fetchall())]
            if claimed:
                break
    handlers = {
        (event.name, handler_name(handler)): (event, handler)
        for event, all_handlers in routes.items()
        for handler in all_handlers
    }
    order = {names: place for place, names in enumerate(handlers)}
    for mates in _by_event(_deliver_together(claimed, handlers, together, now=now), order):

        def run(ours: Sequence[_Claimed]) -> None:
            for delivery in ours:
                _run(delivery, handlers, now=now)

        if len(mates) == 1 or not _deliver_all(mates, run, now=now):
            for delivery in mates:
                _deliver(delivery, handlers, now=now)
    return [delivery.event for delivery in claimed]


class _Claimed(NamedTuple):
    id: int
    event_id: int
    event: str
    handler: str
    payload: str
    request_id: str | None
    traceparent: str | None

    @property
    def about(self) -> dict[str, str | int | None]:
        """What each line that its handler logs says too: one search finds the whole story."""
        return {
            "delivery_id": self.id,
            "event_id": self.event_id,
            "event_name": self.event,
            "handler": self.handler,
            # "payments.bill.paid" is about a bill.
            f"{self.event.split('.')[1]}_id": self._subject_id,
            logs.REQUEST_ID: self.request_id,
        }

    @property
    def _subject_id(self) -> int | None:
        try:
            return int(json.loads(self.payload)["subject_id"])
        except (KeyError, TypeError, ValueError):
            # An engine in SQL wrote it badly. Its handler breaks on it, alone; who only speaks of
            # the delivery must not.
            return None


_Handlers = Mapping[tuple[str, str], tuple[type[Event], Handler]]


def _deliver_together(
    claimed: Sequence[_Claimed], handlers: _Handlers, together: Together, *, now: datetime
) -> list[_Claimed]:
    """Run what many can be run of at once; return the deliveries that are to be run alone."""
    alone: list[_Claimed] = []
    batches: dict[Handler, list[_Claimed]] = {}
    for delivery in claimed:
        known = handlers.get((delivery.event, delivery.handler))
        mates = batches.setdefault(known[1], []) if known and known[1] in together else alone
        mates.append(delivery)
    for handler, mates in batches.items():

        def run(ours: Sequence[_Claimed], handler: Handler = handler) -> None:
            together[handler]([_event(one, handlers) for one in ours], now)

        if len(mates) == 1 or not _deliver_all(mates, run, now=now):
            alone += mates
    return sorted(alone)


def _by_event(
    claimed: Sequence[_Claimed], order: Mapping[tuple[str, str], int]
) -> list[list[_Claimed]]:
    """
    Return the deliveries of each event, in the order in which its route names their handlers.

    They speak of one subject, and the rows that everybody wants (a series, a list) come last there.
    """
    found: dict[int, list[_Claimed]] = {}
    for delivery in sorted(claimed, key=lambda one: order.get((one.event, one.handler), 0)):
        found.setdefault(delivery.event_id, []).append(delivery)
    return [found[event_id] for event_id in sorted(found)]


def _deliver_all(
    mates: Sequence[_Claimed], run: Callable[[Sequence[_Claimed]], None], *, now: datetime
) -> bool:
    """Run deliveries in one transaction, and say whether that went well."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_ALL_DONE, [now, [one.id for one in mates]])
                ours = {pk for (pk,) in cursor.fetchall()}
            run([one for one in mates if one.id in ours])
        for one in mates:
            if one.id in ours:
                _tell(one)
    except Exception as error:
        # One may be to blame: alone it is found out, and the others get through.
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        log.warning("relay.batch_failed", deliveries=len(mates), error=kind, exc_info=None)
        return False
    return True


def _event(delivery: _Claimed, handlers: _Handlers) -> Event:
    event, _ = handlers[delivery.event, delivery.handler]
    return event.from_payload(json.loads(delivery.payload))


def _deliver(delivery: _Claimed, handlers: _Handlers, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            # Marked first, which locks it: what the handler does is committed with the mark, and
            # undone with it.
            with connection.cursor() as cursor:
                cursor.execute(_DONE, [now, delivery.id])
                if not cursor.rowcount:
                    return  # A slow lease ran out and another drain took it over.
            _run(delivery, handlers, now=now)
        _tell(delivery)
    except Exception as error:
        with logs.about(**delivery.about):
            _remember_failure(delivery.id, error, now=now)


def _run(delivery: _Claimed, handlers: _Handlers, *, now: datetime) -> None:
    _, handler = handlers[delivery.event, delivery.handler]
    span = traces.continued(
        f"deliver {delivery.handler}", delivery.traceparent, event=delivery.event
    )
    with logs.about(**delivery.about), span:
        handler(_event(delivery, handlers), now)


def _tell(delivery: _Claimed) -> None:
    """Count a delivery that is done, and say so in the log under what it is about."""
    pulses.count(f"{pulses.DELIVERED}{delivery.handler}")
    log.info("relay.delivered", **delivery.about)


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
    pulses.count(f"{pulses.FAILED}{delivery.handler}")
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
    """
    Give every parked delivery a new set of attempts, once its cause has been mended.

    For whoever sits at the machine: the trace says that it was done, and cannot say by whom.
    """
    with transaction.atomic():
        count = Delivery.objects.filter(state=DeliveryState.PARKED).update(
            state=DeliveryState.PENDING, attempts=0, due_at=now
        )
        if count:
            audit.record(
                act="delivery.retried_all",
                actor_id=None,
                subject="kernel.delivery",
                subject_id=None,
                detail={"count": count},
                at=now,
            )
    return count
