"""What is told hurries the errands at once; where nothing is told, nobody is woken."""

import pytest
from django.db import transaction

from kernel import outbox
from tests.workers import tales
from tests.workers.tales import TaleForgotten, TaleTold
from tests.world import NOON
from workers import tasks
from workers.errands import ERRANDS
from workers.routes import HURRIED, ROUTES

pytestmark = pytest.mark.django_db


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(tasks, "ROUTES", {TaleTold: (tales.write_down,), TaleForgotten: ()})
    times = []
    monkeypatch.setattr(tasks, "_hurry_errands", lambda names: times.append(set(names)))
    return times


@pytest.mark.parametrize("event", [TaleTold, TaleForgotten])
def test_news_hurries_the_errands_with_or_without_a_handler(hurried, event):
    with transaction.atomic():
        outbox.publish(event(subject_id=1, occurred_at=NOON))

    tasks.hurry()

    assert hurried == [set(ERRANDS)]


def test_without_news_nobody_is_woken(hurried):
    tasks.hurry()

    assert hurried == []


def test_the_sweep_looks_at_every_errand_news_or_not(hurried):
    tasks.sweep()

    assert hurried == [set(ERRANDS)]


def test_a_paper_that_is_asked_for_hurries_its_drawing_alone():
    assert tasks.errands_after(["documents.paper.requested"]) == {"draw_papers"}
    assert tasks.errands_after(["documents.paper.issued"]) == set()


def test_news_beside_it_hurries_what_it_would_alone():
    told = ["documents.paper.requested", "documents.paper.mandated"]
    assert tasks.errands_after(told) == {"draw_papers", "sign_papers"}
    assert tasks.errands_after([*told, "payments.bill.paid"]) == set(ERRANDS)


def test_what_is_hurried_exists():
    named = {name for names in HURRIED.values() for name in names}
    assert named <= set(ERRANDS)
    assert set(HURRIED) <= set(ROUTES)
