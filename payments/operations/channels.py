"""
How each rail does against what it usually does: counted and judged every minute.

A rail is in trouble when it does not answer (`health`), when nothing comes of it although it
should, or when what comes is late. All three are one state: bills do not expire, the alarm rings,
and payers are told.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from kernel.country import country
from payments import sql, traffic
from payments.models import Rail, RailHealth
from payments.operations import alarms, health
from payments.queries import channels as queries
from payments.states import AlarmKind

log = structlog.get_logger()

# A poster that holds its transaction longer than this is dead.
COUNTS_AGAIN = timedelta(minutes=10)
# After a longer stop what came before is history, and is not counted.
REACH = timedelta(days=2)


def look(now: datetime) -> int:
    """Count what was heard, judge each rail, and ring or settle; return how many are in trouble."""
    count(now)
    _judge(now)
    ring(now)
    return len(health.troubles(now))


def count(now: datetime, *, since: datetime | None = None) -> None:
    """
    Bring the hours up to date since the last count, and no further back.

    :param since: counts from there instead, for books that were written another way
    """
    known = {one.rail_id: one for one in RailHealth.objects.all()}
    until = [one.counted_until for one in known.values() if one.counted_until]
    last = min(until, default=now)
    begins = traffic.hour_of(since or max(last, now - REACH) - COUNTS_AGAIN)
    heard = dict(sql.run("count_hours", since=begins))
    for rail_id in Rail.objects.values_list("pk", flat=True):
        kept = known.get(rail_id)
        # Hours that nobody counted would look as if nothing had come in them.
        whole = kept is not None and (kept.counted_until or now) >= begins
        counted = [one for one in (kept and whole and kept.counted_from, begins) if one]
        times = [one for one in (kept and kept.heard_at, heard.get(rail_id)) if one]
        RailHealth.objects.update_or_create(
            rail_id=rail_id,
            defaults={
                "counted_from": min(counted),
                "counted_until": now,
                "heard_at": max(times, default=None),
            },
        )


def ring(now: datetime) -> list[int | None]:
    """Ring for each rail in trouble, once as long as it is; what is over settles by itself."""
    troubles = health.troubles(now)
    codes = dict(Rail.objects.filter(pk__in=troubles).values_list("pk", "code"))
    still = {("rail", code) for code in codes.values()}
    alarms.settle(AlarmKind.RAIL_SILENT, still=still, at=now)
    return [
        alarms.raise_(
            kind=AlarmKind.RAIL_SILENT,
            subject="rail",
            rail_code=code,
            facts={"why": troubles[rail_id].kind, "since": troubles[rail_id].since.isoformat()},
            at=now,
        )
        for rail_id, code in sorted(codes.items())
    ]


def _judge(now: datetime) -> None:
    told = queries.Usual(traffic.hours_of(now - traffic.LOOKS_BACK, now))
    delays = {
        rail_id: (many, timedelta(seconds=seconds))
        for rail_id, many, seconds in sql.run(
            "rail_delays", since=now - traffic.LATE_WINDOW, zone=country().zone.key
        )
    }
    with transaction.atomic():
        rows = RailHealth.objects.select_for_update(no_key=True, of=("self",)).order_by("rail_id")
        for kept in rows.filter(rail__active=True):
            _judge_one(kept, told, delays.get(kept.rail_id, (0, timedelta())), now)


def _judge_one(
    kept: RailHealth, told: queries.Usual, delay: tuple[int, timedelta], now: datetime
) -> None:
    usual = told.of(kept.rail_id, since=kept.counted_from)
    quiet = traffic.is_quiet(kept.heard_at, now, usual)
    late = traffic.is_late(*delay)
    if quiet != (kept.quiet_since is not None) or late != (kept.late_since is not None):
        log.warning("rail.judged", rail_id=kept.rail_id, quiet=quiet, late=late)
    kept.quiet_since = (kept.quiet_since or kept.heard_at or now) if quiet else None
    kept.late_since = (kept.late_since or now) if late else None
    kept.late_seconds = int(delay[1].total_seconds()) if late else None
    kept.looked_at = now
    kept.save(update_fields=["quiet_since", "late_since", "late_seconds", "looked_at"])
