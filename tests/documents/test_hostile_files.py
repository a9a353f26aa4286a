"""A stranger's file may be made to break us: it is answered, soon, and in little memory."""

import signal
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from documents import verdicts
from documents.verdicts import Outcome
from tests.documents import bombs
from tests.documents.world import World
from tests.world import NOON

pytestmark = pytest.mark.django_db

ANSWER_SECONDS = 20
MEMORY_MAX = 64 * bombs.MB


class StillBusy(BaseException):
    """Not an Exception: what is asked must not swallow it."""


@contextmanager
def answered_soon() -> Iterator[None]:
    def give_up(*_: object) -> None:
        raise StillBusy

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, ANSWER_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", bombs.HOSTILE)
def test_a_hostile_file_is_answered_soon(world: World, name: str) -> None:
    with answered_soon():
        verdict = verdicts.by_file(bombs.HOSTILE[name], at=NOON)

    assert verdict.outcome == Outcome.NOT_OURS


def test_a_file_that_unpacks_without_end_takes_no_memory(world: World) -> None:
    data = bombs.padded_table(300 * bombs.MB)
    assert len(data) < bombs.MB

    tracemalloc.start()
    try:
        with answered_soon():
            outcome = verdicts.by_file(data, at=NOON).outcome
        assert tracemalloc.get_traced_memory()[1] < MEMORY_MAX
    finally:
        tracemalloc.stop()
    assert outcome == Outcome.NOT_OURS
