"""
How an errand is carried out: rows are claimed under a lease, and each is worked off alone.

Every errand takes the clock, because a call takes time, and returns how many rows it claimed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from kernel import logs
from workers import pulses

log = structlog.get_logger()

Clock = Callable[[], datetime]
Errand = Callable[[Clock], int]

LEASE = timedelta(seconds=8)
LIST_LEASE = timedelta(minutes=2)
CLAIM_MAX = 4
# One at a time: what waited behind a slow call could outlive the lease and become "unknown".
ONCE_MAX = 1


class Claim(Protocol):
    """Takes rows until a time and returns their ids."""

    def __call__(self, *, limit: int, now: datetime, until: datetime) -> list[int]: ...


class CarryOut(Protocol):
    """Does what one claimed row waits for; never raises for trouble outside."""

    def __call__(self, row_id: int, /, *, clock: Clock) -> None: ...


def each(
    claim: Claim,
    carry_out: CarryOut,
    clock: Clock,
    *,
    at_once: int = CLAIM_MAX,
    lease: timedelta = LEASE,
) -> int:
    """Claim rows and carry each out; return how many were claimed."""
    now = clock()
    claimed = claim(limit=at_once, now=now, until=now + lease)
    for row_id in claimed:
        with logs.about(errand=getattr(carry_out, "__name__", None), row_id=row_id):
            carry_out(row_id, clock=clock)
    return len(claimed)


def alone(steps: Mapping[str, Callable[[], object]]) -> int:
    """
    Take each step, whatever becomes of the others; return the sum of the counts that they answer.

    One that breaks is logged by its name, without the error's text, which may speak of a person.
    """
    done = 0
    for name, step in steps.items():
        try:
            count = step()
        except Exception as trouble:
            log.error("step.broke", step=name, trouble=type(trouble).__name__)  # noqa: TRY400
            pulses.step_broke(name, type(trouble).__name__)
        else:
            done += count if isinstance(count, int) else 0
    return done
