"""The database remembers: each handler hears of each event once, whatever breaks."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction

from kernel import outbox
from kernel.models import AuditEntry, Delivery, DeliveryState, EventRow
from tests.workers import tales
from tests.workers.tales import TaleForgotten, TaleTold
from tests.world import NOON
from workers import relay

ROUTES = {TaleTold: (tales.write_down, tales.write_down_too)}

pytestmark = pytest.mark.django_db


def tell(*subjects, event=TaleTold):
    with transaction.atomic():
        outbox.publish_many(event(subject_id=s, occurred_at=NOON) for s in subjects)


def play(routes=ROUTES, now=NOON):
    relay.fan_out(routes=routes, now=now)
    relay.drain(routes=routes, now=now)


def heard(act="tale.heard"):
    return sorted(AuditEntry.objects.filter(act=act).values_list("subject_id", flat=True))


def test_each_handler_hears_of_each_event_once():
    tell(1, 2)

    play()
    play()

    assert heard() == heard("tale.heard.too") == [1, 2]
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DONE}


@pytest.mark.django_db(transaction=True)
def test_what_one_event_brings_about_is_committed_together_in_the_order_of_its_route():
    seen = []

    def see(name):
        def look(event, at):
            with connection.cursor() as cursor:
                cursor.execute("SELECT txid_current()")
                seen.append((event.subject_id, name, cursor.fetchone()[0]))

        look.__qualname__ = name
        return look

    tell(1, 2)

    play({TaleTold: (see("row of its own"), see("row that everybody wants"))})

    assert [name for _, name, _ in seen] == ["row of its own", "row that everybody wants"] * 2
    assert len({(subject, txid) for subject, _, txid in seen}) == 2
    assert len({txid for _, _, txid in seen}) == 2


def test_a_handler_that_stumbles_leaves_nothing_and_is_tried_again_later():
    broken = {TaleTold: (tales.stumble, tales.write_down_too)}
    tell(1)

    play(broken)

    assert heard() == []
    assert heard("tale.heard.too") == [1]  # One handler's trouble is not another's.
    stuck = Delivery.objects.get(state=DeliveryState.PENDING)
    assert (stuck.attempts, stuck.last_error) == (1, "builtins.RuntimeError")
    assert stuck.due_at > NOON

    play(broken, now=NOON + timedelta(seconds=1))
    stuck.refresh_from_db()
    assert stuck.attempts == 1  # Not due yet.


def test_what_fails_too_often_is_parked_and_can_be_tried_again():
    broken = {TaleTold: (tales.stumble,)}
    tell(1)
    now = NOON
    for _ in range(relay.ATTEMPTS_MAX + 2):
        play(broken, now=now)
        now += timedelta(hours=2)
    assert Delivery.objects.get().state == DeliveryState.PARKED

    assert relay.retry_parked(now=now) == 1
    assert Delivery.objects.get().state == DeliveryState.PENDING


def test_a_delivery_that_always_kills_its_process_is_parked_in_the_end(monkeypatch):
    one_handler = {TaleTold: (tales.write_down,)}
    tell(1)
    relay.fan_out(routes=one_handler, now=NOON)

    def die(*_args, **_kwargs):
        raise SystemExit

    monkeypatch.setattr(relay, "_deliver", die)
    now = NOON
    for _ in range(relay.ATTEMPTS_MAX):
        with pytest.raises(SystemExit):
            relay.drain(routes=one_handler, now=now)
        now += relay.LEASE
    monkeypatch.undo()

    assert relay.drain(routes=one_handler, now=now) == 0
    assert set(Delivery.objects.values_list("state", "last_error")) == {("PARKED", "no answer")}


def test_a_delivery_that_kills_its_process_takes_no_neighbour_along(monkeypatch):
    tell(*range(20))
    relay.fan_out(routes={TaleTold: (tales.write_down,)}, now=NOON)
    usual = relay._deliver
    poison = Delivery.objects.get(event__payload__subject_id=9).pk

    def deliver(delivery, *args, **kwargs):
        if delivery.id == poison:
            raise SystemExit  # As if it had eaten all memory.
        usual(delivery, *args, **kwargs)

    monkeypatch.setattr(relay, "_deliver", deliver)
    now = NOON
    for _ in range(60):
        with suppress(SystemExit):
            relay.drain(routes={TaleTold: (tales.write_down,)}, now=now)
        now += relay.LEASE

    assert heard() == [number for number in range(20) if number != 9]
    assert Delivery.objects.get(pk=poison).state == DeliveryState.PARKED


def test_under_a_backlog_those_who_died_with_one_wait_for_their_turn_and_not_for_its_end():
    routes = {TaleTold: (tales.write_down,)}
    tell(*range(relay.BATCH_MAX + 3))
    relay.fan_out(routes=routes, now=NOON)
    mate = Delivery.objects.order_by("pk")[0]
    Delivery.objects.filter(pk=mate.pk).update(attempts=1)  # Claimed, and its process was killed.

    assert relay.deliver(routes=routes, now=NOON, limit=2)
    assert heard() == [1, 2]
    assert len(relay.deliver(routes=routes, now=NOON, silent_first=True)) == 1
    assert heard() == [0, 1, 2]
    # Where nobody is silent the round goes to whoever is due.
    assert len(relay.deliver(routes=routes, now=NOON, silent_first=True)) == relay.BATCH_MAX


def test_an_event_that_an_engine_wrote_badly_parks_alone_and_ends_no_round():
    EventRow.objects.create(name=TaleTold.name, payload={"subject": "?"}, occurred_at=NOON)
    tell(2)

    play({TaleTold: (tales.write_down,)})

    assert heard() == [2]
    stuck = Delivery.objects.get(state=DeliveryState.PENDING)
    assert (stuck.attempts, bool(stuck.last_error)) == (1, True)


def test_what_an_older_release_parked_goes_on_once_a_route_knows_it():
    tell(1)
    play(routes={TaleForgotten: ()})
    assert EventRow.objects.get().parked_at == NOON

    play()

    assert heard() == [1]
    assert EventRow.objects.get().parked_at is None


def test_an_event_that_no_route_knows_is_parked_and_holds_nobody_up():
    tell(1, event=TaleForgotten)
    tell(2)

    play()

    assert EventRow.objects.get(name=TaleForgotten.name).parked_at == NOON
    assert heard() == [2]


def test_a_claim_counts_the_attempt_before_it_runs(monkeypatch):
    tell(1)
    relay.fan_out(routes=ROUTES, now=NOON)

    def die(*_args, **_kwargs):
        raise SystemExit  # As if the process were killed in the middle.

    monkeypatch.setattr(relay, "_deliver_all", die)
    with pytest.raises(SystemExit):
        relay.drain(routes=ROUTES, now=NOON)
    monkeypatch.undo()

    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}
    play(now=NOON + timedelta(seconds=1))
    assert heard() == []  # The lease still runs.
    play(now=NOON + relay.LEASE)
    assert heard() == [1]


def test_a_thousand_events_take_a_constant_number_of_statements(django_assert_num_queries):
    tell(*range(1000))

    with django_assert_num_queries(3):  # The statement, between a savepoint and its release.
        relay.fan_out(routes=ROUTES, now=NOON)
    assert Delivery.objects.count() == 2000


@pytest.mark.django_db(transaction=True)
def test_four_workers_deliver_each_tale_once():
    tell(*range(200))

    def work(_):
        try:
            for _round in range(10):
                play()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert heard() == heard("tale.heard.too") == list(range(200))
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DONE}
