"""What is told hurries the errands at once; where nothing is told, nobody is woken."""

import pytest
from django.db import transaction

from kernel import outbox
from tests.workers import tales
from tests.workers.tales import TaleForgotten, TaleTold
from tests.world import NOON
from workers import tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(tasks, "ROUTES", {TaleTold: (tales.write_down,), TaleForgotten: ()})
    times = []
    monkeypatch.setattr(tasks, "_hurry_errands", lambda: times.append(1))
    return times


@pytest.mark.parametrize("event", [TaleTold, TaleForgotten])
def test_news_hurries_the_errands_with_or_without_a_handler(hurried, event):
    with transaction.atomic():
        outbox.publish(event(subject_id=1, occurred_at=NOON))

    tasks.hurry()

    assert hurried == [1]


def test_without_news_nobody_is_woken(hurried):
    tasks.hurry()

    assert hurried == []


def test_the_sweep_looks_at_every_errand_news_or_not(hurried):
    tasks.sweep()

    assert hurried == [1]
