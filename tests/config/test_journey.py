"""The journey's own tools: what it finds wrong, and whom it kills."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import transaction

from config.journey import proof
from config.journey.play import Record
from config.journey.trouble import NoWorker, WorkerToKill
from config.stack.home import Home
from config.stack.servers import birth
from kernel import outbox
from kernel.models import Delivery, DeliveryState, EventRow
from tests.workers.tales import TaleTold
from tests.world import NOON

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def _trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "_trust", lambda _site, _at: None)


def park(row: EventRow) -> None:
    Delivery.objects.create(event=row, handler="x", state=DeliveryState.PARKED, due_at=NOON)


@pytest.mark.django_db
@pytest.mark.usefixtures("_trusted")
def test_what_was_parked_in_the_story_is_found_and_what_stood_before_is_not() -> None:
    with transaction.atomic():
        outbox.publish_many(TaleTold(subject_id=n, occurred_at=NOON) for n in (1, 2))
    before, after = EventRow.objects.order_by("pk")
    park(before)
    assert proof.faults([], site="", after_event=before.pk, at=NOON) == []
    park(after)
    EventRow.objects.filter(pk=after.pk).update(parked_at=NOON)
    found = proof.faults([], site="", after_event=before.pk, at=NOON)
    assert found == ["1 deliveries and 1 events are parked."]


@pytest.mark.django_db
@pytest.mark.usefixtures("_trusted")
def test_a_paper_without_its_signatures_and_a_number_twice_are_found(monkeypatch) -> None:
    monkeypatch.setattr(proof, "_paper_number", lambda _number: "RW-1")
    found = proof.faults([Record(number="A"), Record(number="B")], site="", after_event=0, at=NOON)
    assert found == [
        "A has 0 valid signatures and not 2.",
        "B has 0 valid signatures and not 2.",
        "2 papers have one number, RW-1.",
    ]


def runs(home: Home) -> subprocess.Popen[bytes]:
    worker = subprocess.Popen(SLEEP, start_new_session=True)
    home.tell({"children": {"worker": {"pid": worker.pid, "birth": birth(worker.pid)}}})
    return worker


def test_the_worker_dies_when_enough_is_paid_and_its_successor_is_seen(tmp_path: Path) -> None:
    home = Home(country="rw", folder=tmp_path)
    first = runs(home)
    trouble = WorkerToKill(home, when_paid=2)
    trouble.note_paid()
    assert first.poll() is None
    trouble.note_paid()
    assert first.wait(60) == -signal.SIGKILL
    assert trouble.restarted_at == 0
    second = runs(home)
    trouble.note_paid()
    end = time.monotonic() + 60
    while not trouble.restarted_at and time.monotonic() < end:
        time.sleep(0.02)
    assert trouble.restarted_at
    assert second.poll() is None
    second.kill()
    second.wait()


def test_nobody_is_killed_who_only_has_the_workers_number(tmp_path: Path) -> None:
    home = Home(country="rw", folder=tmp_path)
    with pytest.raises(NoWorker):
        WorkerToKill(home, when_paid=1)
    home.tell({"children": {"worker": {"pid": os.getpid(), "birth": birth(os.getpid()) - 1}}})
    with pytest.raises(NoWorker):
        WorkerToKill(home, when_paid=1)
