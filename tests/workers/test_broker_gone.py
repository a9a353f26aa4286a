"""A broker that dies holds no page up and loses nothing: the sweep finds the rows."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from config.celery import app
from config.stack.servers import free_port
from config.stack.valkey import Valkey
from kernel import outbox
from kernel.models import AuditEntry, Delivery, DeliveryState, EventRow
from tests.workers import tales
from tests.workers.tales import TaleTold
from tests.world import NOON
from workers import hints, tasks

TRANSACTIONS = 20
# Far more than they take, and far less than they took before the publisher gave up at once: 0.6 s
# each where it tries again, and for ever where it waits.
SECONDS_MAX = 8.0

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _our_story(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    monkeypatch.setattr(tasks, "ROUTES", {TaleTold: (tales.write_down,)})
    settings.OUTBOX_WAKE = "workers.tasks.wake"
    # The marks of hints are lost with the broker, which keeps them: each transaction asks.
    monkeypatch.setattr(hints, "is_first", lambda _name: True)


def point_at(url: str) -> None:
    """Point the house's own Celery app at a broker, with no connection left to another one."""
    app.pool.force_close_all()
    app.amqp.producer_pool.force_close_all()
    app.amqp._producer_pool = None
    app._pool = None
    app.conf.broker_url = app.conf.broker_write_url = url


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Valkey]:
    valkey = Valkey(folder=tmp_path / "valkey", password="x", throwaway=True)
    valkey.start()
    usual = app.conf.broker_url
    point_at(valkey.url())
    yield valkey
    point_at(usual)
    valkey.stop()


def tell(*subjects: int) -> float:
    """Tell a tale in a transaction each; return the seconds that all of them took."""
    begun = time.monotonic()
    for subject in subjects:
        with transaction.atomic():
            outbox.publish(TaleTold(subject_id=subject, occurred_at=NOON))
    return time.monotonic() - begun


def heard() -> list[int]:
    return sorted(AuditEntry.objects.filter(act="tale.heard").values_list("subject_id", flat=True))


def waiting(broker: Valkey) -> int:
    with app.connection_for_read() as connection:
        return connection.default_channel.client.llen("relay")


def test_a_broker_that_lives_is_told(broker: Valkey) -> None:
    tell(1, 2)

    assert waiting(broker) == 2


def test_a_broker_that_dies_costs_no_time_and_no_news(broker: Valkey) -> None:
    tell(0)
    broker.stop()

    seconds = tell(*range(1, TRANSACTIONS))

    assert seconds < SECONDS_MAX
    assert EventRow.objects.filter(relayed_at=None, parked_at=None).count() == TRANSACTIONS
    assert heard() == []

    broker.restart()
    tasks.sweep()

    assert heard() == list(range(TRANSACTIONS))
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DONE}


def test_a_broker_that_was_never_there_is_the_same(broker: Valkey) -> None:
    point_at(f"redis://127.0.0.1:{free_port()}/0")

    seconds = tell(*range(TRANSACTIONS))

    assert seconds < SECONDS_MAX
    assert EventRow.objects.filter(relayed_at=None).count() == TRANSACTIONS


def test_what_was_committed_is_delivered_even_if_the_broker_is_gone_afterwards(
    broker: Valkey,
) -> None:
    tell(1)
    broker.stop()

    # It cannot ask for errands, and they are rows that the next sweep finds.
    with suppress(OperationalError):
        tasks.sweep()

    assert heard() == [1]
