"""What is told hurries the errands at once; where nothing is told, nobody is woken."""

from datetime import timedelta

import pytest
from django.db import transaction

from kernel import outbox
from tests.workers import tales
from tests.workers.tales import TaleForgotten, TaleTold
from tests.world import NOON
from workers import hints, tasks
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


@pytest.fixture
def sent(monkeypatch):
    names = []
    monkeypatch.setattr(tasks, "_send", names.append)
    return names


def test_the_sweep_looks_at_every_errand_news_or_not_and_hint_or_not(sent):
    tasks._hurry_errands(["draw_papers"])
    sent.clear()

    tasks.sweep()

    assert set(sent) == set(ERRANDS)


def test_a_paper_that_is_asked_for_hurries_its_drawing_alone():
    assert tasks.errands_after(["documents.paper.requested"]) == {"draw_papers"}
    assert tasks.errands_after(["documents.paper.issued"]) == set()


def test_news_beside_it_hurries_what_it_would_alone():
    told = ["documents.paper.requested", "documents.paper.mandated"]
    assert tasks.errands_after(told) == {"draw_papers", "sign_papers"}
    assert tasks.errands_after([*told, "payments.refund.approved"]) == set(ERRANDS)


def test_a_paid_case_hurries_the_question_to_its_register_alone():
    told = ["payments.bill.paid", "payments.receipt.issued", "applications.case.paid"]
    assert tasks.errands_after(told) == {"ask_registers"}
    assert tasks.errands_after(["applications.case.approved_by_register"]) == set()


def test_what_is_hurried_exists():
    named = {name for names in HURRIED.values() for name in names}
    assert named <= set(ERRANDS)
    assert set(HURRIED) <= set(ROUTES)


def tell(event=TaleTold, *, subject_id=1):
    with transaction.atomic():
        outbox.publish(event(subject_id=subject_id, occurred_at=NOON))


@pytest.fixture
def wakes(monkeypatch, settings):
    settings.OUTBOX_WAKE = "workers.tasks.wake"
    hints.begun(tasks.RELAY)  # A test before may have asked for a look that never began.
    times = []

    def take_up():
        times.append(1)
        hints.begun(tasks.RELAY)

    monkeypatch.setattr(tasks.hurry, "delay", take_up)
    return times


@pytest.mark.django_db(transaction=True)
def test_what_the_relay_brings_about_itself_wakes_nobody_and_is_delivered(
    hurried, wakes, monkeypatch
):
    told = []

    def go_on(event, at):
        told.append(event.name)
        tell(TaleForgotten)

    monkeypatch.setattr(tasks, "ROUTES", {TaleTold: (go_on,), TaleForgotten: ()})
    tell()
    assert len(wakes) == 1

    tasks.hurry()

    assert (len(told), len(wakes)) == (1, 1)
    assert len(hurried) == 2  # After each round: what the first brought about need not wait.


@pytest.mark.django_db(transaction=True)
def test_a_relay_that_runs_out_of_rounds_is_woken_for_the_rest(hurried, wakes, monkeypatch):
    def go_on(event, at):
        tell(subject_id=event.subject_id + 1)

    monkeypatch.setattr(tasks, "ROUTES", {TaleTold: (go_on,)})
    monkeypatch.setattr(tasks, "ROUNDS_MAX", 2)
    tell()

    tasks.hurry()

    assert len(wakes) == 2


@pytest.mark.django_db(transaction=True)
def test_an_errand_wakes_the_relay_once_for_all_that_it_has_told(wakes, monkeypatch):
    rows = [4, 3, 2, 0]

    def run(clock):
        for number in range(left := rows.pop(0)):
            tell(subject_id=number)
        return left

    monkeypatch.setattr(tasks.errands, "ERRANDS", {"tale": ("paper", run)})
    monkeypatch.setattr(tasks, "WAKE_EVERY", timedelta(hours=1))

    tasks.errand(name="tale")

    assert len(wakes) == 2  # After its first rows, and for the others when it is through.


@pytest.mark.django_db(transaction=True)
def test_an_errand_that_breaks_wakes_the_relay_for_what_it_had_told(wakes, monkeypatch):
    def run(clock):
        tell()
        raise ZeroDivisionError

    monkeypatch.setattr(tasks.errands, "ERRANDS", {"tale": ("paper", run)})

    with pytest.raises(ZeroDivisionError):
        tasks.errand(name="tale")

    assert len(wakes) == 1


def test_an_errand_that_is_not_through_lets_others_go_first(hurried, monkeypatch):
    monkeypatch.setattr(tasks.errands, "ERRANDS", {"tale": ("paper", lambda clock: 1)})
    monkeypatch.setattr(tasks, "ROUNDS_MAX", 2)

    tasks.errand(name="tale")

    assert hurried == [{"tale"}]


@pytest.mark.django_db(transaction=True)
def test_many_rounds_hurry_the_errands_at_once_and_then_together(hurried, wakes, monkeypatch):
    def go_on(event, at):
        if event.subject_id < 4:
            tell(subject_id=event.subject_id + 1)

    monkeypatch.setattr(tasks, "ROUTES", {TaleTold: (go_on,)})
    monkeypatch.setattr(tasks, "WAKE_EVERY", timedelta(hours=1))
    tell()

    tasks.hurry()

    assert hurried == [set(ERRANDS)] * 2  # After the first round, and for the other three.


@pytest.mark.django_db(transaction=True)
def test_a_relay_that_breaks_is_woken_for_what_its_handlers_told(hurried, wakes, monkeypatch):
    spread = tasks.relay.spread
    rounds = []

    def break_at_the_second(**asked):
        rounds.append(1)
        if len(rounds) > 1:
            raise ZeroDivisionError
        return spread(**asked)

    monkeypatch.setattr(tasks.relay, "spread", break_at_the_second)
    monkeypatch.setattr(
        tasks, "ROUTES", {TaleTold: (lambda event, at: tell(TaleForgotten),), TaleForgotten: ()}
    )
    tell()
    assert len(wakes) == 1

    with pytest.raises(ZeroDivisionError):
        tasks.hurry()

    assert len(wakes) == 2


@pytest.mark.parametrize(("got_on", "asked_again"), [(1, [{"tale"}]), (0, [])])
def test_an_errand_that_breaks_asks_for_another_turn_only_where_it_got_on(
    hurried, monkeypatch, got_on, asked_again
):
    rows = [1] * got_on

    def run(clock):
        if not rows:
            raise ZeroDivisionError
        return rows.pop()

    monkeypatch.setattr(tasks.errands, "ERRANDS", {"tale": ("paper", run)})

    with pytest.raises(ZeroDivisionError):
        tasks.errand(name="tale")

    assert hurried == asked_again
