"""Money that left properly and does not arrive rings, and stands as a difference of the day."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from payments.models import Alarm
from payments.operations import alarms, floating, watching
from payments.operations.controlling import arriving
from payments.queries import closing
from payments.states import AlarmKind, Leg
from tests.accounts import people
from tests.payments.control.allowed import allow_sweeps
from tests.payments.remittances import world as remitted
from tests.payments.settling import explained, withdrawal
from tests.payments.world import debit, post
from tests.world import NOON

pytestmark = pytest.mark.django_db

SWEPT, UNCONFIRMED = AlarmKind.SWEEP_NOT_ARRIVED, AlarmKind.REMITTANCE_NOT_CONFIRMED


def rings(kind):
    return Alarm.objects.filter(kind=kind, cleared_at=None).count()


def look(*, days):
    watching.watch(NOON + timedelta(days=days))


def test_a_sweep_rings_until_it_arrives(world):
    post(debit(world.mtn, Leg.SWEEP, 200, external_id="S1"))
    look(days=4)
    assert rings(SWEPT) == 0
    look(days=6)
    look(days=7)
    assert rings(SWEPT) == 1
    [found] = [one for one in closing.found(NOON.date() + timedelta(days=8)) if one.amount_minor]
    assert (found.kind, found.amount_minor, found.currency) == ("not_arrived", 200, "RWF")

    post(debit(world.bank, Leg.TRANSFER, 200, external_id="S1"))
    look(days=8)
    assert rings(SWEPT) == 0
    look(days=9)
    assert Alarm.objects.filter(kind=SWEPT).count() == 1


def test_an_answer_by_one_brings_no_sweep_home(world):
    post(debit(world.mtn, Leg.SWEEP, 200, external_id="S1"))
    look(days=6)
    alarm = Alarm.objects.get(kind=SWEPT, cleared_at=None)
    alarms.clear(
        alarm_id=alarm.pk,
        by_id=people.officer("alarm.clear"),
        at=NOON + timedelta(days=6, hours=1),
        answer="allowed",
        note="it will come",
    )
    look(days=30)
    day = NOON.date() + timedelta(days=12)
    assert (rings(SWEPT), kinds(day)) == (0, ["not_arrived"])

    post(debit(world.bank, Leg.TRANSFER, 200, external_id="S1"))
    assert kinds(day) == []


def test_an_answer_by_one_confirms_no_batch(monkeypatch):
    remitted.layout(monkeypatch)
    desk = remitted.desk()
    remitted.name_account(desk)
    remitted.paid(desk, 800)
    batch = remitted.sent(desk)
    look(days=10)
    alarm = Alarm.objects.get(kind=UNCONFIRMED, cleared_at=None)
    alarms.clear(
        alarm_id=alarm.pk,
        by_id=people.officer("alarm.clear"),
        at=NOON + timedelta(days=10, hours=1),
        answer="allowed",
        note="it will come",
    )
    day = NOON.date() + timedelta(days=12)
    assert "not_arrived" in kinds(day)
    remitted.believed(desk, batch, at=NOON + timedelta(days=11))
    assert "not_arrived" not in kinds(day)


def kinds(day):
    return [one.kind for one in closing.found(day) if one.subject.startswith("alarm:")]


def test_what_two_people_called_a_sweep_is_waited_for_too(world):
    allow_sweeps(world.mtn)
    explained(withdrawal(world.mtn, 70, external_id="W1"), "sweep")
    look(days=6)
    assert rings(SWEPT) == 1


def test_a_sweep_that_filled_a_float_has_arrived(world):
    post(debit(world.bank, Leg.SWEEP, 200), debit(world.bank, Leg.SWEEP, 200))
    filled = floating.ask(
        rail_code="mtn-rw",
        amount_minor=200,
        reason="moved by letter",
        by_id=people.officer("refund.ask"),
        at=NOON,
    )
    checker = people.officer("refund.decide")
    floating.confirm(top_up_id=filled, by_id=checker, at=NOON)
    look(days=6)
    assert rings(SWEPT) == 1


@pytest.mark.parametrize("kind", [SWEPT, UNCONFIRMED, AlarmKind.NOT_ON_STATEMENT])
def test_a_person_clears_it_with_an_answer_alone_and_its_cause_without(kind):
    alarm_id = alarms.raise_(kind=kind, subject="movement:1", facts={}, at=NOON)
    clear = {"alarm_id": alarm_id, "by_id": people.officer("alarm.clear"), "at": NOON}
    with pytest.raises(alarms.NeedsAnswer):
        alarms.clear(**clear)
    with pytest.raises(DatabaseError, match="nobody has answered"), transaction.atomic():
        Alarm.objects.filter(pk=alarm_id).update(cleared_at=NOON, cleared_by=people.staff())
    alarms.clear(**clear, answer="reported", note="asked the bank")
    alarms.raise_(kind=kind, subject="movement:2", facts={}, at=NOON)
    assert alarms.settle(kind, still=set(), at=NOON) == 1


def test_a_batch_rings_until_the_bank_confirms_it(monkeypatch):
    remitted.layout(monkeypatch)
    desk = remitted.desk()
    remitted.paid(desk, 500)
    remitted.paid(desk, 900, rail=desk.world.bank)
    remitted.name_account(desk)
    batch = remitted.sent(desk)
    # Approved on a Tuesday: three working days are over on Friday.
    arriving.look(batch.approved_at + timedelta(days=3, minutes=-1))
    assert rings(UNCONFIRMED) == 0
    overdue = batch.approved_at + timedelta(days=3, hours=6)
    arriving.look(overdue)
    arriving.look(overdue)
    assert rings(UNCONFIRMED) == 1
    alarm = Alarm.objects.get(kind=UNCONFIRMED)
    assert alarm.facts["amount_minor"] == batch.amount_minor
    paid = debit(desk.world.bank, Leg.REMITTANCE, batch.amount_minor, key=batch.key)
    post(paid, at=remitted.NEXT_DAY)
    arriving.look(overdue)
    assert rings(UNCONFIRMED) == 0


def test_what_was_answered_rings_no_more(world):
    post(debit(world.mtn, Leg.SWEEP, 200))
    look(days=6)
    alarms.clear(
        alarm_id=Alarm.objects.get(kind=SWEPT).pk,
        by_id=people.officer("alarm.clear"),
        answer="reported",
        note="asked the bank",
        at=NOON + timedelta(days=6),
    )
    look(days=7)
    assert rings(SWEPT) == 0
