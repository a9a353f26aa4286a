"""
The callback process, the poster or PostgreSQL killed with -9 in the middle of the load.

Every callback that was answered is posted once, and none that was not is posted twice.
GUICHET_KILL_SEEDS=20 tries more moments than the usual three.
"""

import http.client
import os
import random
import threading
import time
from dataclasses import dataclass, field

import pytest

from bench.machine import machine
from bench.numbers import amount_minor, reference
from config.stack import preparation
from config.stack.children import Child
from config.stack.servers import ServerBroken
from tests.payments.callback_servers import SECRET, door, told

SEEDS = range(int(os.environ.get("GUICHET_KILL_SEEDS", "3")))
BANKS = 12
VICTIMS = ("callbacks", "poster", "postgresql")

pytestmark = [pytest.mark.slow]


@dataclass
class Load:
    """Banks that tell of one payment after the other, each told once, until they are asked to stop.

    `answered` and `unanswered` are numbers of bills; what was refused with 503 is unanswered.
    """

    front: object
    bills: list[int]
    answered: list[int] = field(default_factory=list)
    unanswered: list[int] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self.threads = [threading.Thread(target=self._tell) for _ in range(BANKS)]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(180)
            assert not thread.is_alive()

    def _tell(self) -> None:
        while not self.over.is_set() and self.bills:
            bill = self.bills.pop()
            try:
                answer = self.front.tell(told(reference(bill), amount_minor(bill), id=f"K{bill}"))
            except (OSError, http.client.HTTPException):
                self.unanswered.append(bill)
                time.sleep(0.02)
                continue
            (self.answered if answer.status == 200 else self.unanswered).append(bill)
            assert answer.status in {200, 503}


@dataclass
class Stack:
    ground: object
    front: object
    poster: Child
    fresh: list[int]

    def kill(self, victim: str) -> None:
        if victim == "callbacks":
            self.front.kill()
        elif victim == "poster":
            self.poster.process.kill()
            self.poster.process.wait()
        else:
            self.ground.postgres.process.kill()
            self.ground.postgres.process.wait()

    def revive(self, victim: str) -> None:
        """As the supervisor does."""
        if victim == "callbacks":
            self.front.start()
        elif victim == "poster":
            self.poster.start()
        else:
            self._restart_postgresql()

    def _restart_postgresql(self) -> None:
        end = time.monotonic() + 90
        while True:
            try:
                return self.ground.postgres.restart()
            except ServerBroken:
                # Its orphans still hold the shared memory; they notice and go.
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def wait_until_empty(self) -> None:
        end = time.monotonic() + 180
        with self.ground.connect() as connection:
            while time.monotonic() < end:
                if connection.execute("SELECT count(*) FROM payments_inbox").fetchone() == (0,):
                    return
                time.sleep(0.05)
        raise AssertionError(self.poster.log.read_text()[-2000:])


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    with machine(bills=10_000) as ground:
        environment = ground.environment | {"BANK_SECRET": SECRET}
        front = door("fast", folder, environment)
        poster = Child(
            name="poster",
            command=preparation.manage("post_inbox"),
            environment=environment,
            log=folder / "poster.log",
        )
        front.start()
        poster.start()
        yield Stack(ground, front, poster, list(range(1, 10_001)))
        for child in (front.child, poster):
            child.ask_to_stop()
            child.wait_stopped(time.monotonic() + 15)


def posted(connection, bills):
    """Of each bill: movements told, journals, what it was paid, whether that is all of it."""
    return {
        int(name[1:]): counts
        for name, *counts in connection.execute(
            "SELECT m.external_id, count(*),"
            " (SELECT count(*) FROM payments_journal j"
            "  WHERE j.kind = 'collection' AND j.subject_id = min(m.id)),"
            " (SELECT b.paid_minor FROM payments_bill b WHERE b.reference = min(m.reference)),"
            " (SELECT b.state FROM payments_bill b WHERE b.reference = min(m.reference))"
            " FROM payments_movement m WHERE m.external_id = ANY(%s) GROUP BY m.external_id",
            [[f"K{bill}" for bill in bills]],
        )
    }


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_in_the_middle_every_answered_callback_is_posted_once(stack, victim, seed):
    chance = random.Random(f"{victim} {seed}")
    mine = [stack.fresh.pop(chance.randrange(len(stack.fresh))) for _ in range(150)]
    load = Load(stack.front, list(mine))
    load.start()
    while len(load.bills) > chance.randint(30, 120):
        time.sleep(0.001)
    stack.kill(victim)
    time.sleep(chance.uniform(0.0, 0.2))
    stack.revive(victim)
    while load.bills:
        time.sleep(0.01)
    load.stop()
    stack.wait_until_empty()

    once = [[1, 1, amount_minor(bill), "PAID"] for bill in load.answered]
    with stack.ground.connect() as connection:
        found = posted(connection, mine)
        suspended = connection.execute("SELECT count(*) FROM payments_suspense_item").fetchone()
    assert len(load.answered) + len(load.unanswered) == len(mine)
    assert [found.get(bill) for bill in load.answered] == once
    # Committed, and the answer was lost on its way: once is once.
    assert all(
        found[bill] == [1, 1, amount_minor(bill), "PAID"]
        for bill in load.unanswered
        if bill in found
    )
    assert suspended == (0,)
