"""A debit that nobody ordered is answered by a person, and explained by two."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import operations as accounts
from accounts.policies import NotGranted
from payments.models import Alarm, AlarmAnswer, Explanation, Movement, SweepAccount
from payments.operations import alarms
from payments.operations.controlling import explaining, looking, sweeping
from payments.states import AlarmKind, Leg
from tests.accounts import people
from tests.payments.books import balance
from tests.payments.control.allowed import allow_losses, allow_sweeps
from tests.payments.world import debit, issue, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def gone(world):
    """A withdrawal of 300 after a bill of 300 was paid, and its alarm."""
    bill = issue(300)
    post(telling(world.mtn, bill.reference, 300, external_id="C1"))
    post(debit(world.mtn, Leg.WITHDRAWAL, 300, external_id="W1"))
    movement = Movement.objects.get(leg=Leg.WITHDRAWAL)
    allow_losses()
    allow_sweeps(world.mtn)
    alarms.debit_unexplained(movement_id=movement.pk, at=NOON)
    return movement, bill


def step_up(by_id):
    """Show a password now."""
    return accounts.step_up(
        account_id=by_id,
        password=people.PASSWORD,
        purpose=explaining.PURPOSE,
        session_key="s",
        at=LATER,
    ).pk


def clear(by_id=None, **answer):
    alarms.clear(
        alarm_id=Alarm.objects.get(cleared_at=None).pk,
        by_id=by_id or people.officer("alarm.clear"),
        at=LATER,
        **answer,
    )


def test_it_is_not_cleared_without_an_answer(gone):
    for too_little in ({}, {"answer": "reported"}, {"answer": "no such", "note": "x"}):
        with pytest.raises(alarms.NeedsAnswer):
            clear(**too_little)
    with pytest.raises(NotGranted):
        clear(people.officer("money.view"), answer="reported", note="police, case 7")
    clear(answer="reported", note="police, case 7")
    told = AlarmAnswer.objects.get()
    assert (told.answer, told.note) == ("reported", "police, case 7")


@pytest.mark.parametrize(
    ("kind", "by_somebody"),
    [
        (AlarmKind.DEBIT_UNEXPLAINED, False),
        (AlarmKind.CHARGE_NOT_TARIFF, False),
        (AlarmKind.SWEEP_UNREGISTERED, False),
        (AlarmKind.RETIRED_RAIL_PAID, False),
        (AlarmKind.BALANCE_DIFFERS, True),
        (AlarmKind.INVARIANT_BROKEN, True),
    ],
)
def test_postgresql_clears_none_without_an_answer(kind, by_somebody):
    alarm_id = alarms.raise_(kind=kind, subject="x", facts={}, at=NOON)
    who = people.staff() if by_somebody else None
    with pytest.raises(DatabaseError, match="nobody has answered"), transaction.atomic():
        Alarm.objects.filter(pk=alarm_id).update(cleared_at=LATER, cleared_by=who)
    AlarmAnswer.objects.create(
        alarm_id=alarm_id, account=people.staff(), answer="repaired", note="done", at=LATER
    )
    Alarm.objects.filter(pk=alarm_id).update(cleared_at=LATER, cleared_by=who)


def test_an_answer_stays_as_it_was_given(gone):
    clear(answer="reported", note="police, case 7")
    for change in (
        "UPDATE payments_alarm_answer SET note = 'x'",
        "DELETE FROM payments_alarm_answer",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_two_people_explain_it_and_the_alarm_is_answered(gone):
    movement, bill = gone
    maker = people.officer("release.ask")
    asked = explaining.ask(
        movement_id=movement.pk,
        answer="reversal",
        original="C1",
        reason="the network reversed it",
        by_id=maker,
        at=NOON,
    )
    with pytest.raises(explaining.ExplanationDecided):
        explaining.ask(movement_id=movement.pk, answer="loss", reason="?", by_id=maker, at=NOON)
    with pytest.raises(NotGranted):
        explaining.decide(explanation_id=asked, approved=True, by_id=maker, at=LATER)
    checker = people.officer("release.decide")
    step = step_up(checker)
    explaining.decide(explanation_id=asked, approved=True, by_id=checker, step_up_id=step, at=LATER)
    assert balance("unexplained:mtn-rw:RWF") == 0
    assert state_of(bill) == ("OPEN", 0)
    assert Alarm.objects.get().cleared_at == LATER
    assert AlarmAnswer.objects.get().answer == "explained"


def test_whoever_explains_does_not_decide_and_it_is_decided_once(gone):
    both = people.officer("release.ask", "release.decide")
    asked = explaining.ask(
        movement_id=gone[0].pk, answer="sweep", reason="to the bank", by_id=both, at=NOON
    )
    with pytest.raises(explaining.SamePerson):
        explaining.decide(explanation_id=asked, approved=True, by_id=both, at=LATER)
    checker = people.officer("release.decide")
    explaining.decide(explanation_id=asked, approved=False, by_id=checker, at=LATER)
    with pytest.raises(explaining.ExplanationDecided):
        explaining.decide(explanation_id=asked, approved=True, by_id=checker, at=LATER)
    assert Explanation.objects.get().approved is False
    assert Alarm.objects.get().cleared_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "gift"},
        {"reason": " "},
        {"answer": "reversal", "original": "NOBODY'S"},
        {"answer": "returned"},
        {"movement_id": 0},
    ],
)
def test_what_cannot_have_been_is_refused(gone, wrong):
    values = {"movement_id": gone[0].pk, "answer": "loss", "reason": "lost", **wrong}
    with pytest.raises(explaining.CannotExplain):
        explaining.ask(**values, by_id=people.officer("release.ask"), at=NOON)


# --- sweeps and retired rails


def now():
    return Movement.objects.latest("pk").first_heard_at + timedelta(minutes=1)


def rings(kind):
    return list(
        Alarm.objects.filter(kind=kind, cleared_at=None).values_list("rail_code", flat=True)
    )


def test_a_sweep_rings_unless_two_people_have_named_where_it_goes(world):
    post(debit(world.mtn, Leg.SWEEP, 200))
    looking.look(now())
    looking.look(now())
    assert rings(AlarmKind.SWEEP_UNREGISTERED) == ["mtn-rw"]
    clear(answer="allowed", note="ordered by letter")
    looking.look(now() + timedelta(hours=2))
    assert rings(AlarmKind.SWEEP_UNREGISTERED) == []


def test_a_sweep_of_a_rail_with_a_named_account_is_expected(world):
    maker, checker = people.officer("sweep.ask"), people.officer("sweep.decide")
    named = sweeping.ask(
        rail_code="mtn-rw", account="0001", bank="BNR", reason="decree", by_id=maker, at=NOON
    )
    with pytest.raises(sweeping.AccountDecided):
        sweeping.ask(rail_code="mtn-rw", account="2", bank="B", reason="r", by_id=maker, at=NOON)
    with pytest.raises(NotGranted):
        sweeping.decide(sweep_account_id=named, approved=True, by_id=maker, at=NOON)
    post(debit(world.mtn, Leg.SWEEP, 200))
    moment = Movement.objects.get().first_heard_at - timedelta(seconds=1)
    SweepAccount.objects.filter(pk=named).update(
        approved=True, checker_id=checker, decided_at=NOON, from_at=moment
    )
    looking.look(now())
    assert rings(AlarmKind.SWEEP_UNREGISTERED) == []


def test_whoever_names_an_account_does_not_decide_it(world):
    both = people.officer("sweep.ask", "sweep.decide")
    named = sweeping.ask(
        rail_code="mtn-rw", account="0001", bank="BNR", reason="decree", by_id=both, at=NOON
    )
    with pytest.raises(sweeping.SamePerson):
        sweeping.decide(sweep_account_id=named, approved=True, by_id=both, at=NOON)
    checker = people.officer("sweep.decide")
    sweeping.decide(sweep_account_id=named, approved=True, by_id=checker, at=NOON)
    with pytest.raises(sweeping.AccountDecided):
        sweeping.decide(sweep_account_id=named, approved=False, by_id=checker, at=NOON)
    with pytest.raises(sweeping.BadAccount):
        sweeping.ask(rail_code="x", account="1", bank="B", reason="r", by_id=both, at=NOON)


def test_money_on_a_retired_rail_rings(world):
    type(world.bank).objects.filter(pk=world.bank.pk).update(active=False)
    post(telling(world.bank, "", 70), telling(world.mtn, "", 70))
    looking.look(now())
    assert rings(AlarmKind.RETIRED_RAIL_PAID) == ["bank-rw"]
