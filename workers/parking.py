"""
What the relay gave up on, and trying it again: never thrown away, and never in silence.

Whatever repeats it is safe: a handler reads the present state, and takes no step twice.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet

from accounts import policies as grants
from kernel import audit, outbox
from kernel.models import Delivery, DeliveryState, EventRow
from workers.policies import RETRY

GROUPS_MAX = 50
LISTED_MAX = 50


class NothingParked(Exception):
    """What was to be tried again is not parked: somebody else was first, or it is through."""


@dataclass(frozen=True, slots=True)
class Group:
    """Parked deliveries of one handler that failed alike."""

    handler: str
    trouble: str  # The kind of error, never its words.
    count: int
    first_id: int
    oldest_at: datetime
    newest_at: datetime


@dataclass(frozen=True, slots=True)
class Parked:
    """One of them; `request_id` is the request that brought it about, "" where none is known."""

    id: int
    event: str
    subject_id: int
    occurred_at: datetime
    attempts: int
    trouble: str
    request_id: str


def groups() -> list[Group]:
    """Return what is parked, by handler and kind of trouble, the most first; one query."""
    rows = (
        _parked()
        .values("handler", "last_error")
        .annotate(
            count=Count("pk"),
            first_id=Min("pk"),
            oldest_at=Min("event__occurred_at"),
            newest_at=Max("event__occurred_at"),
        )
        .order_by("-count", "handler", "last_error")[:GROUPS_MAX]
    )
    return [
        Group(
            handler=row["handler"],
            trouble=row["last_error"],
            count=row["count"],
            first_id=row["first_id"],
            oldest_at=row["oldest_at"],
            newest_at=row["newest_at"],
        )
        for row in rows
    ]


def of_handler(handler: str) -> list[Parked]:
    """Return the parked deliveries of a handler, the oldest first, at most LISTED_MAX."""
    rows = _parked().filter(handler=handler).select_related("event").order_by("pk")
    return [_told(row) for row in rows[:LISTED_MAX]]


def count_of(handler: str) -> int:
    return _parked().filter(handler=handler).count()


def unknown_events() -> list[tuple[str, int]]:
    """Return the events that no route knows, by name; a newer release may know them."""
    rows = EventRow.objects.filter(relayed_at=None, parked_at__isnull=False)
    named = rows.values("name").annotate(count=Count("pk")).order_by("-count", "name")
    return [(row["name"], row["count"]) for row in named[:GROUPS_MAX]]


def retry(*, delivery_id: int, by_id: int, at: datetime) -> None:
    """
    Give one parked delivery a new set of attempts.

    :raises NothingParked: if it is not parked (any more)
    :raises accounts.policies.NotGranted: if she may not
    """
    with transaction.atomic():
        _require(by_id, at)
        delivery = _parked().select_for_update().filter(pk=delivery_id).first()
        if delivery is None:
            raise NothingParked
        _due_again([delivery.pk], at=at)
        audit.record(
            act="delivery.retried",
            actor_id=by_id,
            subject="kernel.delivery",
            subject_id=delivery.pk,
            detail={"handler": delivery.handler, "error": delivery.last_error},
            at=at,
        )
        outbox.wake_after_commit()


def retry_all(*, handler: str, by_id: int, at: datetime) -> int:
    """
    Give every parked delivery of a handler a new set of attempts; return how many there were.

    :raises NothingParked: if none is
    :raises accounts.policies.NotGranted: if she may not
    """
    with transaction.atomic():
        _require(by_id, at)
        # In the order of their ids, as drains take them.
        parked = _parked().select_for_update().filter(handler=handler).order_by("pk")
        ids = list(parked.values_list("pk", flat=True))
        if not ids:
            raise NothingParked
        _due_again(ids, at=at)
        audit.record(
            act="delivery.retried_all",
            actor_id=by_id,
            subject="kernel.delivery",
            subject_id=None,
            detail={"handler": handler, "count": len(ids), "first": ids[0], "last": ids[-1]},
            at=at,
        )
        outbox.wake_after_commit()
    return len(ids)


def _require(by_id: int, at: datetime) -> None:
    grants.require(account_id=by_id, act=RETRY.code, area_code=None, at=at)


def _parked() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=DeliveryState.PARKED)


def _due_again(ids: list[int], *, at: datetime) -> None:
    Delivery.objects.filter(pk__in=ids).update(state=DeliveryState.PENDING, attempts=0, due_at=at)


def _told(row: Delivery) -> Parked:
    return Parked(
        id=row.pk,
        event=row.event.name,
        subject_id=int(row.event.payload["subject_id"]),
        occurred_at=row.event.occurred_at,
        attempts=row.attempts,
        trouble=row.last_error,
        request_id=row.event.request_id or "",
    )
