"""
What control rings for, once an hour: sweeps to nowhere that was named, money on retired rails.

No provider and no statement tells us reliably where a sweep went. So a sweep is expected where two
people have named the one account that its rail is swept to, and the account itself is proved when
the money arrives as a transfer; until then it stands in sweeps in transit, where the desk sees it.
"""

from datetime import datetime, timedelta

from payments import sql
from payments.models import Alarm
from payments.operations import alarms
from payments.states import AlarmKind

REACH = timedelta(days=2)


def look(now: datetime) -> list[int | None]:
    """Ring for what was heard of since; what has been answered rings for later money alone."""
    return [
        *_ring(AlarmKind.SWEEP_UNREGISTERED, "control_sweeps", "sweep", now),
        *_ring(AlarmKind.RETIRED_RAIL_PAID, "control_retired", "rail", now),
    ]


def _ring(kind: AlarmKind, query: str, subject: str, now: datetime) -> list[int | None]:
    answered: dict[str, datetime] = {}
    recent = Alarm.objects.filter(kind=kind, cleared_at__gt=now - REACH)
    for alarm in recent.order_by("cleared_at"):
        answered[alarm.rail_code] = alarm.cleared_at or now
    found = sql.run(query, since=now - REACH)
    if answered:
        since = {rail_code: answered.get(rail_code, now - REACH) for rail_code, *_ in found}
        found = [
            row
            for rail_code, moment in since.items()
            for row in sql.run(query, since=moment)
            if row[0] == rail_code
        ]
    return [
        alarms.raise_(
            kind=kind,
            subject=subject,
            rail_code=rail_code,
            facts={
                "first_movement_id": first_id,
                "movements": count,
                "amount_minor": amount_minor,
                "currency": currency,
            },
            at=now,
        )
        for rail_code, currency, first_id, count, amount_minor in found
    ]
