"""Celery's way in: each task is one call, and tolerates tomorrow's arguments."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from workers import errands, relay
from workers.routes import ROUTES

# Bounds, so that one task holds a worker neither for ever nor until Celery's own limit kills it.
ROUNDS_MAX = 50
SECONDS_MAX = 20


@shared_task(name="workers.hurry")
def hurry(**_later: object) -> None:
    """Deliver what is due, then hurry the errands that it made."""
    # News without a handler counts: what a callback hints at waits for an errand alone.
    if _deliver_due():
        _hurry_errands()


@shared_task(name="workers.errand")
def errand(*, name: str, **_later: object) -> None:
    """Run one kind of errand until none of its rows is due."""
    _, run = errands.ERRANDS[name]
    for _ in _rounds():
        if not run(timezone.now):
            return


@shared_task(name="workers.sweep")
def sweep(**_later: object) -> None:
    """Find what a lost message would have started. Beat asks for it every few seconds."""
    _deliver_due()
    _hurry_errands()


@shared_task(name="workers.roll_up")
def roll_up(**_later: object) -> None:
    """Keep the ledger's sums near to what is posted: the board reads the rest each time."""
    errands.roll_up(now=timezone.now())


@shared_task(name="workers.tidy")
def tidy(**_later: object) -> None:
    errands.let_time_pass(now=timezone.now())


@shared_task(name="workers.look_after_money", time_limit=1800)
def look_after_money(**_later: object) -> None:
    """Beat asks for it every hour; a big ledger takes minutes, which is longer than others may."""
    errands.look_after_money(now=timezone.now())


@shared_task(name="workers.work_slowly", time_limit=1800)
def work_slowly(**_later: object) -> None:
    """A statement or a report may take minutes: they have a worker of their own."""
    for _ in _rounds():
        if not errands.work_slowly(timezone.now, statements=settings.STATEMENTS_DIR):
            return


def wake() -> None:
    """Ask for a relay soon; called once a transaction, after its commit."""
    hurry.delay()


def _deliver_due() -> int:
    news = 0
    for now in _rounds():
        relayed = relay.fan_out(routes=ROUTES, now=now)
        claimed = relay.drain(routes=ROUTES, now=now)
        if not (relayed or claimed):
            break
        news += relayed + claimed
    return news


def _rounds() -> Iterator[datetime]:
    begun = timezone.now()
    for _ in range(ROUNDS_MAX):
        now = timezone.now()
        if now - begun > timedelta(seconds=SECONDS_MAX):
            return
        yield now


def _hurry_errands() -> None:
    for name, (queue, _) in errands.ERRANDS.items():
        errand.apply_async(kwargs={"name": name}, queue=queue)
