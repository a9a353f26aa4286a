"""What the operators' page and the scrape read: everything that waits, and who is alive."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import redis
from celery import current_app
from django.conf import settings
from django.db import connection

from accounts import pumping
from applications.queries.looks import Wanting, openings_wanting
from documents import watching as papers
from kernel import audit_seals
from kernel.models import Pulse
from notifications import watching as notices
from payments import queries as payments
from payments.operations import health
from registers import watching as registers
from workers import certificates, parking

# Beyond so many, how many exactly is no news.
ROWS_MAX = 10_000
# A rate is counted among the newest events, so that it costs the same however many there are.
RATE_OVER = timedelta(minutes=5)
BROKER_SECONDS = 0.5
KEYS_END_WITHIN = timedelta(days=60)
# Workers answer for their queue through what they do: the sweep gives each of them work.
QUEUES = ("relay", "paper", "outside", "slow")

_RELAY = """
SELECT (SELECT count(*) FROM (
            SELECT FROM kernel_event WHERE relayed_at IS NULL AND parked_at IS NULL LIMIT %(max)s
        ) new),
       (SELECT occurred_at FROM kernel_event WHERE relayed_at IS NULL AND parked_at IS NULL
        ORDER BY id LIMIT 1),
       (SELECT count(*) FROM (
            SELECT occurred_at FROM kernel_event ORDER BY id DESC LIMIT %(max)s
        ) newest WHERE occurred_at > %(rate_from)s),
       (SELECT count(*) FROM (
            SELECT FROM kernel_delivery WHERE state = 'PENDING' AND due_at <= %(now)s
            LIMIT %(max)s
        ) due),
       (SELECT min(due_at) FROM kernel_delivery WHERE state = 'PENDING' AND due_at <= %(now)s),
       (SELECT count(*) FROM (
            SELECT last_error FROM kernel_delivery WHERE state = 'PENDING' LIMIT %(max)s
        ) pending WHERE last_error <> '')
"""
_SERVER = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
       current_setting('max_connections')::int,
       (SELECT max(applied) FROM django_migrations)
"""


@dataclass(frozen=True, slots=True)
class Relay:
    """Counts go to ROWS_MAX; the rate is of events a minute, over RATE_OVER."""

    waiting: int
    oldest_at: datetime | None
    per_minute: float
    due: int
    oldest_due_at: datetime | None
    retrying: int


@dataclass(frozen=True, slots=True)
class Job:
    """Something that beat asks for every so often."""

    name: str
    every: timedelta
    ran_at: datetime | None
    broke_at: datetime | None
    trouble: str
    known_at: datetime | None = None  # Since when it can have run at all.


@dataclass(frozen=True, slots=True)
class Queue:
    """`depth` is how many hints stand in the broker; None: it did not say."""

    name: str
    worked_at: datetime | None
    depth: int | None


@dataclass(frozen=True, slots=True)
class Broken:
    """A step of a job, or an errand, that broke."""

    name: str
    at: datetime
    trouble: str


@dataclass(frozen=True, slots=True)
class Disk:
    """Where files lie, on the machine that answers; whole bytes."""

    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Outside:
    """The world behind the gateways, as our own rows tell of it: nobody is called for a page."""

    rails: Sequence[health.RailState]
    registers: Sequence[registers.Heard]
    notices: notices.Traffic
    to_draw: papers.Waiting
    to_seal: papers.Waiting
    to_stamp: papers.Waiting
    lists: papers.Lists


@dataclass(frozen=True, slots=True)
class Books:
    """What must hold: `broken` are codes with the number of rows; money's open alarms."""

    checked_at: datetime | None
    claims: int
    broken: Mapping[str, int]
    alarms: int


@dataclass(frozen=True, slots=True)
class Trust:
    """What people may abuse: the trace, cases opened outside a right, codes that nobody types."""

    unsealed: int
    unsealed_since: datetime | None
    openings: Wanting
    pumped: Sequence[str]  # Ranges of a million numbers.


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything at one moment."""

    relay: Relay
    parked: Sequence[parking.Group]
    unknown: Sequence[tuple[str, int]]
    jobs: Sequence[Job]
    queues: Sequence[Queue]
    broken: Sequence[Broken]
    outside: Outside
    books: Books
    trust: Trust
    keys: Sequence[papers.KeyEnd]
    certificates: Sequence[certificates.Certificate]
    disk: Disk | None
    connections: int
    connections_max: int


def look(now: datetime) -> Seen:
    """Read it all, with as many queries whatever there is, and one call to the broker."""
    pulses = {pulse.name: pulse for pulse in Pulse.objects.all()}
    connections, connections_max, migrated_at = server()
    return Seen(
        relay=relay(now),
        parked=parking.groups(),
        unknown=parking.unknown_events(),
        jobs=_jobs(pulses, known_at=migrated_at),
        queues=_queues(pulses),
        broken=_broken(pulses),
        outside=outside(now),
        books=books(),
        trust=trust(now),
        keys=papers.keys_ending(before=now + KEYS_END_WITHIN),
        certificates=certificates.held(),
        disk=disk(settings.VAR_DIR),
        connections=connections,
        connections_max=connections_max,
    )


def relay(now: datetime) -> Relay:
    with connection.cursor() as cursor:
        cursor.execute(_RELAY, {"max": ROWS_MAX, "now": now, "rate_from": now - RATE_OVER})
        waiting, oldest_at, newest, due, oldest_due_at, retrying = cursor.fetchone()
    minutes = RATE_OVER / timedelta(minutes=1)
    return Relay(waiting, oldest_at, newest / minutes, due, oldest_due_at, retrying)


def outside(now: datetime) -> Outside:
    return Outside(
        rails=health.rails(now),
        registers=registers.feeds(),
        notices=notices.traffic(now),
        to_draw=papers.to_draw(),
        to_seal=papers.to_seal(),
        to_stamp=papers.to_stamp(),
        lists=papers.lists(now),
    )


def books() -> Books:
    checks = payments.last_check()
    return Books(
        checked_at=checks[0].checked_at if checks else None,
        claims=len(checks),
        broken={one.code: one.offending for one in checks if one.offending},
        alarms=len(payments.open_alarms()),
    )


def trust(now: datetime) -> Trust:
    unsealed, since = audit_seals.waiting(now=now, most=ROWS_MAX)
    return Trust(
        unsealed=unsealed,
        unsealed_since=since,
        openings=openings_wanting(at=now),
        pumped=[alarm.number_range for alarm in pumping.alarms(at=now)],
    )


def server() -> tuple[int, int, datetime]:
    """
    Return how many connections our database has, how many the server takes in all, and when its
    tables were last changed: a job that came with the change cannot have run before.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SERVER)
        used, most, migrated_at = cursor.fetchone()
    return used, most, migrated_at


def depths(connect: Callable[[], redis.Redis] | None = None) -> dict[str, int]:
    """Return how many hints stand in each queue of the broker; nothing where it does not answer."""
    try:
        with (connect or _broker)() as broker:
            return {name: int(broker.llen(name)) for name in QUEUES}
    except (redis.RedisError, OSError):
        return {}


def disk(folder: Path) -> Disk | None:
    try:
        found = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(free=found.free, total=found.total)


def _broker() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS
    )


def _jobs(pulses: Mapping[str, Pulse], *, known_at: datetime | None = None) -> list[Job]:
    found = []
    for entry in current_app.conf.beat_schedule.values():
        pulse = pulses.get(entry["task"])
        every = entry["schedule"]
        found.append(
            Job(
                name=entry["task"],
                every=every if isinstance(every, timedelta) else timedelta(seconds=every),
                ran_at=pulse.ran_at if pulse else None,
                broke_at=pulse.broke_at if pulse else None,
                trouble=pulse.trouble if pulse else "",
                known_at=known_at,
            )
        )
    return sorted(found, key=lambda job: (job.every, job.name))


def _queues(pulses: Mapping[str, Pulse]) -> list[Queue]:
    found = depths()
    worked = {name: pulses.get(f"queue:{name}") for name in QUEUES}
    return [
        Queue(name, pulse.ran_at if pulse else None, found.get(name))
        for name, pulse in worked.items()
    ]


def _broken(pulses: Mapping[str, Pulse]) -> list[Broken]:
    """Return what broke and is no job of beat's: it stands with its job there."""
    steps = [p for p in pulses.values() if p.name.startswith("step:") and p.broke_at is not None]
    newest = sorted(steps, key=lambda pulse: str(pulse.broke_at), reverse=True)
    return [
        Broken(p.name.removeprefix("step:"), p.broke_at, p.trouble)
        for p in newest
        if p.broke_at is not None
    ]
