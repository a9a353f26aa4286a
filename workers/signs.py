"""
What of all that was seen needs somebody: pure rules, each by a name that docs/running.md explains.

A sign holds codes, counts and times alone, so that it can stand on a page and in a log.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from workers.watching import ROWS_MAX, Job, Seen

# Twice the sweep's pace and a handler's lease: what is older was not taken by anybody.
RELAY_LATE = timedelta(seconds=30)
DELIVERY_LATE = timedelta(minutes=2)
# A job may wait behind another of its queue.
JOB_SLACK = timedelta(minutes=2)
QUEUE_SILENT = timedelta(minutes=2)
QUEUE_LONG = 500
STEP_FRESH = timedelta(hours=2)
CHECK_LATE = timedelta(hours=2)
FEED_SILENT = timedelta(minutes=15)
MESSAGE_LATE = timedelta(minutes=5)
PAPER_LATE = timedelta(minutes=5)
STAMP_LATE = timedelta(minutes=30)
LIST_LATE = timedelta(minutes=10)
KEY_ENDS_SOON = timedelta(days=14)
DISK_LEAST = 0.1
CONNECTIONS_MOST = 0.8


class Sign(StrEnum):
    """Its value is the name that it has in docs/running.md."""

    RELAY_LATE = "relay-late"
    DELIVERIES_LATE = "deliveries-late"
    PARKED = "parked"
    UNKNOWN_EVENTS = "unknown-events"
    JOB_LATE = "job-late"
    JOB_BROKE = "job-broke"
    WORKER_SILENT = "worker-silent"
    BROKER_SILENT = "broker-silent"
    QUEUE_LONG = "queue-long"
    RAIL_SILENT = "rail-silent"
    REGISTER_SILENT = "register-silent"
    MESSAGES_LATE = "messages-late"
    PAPERS_LATE = "papers-late"
    STAMPS_LATE = "stamps-late"
    LISTS_LATE = "lists-late"
    BOOKS_BROKEN = "books-broken"
    CHECK_LATE = "check-late"
    MONEY_ALARMS = "money-alarms"
    AUDIT_UNSEALED = "audit-unsealed"
    OPENINGS = "openings"
    CODES_PUMPED = "codes-pumped"
    KEY_ENDS = "key-ends"
    CERTIFICATE_ENDS = "certificate-ends"
    DISK_FULL = "disk-full"
    CONNECTIONS = "connections"


@dataclass(frozen=True, slots=True)
class Raised:
    """A sign that stands. `is_bad`: now; else it can wait until the morning."""

    sign: Sign
    about: str = ""  # A code of ours: a rail, a queue, a job.
    count: int | None = None
    since: datetime | None = None
    is_bad: bool = True


def read(seen: Seen, now: datetime) -> list[Raised]:
    """Return what needs somebody, the worst first."""
    found = [
        *_relay(seen, now),
        *_work(seen, now),
        *_world(seen, now),
        *_trust(seen),
        *_house(seen, now),
    ]
    return sorted(found, key=lambda raised: not raised.is_bad)


def is_late(job: Job, now: datetime) -> bool:
    """A job that has not run yet is late once a house so old should have run it."""
    since = job.ran_at or job.known_at
    return since is None or since < now - 2 * job.every - JOB_SLACK


def _relay(seen: Seen, now: datetime) -> Iterator[Raised]:
    relay = seen.relay
    if _older(relay.oldest_at, now, RELAY_LATE):
        yield Raised(Sign.RELAY_LATE, count=relay.waiting, since=relay.oldest_at)
    if _older(relay.oldest_due_at, now, DELIVERY_LATE):
        yield Raised(Sign.DELIVERIES_LATE, count=relay.due, since=relay.oldest_due_at)
    if seen.parked:
        count = sum(group.count for group in seen.parked)
        since = min(group.oldest_at for group in seen.parked)
        yield Raised(Sign.PARKED, count=count, since=since)
    if seen.unknown:
        yield Raised(Sign.UNKNOWN_EVENTS, count=sum(count for _, count in seen.unknown))


def _work(seen: Seen, now: datetime) -> Iterator[Raised]:
    for job in seen.jobs:
        if is_late(job, now):
            yield Raised(Sign.JOB_LATE, job.name, since=job.ran_at)
        if job.broke_at is not None and (job.ran_at is None or job.broke_at > job.ran_at):
            yield Raised(Sign.JOB_BROKE, job.name, since=job.broke_at)
    for step in seen.broken:
        if step.at > now - STEP_FRESH:
            yield Raised(Sign.JOB_BROKE, step.name, since=step.at)
    if all(queue.depth is None for queue in seen.queues):
        yield Raised(Sign.BROKER_SILENT)
    for queue in seen.queues:
        if queue.worked_at is None or queue.worked_at < now - QUEUE_SILENT:
            yield Raised(Sign.WORKER_SILENT, queue.name, since=queue.worked_at)
        if queue.depth is not None and queue.depth > QUEUE_LONG:
            yield Raised(Sign.QUEUE_LONG, queue.name, count=queue.depth, is_bad=False)


def _world(seen: Seen, now: datetime) -> Iterator[Raised]:
    outside = seen.outside
    for rail in outside.rails:
        if rail.silent_since is not None:
            yield Raised(Sign.RAIL_SILENT, rail.code, since=rail.silent_since)
    for register in outside.registers:
        if register.trouble and _older(register.heard_at, now, FEED_SILENT, never=True):
            yield Raised(Sign.REGISTER_SILENT, register.name, since=register.heard_at)
    if _older(outside.notices.oldest_due_at, now, MESSAGE_LATE):
        since = outside.notices.oldest_due_at
        yield Raised(Sign.MESSAGES_LATE, count=outside.notices.due, since=since)
    for step, waiting, late in (
        ("draw", outside.to_draw, PAPER_LATE),
        ("seal", outside.to_seal, PAPER_LATE),
    ):
        if _older(waiting.oldest_at, now, late):
            yield Raised(Sign.PAPERS_LATE, step, count=waiting.rows, since=waiting.oldest_at)
    if _older(outside.to_stamp.oldest_at, now, STAMP_LATE):
        late_stamps = outside.to_stamp
        yield Raised(
            Sign.STAMPS_LATE, count=late_stamps.rows, since=late_stamps.oldest_at, is_bad=False
        )
    if _older(outside.lists.due.oldest_at, now, LIST_LATE):
        lists = outside.lists.due
        yield Raised(Sign.LISTS_LATE, count=lists.rows, since=lists.oldest_at)


def _trust(seen: Seen) -> Iterator[Raised]:
    trust, openings = seen.trust, seen.trust.openings
    if trust.unsealed:
        yield Raised(Sign.AUDIT_UNSEALED, count=trust.unsealed, since=trust.unsealed_since)
    for number_range in trust.pumped:
        yield Raised(Sign.CODES_PUMPED, number_range)
    if openings.objected:
        yield Raised(Sign.OPENINGS, "objected", count=openings.objected, is_bad=False)
    if openings.overdue:
        since = openings.overdue_since
        yield Raised(Sign.OPENINGS, "overdue", count=openings.overdue, since=since, is_bad=False)


def _house(seen: Seen, now: datetime) -> Iterator[Raised]:
    books = seen.books
    for code, rows in books.broken.items():
        yield Raised(Sign.BOOKS_BROKEN, code, count=rows, since=books.checked_at)
    if _older(books.checked_at, now, CHECK_LATE, never=True):
        yield Raised(Sign.CHECK_LATE, since=books.checked_at)
    if books.alarms:
        yield Raised(Sign.MONEY_ALARMS, count=books.alarms, is_bad=False)
    soon = [key for key in seen.keys if key.not_after < now + KEY_ENDS_SOON]
    if soon:
        # By the time at which the first of them ends.
        yield Raised(Sign.KEY_ENDS, count=len(soon), since=soon[0].not_after, is_bad=False)
    for one in seen.certificates:
        if one.is_ending(now):
            yield Raised(
                Sign.CERTIFICATE_ENDS, one.setting, since=one.ends_at, is_bad=one.has_ended(now)
            )
    if seen.disk is not None and seen.disk.free < DISK_LEAST * seen.disk.total:
        yield Raised(Sign.DISK_FULL)
    if seen.connections > CONNECTIONS_MOST * seen.connections_max:
        yield Raised(Sign.CONNECTIONS, count=seen.connections)


def _older(moment: datetime | None, now: datetime, than: timedelta, *, never: bool = False) -> bool:
    return never if moment is None else moment < now - than


def counted(count: int) -> str:
    """Return a count as people read it: beyond ROWS_MAX nobody has counted."""
    return f"{ROWS_MAX}+" if count >= ROWS_MAX else str(count)
