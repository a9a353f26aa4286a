"""
Budgets: how often something may be done, counted in the database and never in a cache.

A window opens with the first spending and lasts as the limit says. Counting is one statement, so
that a hundred requests at once cannot spend the same unit twice.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from accounts.limits import HOUR, Limit
from accounts.models import Budget
from kernel.crypto import blind_index


class BudgetSpent(Exception):
    """This was done too often; it may be tried again at `again_at`."""

    def __init__(self, kind: str, again_at: datetime) -> None:
        super().__init__(kind)
        self.kind = kind
        self.again_at = again_at


_SPEND = """
    INSERT INTO accounts_budget AS b (kind, key, started_at, spent)
    VALUES (%(kind)s, %(key)s, %(at)s, 1)
    ON CONFLICT (kind, key) DO UPDATE SET
        started_at = CASE WHEN b.started_at + %(window)s <= %(at)s
                          THEN EXCLUDED.started_at ELSE b.started_at END,
        spent = CASE WHEN b.started_at + %(window)s <= %(at)s
                     THEN 1 ELSE least(b.spent + 1, %(times)s + 1) END
    RETURNING started_at, spent
"""

_WAIT = """
    INSERT INTO accounts_budget AS b (kind, key, started_at, spent)
    VALUES (%(kind)s, %(key)s, %(at)s, 1)
    ON CONFLICT (kind, key) DO UPDATE SET
        started_at = EXCLUDED.started_at,
        spent = CASE WHEN b.started_at + %(hour)s <= %(at)s THEN 1
                     ELSE least(b.spent + 1, %(times)s) END
    WHERE b.started_at + %(first)s * 2 ^ (least(greatest(b.spent, 1), %(times)s) - 1) <= %(at)s
        OR b.started_at > %(at)s + %(hour)s
    RETURNING spent
"""


def spend(limit: Limit, key: str, *, at: datetime) -> None:
    """
    Count one unit for the key.

    Call it outside a transaction that the refusal would roll back.

    :raises BudgetSpent: if the window holds no unit more
    """
    values: dict[str, Any] = {
        "kind": limit.kind,
        "key": _key(limit, key),
        "at": at,
        "window": limit.window,
        "times": limit.times,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, values)
        started_at, spent = cursor.fetchone()
    if spent > limit.times:
        raise BudgetSpent(limit.kind, started_at + limit.window)


def wait(kind: str, key: str, *, first: timedelta, doublings_max: int, at: datetime) -> None:
    """
    Count one unit for the key, unless the last one is too short ago.

    After each unit the wait is twice as long, from `first`, until an hour has passed without any,
    or somebody forgets the key. A clock that was set back makes nobody wait for its old time.

    :raises BudgetSpent: with the moment when the next is due
    """
    values: dict[str, Any] = {
        "kind": kind,
        "key": _index(kind, key),
        "at": at,
        "first": first,
        "times": doublings_max,
        "hour": HOUR,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, values)
        if cursor.fetchone() is not None:
            return
    due = due_at(kind, key, first=first, doublings_max=doublings_max)
    raise BudgetSpent(kind, due or at)


def due_at(kind: str, key: str, *, first: timedelta, doublings_max: int) -> datetime | None:
    """Return from when `wait` lets the key through again, or None if nothing was counted."""
    row = Budget.objects.filter(kind=kind, key=_index(kind, key)).first()
    if row is None or not row.spent:
        return None
    doublings = min(row.spent, doublings_max) - 1
    return row.started_at + first * float(2**doublings)


def stop_waiting(kind: str, key: str) -> None:
    """Let the key through at once."""
    Budget.objects.filter(kind=kind, key=_index(kind, key)).delete()


def give_back(limit: Limit, key: str) -> None:
    """Uncount one unit: what was spent turned out to be no abuse."""
    Budget.objects.filter(kind=limit.kind, key=_key(limit, key), spent__gt=0).update(
        spent=F("spent") - 1
    )


def forget(limit: Limit, key: str) -> None:
    """Let the key start anew."""
    Budget.objects.filter(kind=limit.kind, key=_key(limit, key)).delete()


def _key(limit: Limit, key: str) -> bytes:
    return _index(limit.kind, key)


def _index(kind: str, key: str) -> bytes:
    return blind_index(f"budget.{kind}", key)
