"""The invariants of every app, checked on one snapshot; a breach is an alarm."""

import importlib
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.apps import apps
from django.db import connection, transaction

from kernel.invariants import Invariant
from payments.models import Check
from payments.operations import alarms
from payments.states import AlarmKind

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows break an invariant, and the first of them, if any were asked for."""

    invariant: Invariant
    offending: int
    rows: Sequence[tuple[Any, ...]] = ()


def stated() -> list[Invariant]:
    """Return what every app says must hold at every moment."""
    found: list[Invariant] = []
    for app in apps.get_app_configs():
        name = f"{app.name}.invariants"
        if importlib.util.find_spec(name) is not None:
            found += importlib.import_module(name).INVARIANTS
    return found


def read(invariants: Sequence[Invariant], *, rows_max: int = 0) -> Iterator[Found]:
    """
    Check them on one snapshot, so that what is posted meanwhile is not half seen; lock nothing.

    No transaction may be open around it.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for invariant in invariants:
            cursor.execute(f"SELECT count(*) FROM ({invariant.sql}) offending")  # noqa: S608
            [offending] = cursor.fetchone()
            rows: Sequence[tuple[Any, ...]] = ()
            if offending and rows_max:
                cursor.execute(f"{invariant.sql} LIMIT {rows_max}")
                rows = cursor.fetchall()
            yield Found(invariant, offending, rows)


def check(now: datetime) -> list[Found]:
    """Check all of them, keep what was found, and ring for each that does not hold."""
    found = list(read(stated()))
    broken = [one for one in found if one.offending]
    with transaction.atomic():
        Check.objects.bulk_create(
            Check(code=one.invariant.code, offending=one.offending, checked_at=now) for one in found
        )
        for one in broken:
            alarms.raise_(
                kind=AlarmKind.INVARIANT_BROKEN,
                subject=one.invariant.code,
                facts={"offending": one.offending},
                at=now,
            )
        alarms.settle(
            AlarmKind.INVARIANT_BROKEN, still={(one.invariant.code, "") for one in broken}, at=now
        )
    log.info("invariants.checked", invariants=len(found), broken=len(broken))
    return found
