"""
Signs of life: how often each job ran and when it last did, who works on a queue, what broke.

Each process counts for itself and adds to the rows every few seconds, so that the counts are whole
however many processes and machines there are. Told by PostgreSQL's clock, and worth as little as
a hint: what cannot be kept is let go. No model is named here, because Celery is wired before there
are any.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from django.db import Error, connection

log = structlog.get_logger()

# By each process; a sweep every two seconds is no reason for a write every two.
KEPT_EVERY_SECONDS = 10.0
# "queue:paper", "step:expire_due", "delivered:<handler>", "failed:<handler>", "errand:<name>".
QUEUE, STEP, DELIVERED, FAILED, ERRAND = "queue:", "step:", "delivered:", "failed:", "errand:"

# In the order of their names, so that two processes never wait for each other.
_RAN = """
INSERT INTO kernel_pulse (name, times, ran_at)
SELECT name, times, clock_timestamp()
FROM unnest(%s::text[], %s::bigint[]) AS told(name, times) ORDER BY name
ON CONFLICT (name) DO UPDATE
SET times = kernel_pulse.times + EXCLUDED.times, ran_at = EXCLUDED.ran_at
"""
_BROKE = """
INSERT INTO kernel_pulse (name, broke_at, trouble) VALUES (%s, clock_timestamp(), %s)
ON CONFLICT (name) DO UPDATE SET broke_at = EXCLUDED.broke_at, trouble = EXCLUDED.trouble
"""


@dataclass
class _Counted:
    """What this process has not told yet, and when it last did, by the monotonic clock."""

    times: Counter[str] = field(default_factory=Counter)
    kept_at: float = float("-inf")


_counted = _Counted()


def count(name: str, times: int = 1) -> None:
    """Count something that `keep` tells soon."""
    _counted.times[name] += times


def worked(*, task: str, queue: str | None) -> None:
    """A task of this name, out of this queue, has come to its end."""
    count(task)
    if queue:
        count(f"{QUEUE}{queue}")
    if time.monotonic() - _counted.kept_at >= KEPT_EVERY_SECONDS:
        keep()


def keep() -> None:
    """Add what was counted to the rows that all processes share."""
    told, _counted.times = _counted.times, Counter()
    _counted.kept_at = time.monotonic()
    names = sorted(told)
    if names and not _write(_RAN, [names, [told[name] for name in names]]):
        _counted.times.update(told)


def broke(name: str, trouble: str) -> None:
    """
    A task has broken.

    :param trouble: the kind of error alone: its text may speak of a person
    """
    _write(_BROKE, [name[:200], trouble[:120] or "unknown"])


def step_broke(name: str, trouble: str) -> None:
    """One step of a job has broken, and the others went on."""
    broke(f"{STEP}{name}", trouble)


def _write(sql: str, parameters: Sequence[str | list[str] | list[int]]) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
    except Error as error:
        log.warning("pulse.not_kept", error=type(error).__name__)
        return False
    return True
