"""
Money that left as it should and has not arrived: sweeps without their transfer, unpaid batches;
and what two people ordered to leave a retired rail, and did not.

Each rings until it has arrived, or until somebody has said what became of it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from payments import sql
from payments.models import Alarm, Remittance
from payments.operations import alarms
from payments.operations.importing.arriving import SWEEP_DAYS_MAX
from payments.states import AlarmKind, RemittanceState
from places import working

# Working days from the approval of a batch, or of a move, within which a statement shows it.
CONFIRMED_WITHIN_DAYS = 3
_ON_THEIR_WAY = (RemittanceState.APPROVED, RemittanceState.SENT, RemittanceState.ACKNOWLEDGED)


class _Late(NamedTuple):
    subject: str
    rail_code: str
    currency: str
    amount_minor: int


def look(now: datetime) -> list[int | None]:
    """Ring for what is late, once each; what has arrived since settles by itself."""
    return [
        *_ring(AlarmKind.SWEEP_NOT_ARRIVED, _sweeps(now), now),
        *_ring(AlarmKind.REMITTANCE_NOT_CONFIRMED, _batches(now), now),
        *_ring(AlarmKind.MOVE_NOT_LEFT, _moves(now), now),
    ]


def _sweeps(now: datetime) -> list[_Late]:
    found = sql.run("control_under_way", before=now - timedelta(days=SWEEP_DAYS_MAX))
    return [_Late(f"movement:{movement_id}", *rest) for movement_id, *rest in found]


def _batches(now: datetime) -> list[_Late]:
    waiting = Remittance.objects.filter(
        state__in=_ON_THEIR_WAY, approved_at__lte=now - timedelta(days=CONFIRMED_WITHIN_DAYS)
    )
    return [
        _Late(f"remittance:{one.pk}", one.rail.code, one.currency, one.amount_minor)
        for one in waiting.select_related("rail").order_by("pk")
        if one.approved_at
        and working.add_working_days(one.approved_at, CONFIRMED_WITHIN_DAYS) <= now
    ]


def _moves(now: datetime) -> list[_Late]:
    return [
        _Late(f"move:{move_id}", *rest)
        for move_id, *rest, given_at in sql.run("control_moves")
        if working.add_working_days(given_at, CONFIRMED_WITHIN_DAYS) <= now
    ]


def _ring(kind: AlarmKind, late: Iterable[_Late], now: datetime) -> list[int | None]:
    late = list(late)
    alarms.settle(kind, still={(one.subject, one.rail_code) for one in late}, at=now)
    subjects = [one.subject for one in late]
    # What rang before still rings, or somebody has answered it.
    rang = set(
        Alarm.objects.filter(kind=kind, subject__in=subjects).values_list("subject", flat=True)
    )
    return [
        alarms.raise_(
            kind=kind,
            subject=one.subject,
            rail_code=one.rail_code,
            facts={"amount_minor": one.amount_minor, "currency": one.currency},
            at=now,
        )
        for one in late
        if one.subject not in rang
    ]
