"""Celery's way in: each task is one call, and tolerates tomorrow's arguments."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from workers import errands, hints, pulses, relay
from workers.routes import HURRIED, ROUTES, TOGETHER

# Bounds, so that one task holds a worker neither for ever nor from others that wait: under a steady
# load the relay always finds news. What is not through by then asks for another turn.
ROUNDS_MAX = 50
SECONDS_MAX = 1
# Who works off many rows wakes the relay, or hurries errands, no more often than this: each wake
# costs as much as a row.
WAKE_EVERY = timedelta(milliseconds=100)
# Of a sweep's rounds each so many-th begins with a delivery that never answered.
SILENT_EVERY = 3
RELAY = "relay"


@shared_task(name="workers.hurry")
def hurry(**_later: object) -> None:
    """Deliver what is due, and hurry the errands that it made."""
    hints.begun(RELAY)
    _deliver_due()


@shared_task(name="workers.errand")
def errand(*, name: str, **_later: object) -> None:
    """Run one kind of errand until none of its rows is due, or its turn is over."""
    _, run = errands.ERRANDS[name]
    hints.begun(name)
    more = 0
    with _held_back() as held:
        try:
            for now in _rounds():
                held.let_go(now)
                more = run(timezone.now)
                pulses.count(f"{pulses.ERRAND}{name}", more)
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
    _deliver_due(until_empty=True)
    for name in errands.ERRANDS:
        _send(name)  # Whoever was asked may be gone.


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


@shared_task(name="workers.measure_times", time_limit=1800)
def measure_times(**_later: object) -> None:
    """Beat asks for it every hour, and it works once a night: a big month takes minutes."""
    errands.measure_times(now=timezone.now())


@shared_task(name="workers.remind_keepers", time_limit=600)
def remind_keepers(**_later: object) -> None:
    """Beat asks for it every hour, and each person hears of it once a day."""
    errands.remind_keepers(now=timezone.now())


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
        _hurry_relay()


class Held:
    """What would have woken the relay while rows are worked off: one wake stands for them all."""

    def __init__(self) -> None:
        self.wanted = False
        self._let_go_at: datetime | None = None

    def let_go(self, now: datetime) -> None:
        """Wake the relay if that was wanted, and not too soon after the last time."""
        if self.wanted and (self._let_go_at is None or now - self._let_go_at >= WAKE_EVERY):
            self.wanted, self._let_go_at = False, now
            _hurry_relay()


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
            _hurry_relay()


def errands_after(news: Iterable[str]) -> set[str]:
    """Return the errands that may have work after these events: all, after one of no entry."""
    known = {event.name: after for event, after in HURRIED.items()}
    return {name for event in news for name in known.get(event, errands.ERRANDS)}


def _deliver_due(*, until_empty: bool = False) -> None:
    """
    Relay until nothing is due. What its own handlers tell is found by its next round.

    What others tell after the last round asks for itself. Only one that goes on `until_empty` comes
    to deliveries that were claimed before and never answered: at the end, and every few rounds.
    """
    wanted: set[str] = set()
    hurried_at: datetime | None = None
    with _held_back() as held:
        try:
            for turn, now in enumerate(_rounds(), start=1):
                # News without a handler counts: what a callback hints at waits for an errand alone.
                news = relay.spread(routes=ROUTES, now=now)
                held.wanted = False  # Not before: a round that breaks leaves it to a wake.
                silent = until_empty and turn % SILENT_EVERY == 0
                delivered = relay.deliver(
                    routes=ROUTES, now=now, together=TOGETHER, silent_first=silent
                )
                wanted |= errands_after([*news, *delivered])
                more = held.wanted or len(delivered) == relay.BATCH_MAX
                if not (more or (until_empty and (news or delivered))):
                    return
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


def _hurry_relay() -> None:
    if hints.is_first(RELAY):
        hurry.delay()


def _hurry_errands(names: Iterable[str]) -> None:
    for name in names:
        if hints.is_first(name):
            _send(name)


def _send(name: str) -> None:
    queue, _ = errands.ERRANDS[name]
    errand.apply_async(kwargs={"name": name}, queue=queue)
