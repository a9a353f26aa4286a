"""Celery's way in: each task is one call, and tolerates tomorrow's arguments."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from workers import errands, relay
from workers.routes import HURRIED, ROUTES

# Bounds, so that one task holds a worker neither for ever nor until Celery's own limit kills it.
ROUNDS_MAX = 50
SECONDS_MAX = 20


@shared_task(name="workers.hurry")
def hurry(**_later: object) -> None:
    """Deliver what is due, then hurry the errands that it made."""
    # News without a handler counts: what a callback hints at waits for an errand alone.
    if news := _deliver_due():
        _hurry_errands(errands_after(news))


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
    _hurry_errands(errands.ERRANDS)


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


@shared_task(name="workers.look_after_keys", time_limit=1800)
def look_after_keys(**_later: object) -> None:
    """Beat asks for it every hour, and a revocation must not wait longer for its list."""
    errands.look_after_keys(now=timezone.now())


@shared_task(name="workers.work_slowly", time_limit=1800)
def work_slowly(**_later: object) -> None:
    """A statement or a report may take minutes: they have a worker of their own."""
    for _ in _rounds():
        if not errands.work_slowly(timezone.now, statements=settings.STATEMENTS_DIR):
            return


def wake() -> None:
    """Ask for a relay soon; called once a transaction, after its commit."""
    hurry.delay()


def errands_after(news: Iterable[str]) -> set[str]:
    """Return the errands that may have work after these events: all, after one of no entry."""
    known = {event.name: after for event, after in HURRIED.items()}
    return {name for event in news for name in known.get(event, errands.ERRANDS)}


def _deliver_due() -> set[str]:
    news: set[str] = set()
    for now in _rounds():
        fresh = relay.spread(routes=ROUTES, now=now) + relay.deliver(routes=ROUTES, now=now)
        if not fresh:
            break
        news.update(fresh)
    return news


def _rounds() -> Iterator[datetime]:
    begun = timezone.now()
    for _ in range(ROUNDS_MAX):
        now = timezone.now()
        if now - begun > timedelta(seconds=SECONDS_MAX):
            return
        yield now


def _hurry_errands(names: Iterable[str]) -> None:
    for name in names:
        queue, _ = errands.ERRANDS[name]
        errand.apply_async(kwargs={"name": name}, queue=queue)
