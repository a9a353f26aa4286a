"""Celery's way in: each task is one call, and tolerates tomorrow's arguments."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from workers import errands, relay
from workers.routes import HURRIED, ROUTES

# Bounds, so that one task holds a worker neither for ever nor from others that wait: under a steady
# load the relay always finds news. What is not through by then asks for another turn.
ROUNDS_MAX = 50
SECONDS_MAX = 1
# Who works off many rows wakes the relay, or hurries errands, no more often than this: each wake
# costs as much as a row.
WAKE_EVERY = timedelta(milliseconds=100)


@shared_task(name="workers.hurry")
def hurry(**_later: object) -> None:
    """Deliver what is due, and hurry the errands that it made."""
    _deliver_due()


@shared_task(name="workers.errand")
def errand(*, name: str, **_later: object) -> None:
    """Run one kind of errand until none of its rows is due, or its turn is over."""
    _, run = errands.ERRANDS[name]
    more = 0
    with _held_back() as held:
        try:
            for now in _rounds():
                held.let_go(now)
                more = run(timezone.now)
                if not more:
                    return
        finally:
            # Also after a run that broke, for the rest; but one that breaks before it got on with
            # anything waits for the sweep, so that it does not turn in a circle.
            if more:
                _hurry_errands([name])


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
    if (held := _HELD.get()) is not None:
        held.wanted = True
    else:
        hurry.delay()


class Held:
    """What would have woken the relay while rows are worked off: one wake stands for them all."""

    def __init__(self) -> None:
        self.wanted = False
        self._let_go_at: datetime | None = None

    def let_go(self, now: datetime) -> None:
        """Wake the relay if that was wanted, and not too soon after the last time."""
        if self.wanted and (self._let_go_at is None or now - self._let_go_at >= WAKE_EVERY):
            self.wanted, self._let_go_at = False, now
            hurry.delay()


_HELD: ContextVar[Held | None] = ContextVar("held", default=None)


@contextmanager
def _held_back() -> Iterator[Held]:
    held = Held()
    token = _HELD.set(held)
    try:
        yield held
    finally:
        _HELD.reset(token)
        if held.wanted:
            hurry.delay()


def errands_after(news: Iterable[str]) -> set[str]:
    """Return the errands that may have work after these events: all, after one of no entry."""
    known = {event.name: after for event, after in HURRIED.items()}
    return {name for event in news for name in known.get(event, errands.ERRANDS)}


def _deliver_due() -> None:
    """Relay until nothing is due. What its own handlers tell is found by its next round."""
    wanted: set[str] = set()
    hurried_at: datetime | None = None
    with _held_back() as held:
        try:
            for now in _rounds():
                # News without a handler counts: what a callback hints at waits for an errand alone.
                news = relay.spread(routes=ROUTES, now=now) + relay.deliver(routes=ROUTES, now=now)
                if not news:
                    held.wanted = False  # Not before: a round that breaks leaves it to a wake.
                    return
                wanted |= errands_after(news)
                if hurried_at is None or now - hurried_at >= WAKE_EVERY:
                    _hurry_errands(wanted)
                    wanted, hurried_at = set(), now
            held.wanted = True  # There may be more than one task is to deliver.
        finally:
            if wanted:
                _hurry_errands(wanted)


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
