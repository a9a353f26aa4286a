"""
Budgets: how often something may be done, counted in the database and never in a cache.

A window opens with the first spending and lasts as the limit says. Counting is one statement, so
that a hundred requests at once cannot spend the same unit twice.
"""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from accounts.limits import Limit
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


def give_back(limit: Limit, key: str) -> None:
    """Uncount one unit: what was spent turned out to be no abuse."""
    Budget.objects.filter(kind=limit.kind, key=_key(limit, key), spent__gt=0).update(
        spent=F("spent") - 1
    )


def forget(limit: Limit, key: str) -> None:
    """Let the key start anew."""
    Budget.objects.filter(kind=limit.kind, key=_key(limit, key)).delete()


def _key(limit: Limit, key: str) -> bytes:
    return blind_index(f"budget.{limit.kind}", key)
