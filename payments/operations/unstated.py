"""Money that we were told of and that no statement shows: looked for with the hourly watch."""

from datetime import datetime, timedelta

from kernel.country import country
from payments import sql
from payments.models import Alarm, StatementLine
from payments.operations import alarms
from payments.states import AlarmKind

# Days posted within this time are looked at: what is older was looked at before.
REACH = timedelta(days=2)
# A bank books within these days what it has told.
STATED_WITHIN = timedelta(days=3)
# An account whose statements end so long before those of the rail's others is closed.
GONE_AFTER = timedelta(days=35)
# In one look; the next one finds the next.
ALARMS_MAX = 100


def look(now: datetime) -> list[int | None]:
    """
    Ring for each credit that its rail's statements should show by now, until one does.

    What a person has cleared rings no more. Rails without posted statements are not looked at.
    """
    alarms.settle(AlarmKind.NOT_ON_STATEMENT, still=_standing(), at=now)
    found = sql.run(
        "watch_unstated",
        since=now - REACH,
        margin_days=STATED_WITHIN.days,
        gone_days=GONE_AFTER.days,
        zone=str(country().zone),
        most=ALARMS_MAX,
    )
    return [
        alarms.raise_(
            kind=AlarmKind.NOT_ON_STATEMENT,
            subject=f"movement:{movement_id}",
            rail_code=rail_code,
            facts={"amount_minor": amount_minor, "currency": currency},
            at=now,
        )
        for movement_id, rail_code, amount_minor, currency in found
    ]


def _standing() -> set[tuple[str, str]]:
    """Return subject and rail of the alarms whose money no statement shows yet."""
    ringing = Alarm.objects.filter(kind=AlarmKind.NOT_ON_STATEMENT, cleared_at=None)
    movements = {
        int(subject.removeprefix("movement:")): (subject, rail_code)
        for subject, rail_code in ringing.values_list("subject", "rail_code")
    }
    stated = StatementLine.objects.filter(movement_id__in=movements, is_advice=False)
    shown = set(stated.values_list("movement_id", flat=True))
    return {about for movement_id, about in movements.items() if movement_id not in shown}
