"""The measures that PostgreSQL remembers; each costs an indexed query, or none of its own."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from documents import watching as papers
from kernel.models import Pulse
from workers import pulses, signs, watching

# What PostgreSQL itself counts of rows that came, without looking at one; a partitioned table's are
# its partitions'. Of callbacks, postings, signatures (a file a step) and tries to send.
INSERTED = {
    "payments_inbound_message": "callbacks and answers of providers kept",
    "payments_movement": "movements of money",
    "payments_posting": "lines of the ledger",
    "documents_paperfile": "steps of papers: drawn, signed, sealed, stamped",
    "notifications_attempt": "beginnings and ends of tries to send a message",
    "kernel_event": "events",
    "kernel_audit_entry": "entries of the audit",
}
_ROWS = """
SELECT coalesce(parent.relname, t.relname), sum(s.n_tup_ins)
FROM pg_class t
JOIN pg_stat_user_tables s ON s.relid = t.oid
LEFT JOIN pg_inherits i ON i.inhrelid = t.oid
LEFT JOIN pg_class parent ON parent.oid = i.inhparent
WHERE coalesce(parent.relname, t.relname) = ANY(%s)
GROUP BY 1
"""


def measures(now: datetime) -> Iterator[Metric]:
    seen = watching.look(now)
    yield from _relay(seen, now)
    yield from _work(seen, now)
    yield from _world(seen, now)
    yield from _rows()
    yield _gauge("guichet_database_connections", "Connections", seen.connections)
    if seen.disk is not None:
        yield _gauge("guichet_disk_free_bytes", "Free room for files", seen.disk.free)
    # Those that do not stand are told as 0, so that an alarm can end.
    raised = [one.sign for one in signs.read(seen, now)]
    standing = GaugeMetricFamily(
        "guichet_sign", "What needs somebody: see docs/running.md", labels=["sign"]
    )
    for sign in signs.Sign:
        standing.add_metric([sign.value], raised.count(sign))
    yield standing


def _relay(seen: watching.Seen, now: datetime) -> Iterator[Metric]:
    relay = seen.relay
    yield _gauge("guichet_outbox_waiting", "Events that wait for the relay", relay.waiting)
    yield _gauge("guichet_outbox_age_seconds", "Age of the oldest", _age(relay.oldest_at, now))
    yield _gauge("guichet_deliveries_due", "Deliveries that are due", relay.due)
    yield _gauge(
        "guichet_deliveries_age_seconds", "How late the first is", _age(relay.oldest_due_at, now)
    )
    parked = GaugeMetricFamily(
        "guichet_deliveries_parked", "Deliveries given up on", labels=["handler"]
    )
    by_handler: dict[str, int] = {}
    for group in seen.parked:
        by_handler[group.handler] = by_handler.get(group.handler, 0) + group.count
    for handler, count in by_handler.items():
        parked.add_metric([handler], count)
    yield parked


def _work(seen: watching.Seen, now: datetime) -> Iterator[Metric]:
    """What workers count for themselves and add up in one table."""
    times = dict(Pulse.objects.values_list("name", "times"))
    deliveries = CounterMetricFamily(
        "guichet_deliveries", "Deliveries by what came of them", labels=["handler", "outcome"]
    )
    errands = CounterMetricFamily("guichet_errands", "Rows taken by errands", labels=["errand"])
    for name, count in times.items():
        if name.startswith(pulses.DELIVERED):
            deliveries.add_metric([name.removeprefix(pulses.DELIVERED), "done"], count)
        elif name.startswith(pulses.FAILED):
            deliveries.add_metric([name.removeprefix(pulses.FAILED), "failed"], count)
        elif name.startswith(pulses.ERRAND):
            errands.add_metric([name.removeprefix(pulses.ERRAND)], count)
    yield deliveries
    yield errands
    jobs = GaugeMetricFamily("guichet_job_age_seconds", "Since a job last ran", labels=["job"])
    for job in seen.jobs:
        if job.ran_at is not None:
            jobs.add_metric([job.name], _age(job.ran_at, now))
    yield jobs
    depth = GaugeMetricFamily("guichet_queue_hints", "Hints in the broker", labels=["queue"])
    for queue in seen.queues:
        if queue.depth is not None:
            depth.add_metric([queue.name], queue.depth)
    yield depth


def _world(seen: watching.Seen, now: datetime) -> Iterator[Metric]:
    outside = seen.outside
    silent = GaugeMetricFamily("guichet_rail_silent", "1: a rail is in trouble", labels=["rail"])
    for rail in outside.rails:
        silent.add_metric([rail.code], int(rail.silent_since is not None))
    yield silent
    yield _gauge("guichet_messages_due", "Messages that are due", outside.notices.due)
    lately = GaugeMetricFamily(
        "guichet_messages_lately", "Tries to send of the last 15 minutes", labels=["outcome"]
    )
    for outcome, count in outside.notices.outcomes.items():
        lately.add_metric([outcome], count)
    yield lately
    waiting = GaugeMetricFamily(
        "guichet_papers_waiting", "Papers that wait for a machine", labels=["step"]
    )
    for step, rows in (
        ("draw", outside.to_draw.rows),
        ("seal", outside.to_seal.rows),
        ("stamp", outside.to_stamp.rows),
    ):
        waiting.add_metric([step], rows)
    yield waiting
    yield _gauge("guichet_invariants_broken", "Rules that do not hold", len(seen.books.broken))
    first_end = papers.first_key_end()
    if first_end is not None:
        ends = (first_end - now).total_seconds()
        yield _gauge("guichet_key_ends_seconds", "Until the first key in use ends", ends)


def _rows() -> Iterator[Metric]:
    inserted = CounterMetricFamily(
        "guichet_rows", "Rows that came, as PostgreSQL counts them", labels=["table"]
    )
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [list(INSERTED)])
        for table, count in cursor.fetchall():
            inserted.add_metric([table], float(count or 0))
    yield inserted


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment is not None else 0.0
