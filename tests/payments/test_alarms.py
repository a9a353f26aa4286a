"""Alarms ring once, stand until somebody looks, and are found by looking."""

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.policies import NotGranted
from kernel.models import EventRow
from payments import gateways, posting
from payments.events import DebitUnexplained, StatementImported
from payments.gateways.base import Debit
from payments.models import (
    Alarm,
    Check,
    Difference,
    InboundMessage,
    Movement,
    Rail,
    RailHealth,
    Refund,
    Statement,
    StatementFile,
    UnpostedMessage,
)
from payments.operations import alarms, checking, watching
from payments.states import AlarmKind, Leg
from tests.accounts.people import officer
from tests.payments import deciding
from tests.payments.reversing import take_back
from tests.payments.world import issue, post, telling
from tests.world import NOON
from workers import processes

LATER = NOON + timedelta(hours=1)
ANSWER = {"answer": "allowed", "note": "asked the provider"}
BANDS = {"bands": [{"up_to_minor": 1000, "charge_minor": 20}]}

pytestmark = pytest.mark.django_db


def ring(
    subject: str = "movement:1", at=NOON, kind: AlarmKind = AlarmKind.DEBIT_UNEXPLAINED
) -> int | None:
    return alarms.raise_(kind=kind, subject=subject, facts={}, at=at)


def ringing(kind: AlarmKind) -> list[str]:
    return list(
        Alarm.objects.filter(kind=kind, cleared_at=None)
        .order_by("pk")
        .values_list("subject", flat=True)
    )


def told(rail: Rail, leg: Leg, amount_minor: int, *, original: str = "", name: str = "D1"):
    """Tell of money that left the rail's account."""
    return posting.Telling(
        rail_id=rail.pk,
        told=Debit(
            leg=leg,
            external_id=name,
            original_id=original,
            amount_minor=amount_minor,
            currency="RWF",
            occurred_at=NOON,
        ),
        source="message",
        source_id=20_000_000 + hash(name) % 1000,
        source_at=NOON,
        last_try=True,
    )


# --- ringing and clearing


def test_the_same_thing_rings_once_as_long_as_it_stands():
    first = ring()
    assert first is not None
    assert ring(at=LATER) is None
    assert ring("movement:2") is not None
    assert EventRow.objects.filter(name="payments.alarm.raised").count() == 2


def test_an_alarm_that_was_cleared_can_ring_again():
    first = ring()
    alarms.clear(alarm_id=first, by_id=officer("alarm.clear"), **ANSWER, at=LATER)
    assert ring(at=LATER) not in {None, first}


def test_an_alarm_is_cleared_once_and_by_somebody_who_may():
    alarm_id, clerk = ring(), officer("alarm.clear")
    with pytest.raises(NotGranted):
        alarms.clear(alarm_id=alarm_id, by_id=officer("money.view"), at=LATER)
    alarms.clear(alarm_id=alarm_id, by_id=clerk, **ANSWER, at=LATER)
    cleared = Alarm.objects.get(pk=alarm_id)
    assert (cleared.cleared_by_id, cleared.cleared_at) == (clerk, LATER)
    with pytest.raises(alarms.AlarmCleared):
        alarms.clear(alarm_id=alarm_id, by_id=clerk, at=LATER)


def test_what_settled_clears_itself_and_names_nobody():
    ring("movement:1", kind=AlarmKind.NOT_ON_STATEMENT)
    ring("movement:2", kind=AlarmKind.NOT_ON_STATEMENT)
    alarms.settle(AlarmKind.NOT_ON_STATEMENT, still={("movement:2", "")}, at=LATER)
    assert ringing(AlarmKind.NOT_ON_STATEMENT) == ["movement:2"]
    assert Alarm.objects.get(subject="movement:1").cleared_by_id is None


@pytest.mark.parametrize("change", [{"facts": {"x": 1}}, {"raised_at": LATER}, {"subject": "y"}])
def test_postgresql_refuses_to_change_what_rang(change):
    alarm_id = ring()
    with pytest.raises(DatabaseError), transaction.atomic():
        Alarm.objects.filter(pk=alarm_id).update(**change)


def test_postgresql_refuses_to_open_a_cleared_alarm_and_to_delete_one():
    alarm_id = ring()
    alarms.clear(alarm_id=alarm_id, by_id=officer("alarm.clear"), **ANSWER, at=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        Alarm.objects.filter(pk=alarm_id).update(cleared_at=None, cleared_by=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Alarm.objects.filter(pk=alarm_id)._raw_delete("default")


# --- what is found by looking


def test_money_that_left_and_that_nobody_ordered_rings(world):
    post(told(world.bank, Leg.WITHDRAWAL, 300))
    movement = Movement.objects.get(leg=Leg.WITHDRAWAL)
    event = EventRow.objects.get(name="payments.debit.unexplained")
    assert event.payload["subject_id"] == movement.pk

    alarms.debit_unexplained(movement_id=movement.pk, at=NOON)

    assert ringing(AlarmKind.DEBIT_UNEXPLAINED) == [f"movement:{movement.pk}"]


@pytest.mark.parametrize(
    ("kept_minor", "tariff", "rings"),
    [(20, BANDS, False), (21, BANDS, True)],
)
def test_a_charge_that_is_not_the_tariff_rings(world, kept_minor, tariff, rings):
    Rail.objects.filter(pk=world.bank.pk).update(tariff=tariff)
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="C1"))
    post(told(world.bank, Leg.CHARGE, kept_minor, original="C1"))
    charge = Movement.objects.get(leg=Leg.CHARGE)
    now = charge.first_heard_at + timedelta(minutes=1)

    watching.watch(now)

    expected = [f"movement:{charge.pk}"] if rings else []
    assert ringing(AlarmKind.CHARGE_NOT_TARIFF) == expected
    for alarm in Alarm.objects.filter(kind=AlarmKind.CHARGE_NOT_TARIFF):
        assert alarm.facts == {"kept_minor": 21, "amount_minor": 500, "tariff_minor": 20}
        alarms.clear(alarm_id=alarm.pk, by_id=officer("alarm.clear"), **ANSWER, at=now)
        watching.watch(now + timedelta(hours=1))
        assert ringing(AlarmKind.CHARGE_NOT_TARIFF) == []


def test_charges_without_a_tariff_ring_once_for_their_rail(world):
    post(telling(world.bank, "", 500, external_id="C1"))
    post(told(world.bank, Leg.CHARGE, 21, original="C1"))
    post(told(world.bank, Leg.CHARGE, 9, original="C1", name="D2"))
    first = Movement.objects.filter(leg=Leg.CHARGE).earliest("pk")
    now = first.first_heard_at + timedelta(minutes=1)

    watching.watch(now)

    assert ringing(AlarmKind.CHARGE_NOT_TARIFF) == ["tariff"]
    alarm = Alarm.objects.get(kind=AlarmKind.CHARGE_NOT_TARIFF)
    assert alarm.rail_code == "bank-rw"
    assert alarm.facts == {"why": "no tariff known", "first_movement_id": first.pk}
    alarms.clear(alarm_id=alarm.pk, by_id=officer("alarm.clear"), **ANSWER, at=now)
    watching.watch(now + timedelta(hours=1))
    assert ringing(AlarmKind.CHARGE_NOT_TARIFF) == []


def test_two_messages_that_disagree_ring_once_even_when_cleared(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="X"))
    post(telling(world.bank, bill.reference, 400, external_id="X"), at=NOON)
    watching.watch(LATER)
    [subject] = ringing(AlarmKind.EVIDENCE_DISAGREES)
    assert subject == f"difference:{Difference.objects.get().pk}"
    alarms.clear(alarm_id=Alarm.objects.get().pk, by_id=officer("alarm.clear"), **ANSWER, at=LATER)
    watching.watch(LATER + timedelta(hours=1))
    assert ringing(AlarmKind.EVIDENCE_DISAGREES) == []


def unreadable(rail_code: str, reason: str, *, read_at) -> None:
    body = b"{}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT sha256(%s)", [body])
        [digest] = cursor.fetchone()
    message = InboundMessage.objects.create(
        received_at=read_at, rail_code=rail_code, kind="k", headers={}, body=body,
        body_sha256=digest, auth="valid", external_hint="",
    )  # fmt: skip
    UnpostedMessage.objects.create(
        message_id=message.pk, received_at=read_at, reason=reason, read_at=read_at
    )


def test_messages_that_cannot_be_read_ring_by_rail_and_reason(world):
    for reason in ("bad_amount", "bad_amount", "tells_no_money"):
        unreadable("bank-rw", reason, read_at=NOON)
    watching.watch(LATER)
    assert ringing(AlarmKind.MESSAGE_UNREADABLE) == ["bad_amount"]
    assert Alarm.objects.get().facts["messages"] == 2

    alarms.clear(alarm_id=Alarm.objects.get().pk, by_id=officer("alarm.clear"), **ANSWER, at=LATER)
    watching.watch(LATER)
    assert ringing(AlarmKind.MESSAGE_UNREADABLE) == []
    unreadable("bank-rw", "bad_amount", read_at=LATER + timedelta(minutes=1))
    watching.watch(LATER + timedelta(hours=1))
    assert ringing(AlarmKind.MESSAGE_UNREADABLE) == ["bad_amount"]


def test_a_silent_rail_rings_until_it_answers(world):
    health = RailHealth.objects.create(
        rail=world.mtn, troubled_at=LATER, silent_since=LATER - timedelta(minutes=5)
    )
    watching.watch(LATER)
    assert ringing(AlarmKind.RAIL_SILENT) == ["rail"]
    RailHealth.objects.filter(pk=health.pk).update(silent_since=None, answered_at=LATER)
    watching.watch(LATER)
    assert ringing(AlarmKind.RAIL_SILENT) == []


def test_a_refund_without_an_outcome_after_a_day_rings_until_it_has_one(world, monkeypatch):
    monkeypatch.setattr(gateways, "refunds", lambda **_rail: object())
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500))
    refund = Refund.objects.create(
        movement=Movement.objects.get(), currency="RWF", amount_minor=500, reason="paid twice",
        state="REQUESTED", maker_id=officer("refund.ask"), requested_at=NOON,
    )  # fmt: skip
    watching.watch(NOON + timedelta(days=3))
    # It waits for a person here, not for a provider.
    assert ringing(AlarmKind.REFUND_STUCK) == []

    deciding.approve(refund_id=refund.pk, by_id=officer("refund.decide"), at=NOON)
    watching.watch(NOON + timedelta(hours=23))
    assert ringing(AlarmKind.REFUND_STUCK) == []
    watching.watch(NOON + timedelta(hours=25))
    assert ringing(AlarmKind.REFUND_STUCK) == [f"refund:{refund.pk}"]


def held_statement(rail: Rail, why: str) -> Statement:
    body = why.encode()
    digest = hashlib.sha256(body).digest()
    file = StatementFile.objects.create(
        sha256=digest, rail=rail, name="s", bytes=len(body), body=body, imported_at=NOON
    )
    return Statement.objects.create(
        file=file, place=1, rail=rail, account="1", is_advice=False, format="mt940",
        currency="RWF", number="1", opening_minor=0, closing_minor=5, entries=1,
        difference_minor=5, held_back=why, imported_at=NOON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("why", "kind"),
    [
        ("gap", AlarmKind.STATEMENT_GAP),
        ("unbalanced", AlarmKind.STATEMENT_UNBALANCED),
        ("account", AlarmKind.STATEMENT_UNBALANCED),
    ],
)
def test_a_statement_that_is_held_back_rings_until_somebody_has_looked(world, why, kind):
    held = held_statement(world.bank, why)
    event = StatementImported(subject_id=held.pk, occurred_at=NOON)
    processes.raise_held_statement(event, NOON)
    watching.watch(LATER)
    assert ringing(kind) == [f"statement:{held.pk}"]
    alarms.clear(alarm_id=Alarm.objects.get().pk, by_id=officer("alarm.clear"), **ANSWER, at=LATER)
    watching.watch(LATER)
    assert ringing(kind) == []


# --- the hourly check


def test_news_of_an_unexplained_debit_rings(world):
    post(told(world.bank, Leg.WITHDRAWAL, 300))
    movement = Movement.objects.get(leg=Leg.WITHDRAWAL)
    processes.raise_unexplained(DebitUnexplained(subject_id=movement.pk, occurred_at=NOON), NOON)
    assert ringing(AlarmKind.DEBIT_UNEXPLAINED) == [f"movement:{movement.pk}"]


@pytest.mark.django_db(transaction=True)
def test_all_invariants_are_checked_and_kept_and_none_rings_while_they_hold(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500))
    take_back()
    found = checking.check(NOON)
    assert {one.invariant.code for one in found} == {each.code for each in checking.stated()}
    assert Check.objects.filter(checked_at=NOON).count() == len(found)
    money = [one for one in found if one.invariant.code not in {"movement_has_evidence"}]
    assert sum(one.offending for one in money if one.invariant.code.startswith("journal")) == 0


@pytest.mark.django_db(transaction=True)
def test_an_invariant_that_does_not_hold_rings_and_settles_when_it_does(world, as_owner):
    beneficiary = issue(500).lines[0].beneficiary_id
    as_owner.execute("SET session_replication_role = replica")
    as_owner.execute(
        "INSERT INTO payments_receipt_series (beneficiary_id, year, last) VALUES (%s, 2026, 7)",
        [beneficiary],
    )
    checking.check(NOON)
    assert ringing(AlarmKind.INVARIANT_BROKEN) == ["receipts_gapless"]

    as_owner.execute("DELETE FROM payments_receipt_series")
    checking.check(LATER)
    assert ringing(AlarmKind.INVARIANT_BROKEN) == []
