"""An order that nobody can carry out is given up by two people, and its money ordered anew."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import operations as accounts
from accounts.policies import NotGranted
from payments.models import Move, MoveEnd, Movement
from payments.operations.controlling import arriving, giving_up, looking, moving
from payments.states import AlarmKind, Leg
from tests.accounts import people
from tests.payments.control.test_moving import LATER, ask, ordered, retired, rings, step_up
from tests.payments.settling import explained
from tests.payments.statements.books import Account, Booking, bring
from tests.payments.world import debit, post
from tests.world import NOON

__all__ = ["retired"]
pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def ask_end(move, *, by_id=None, reason="the portal is closed"):
    by_id = by_id or people.officer("move.ask")
    return giving_up.ask(move_id=move.pk, reason=reason, by_id=by_id, at=LATER)


def decide(end_id, *, approved=True, by_id=None):
    by_id = by_id or people.officer("move.decide")
    step = step_up(by_id, giving_up.PURPOSE) if approved else None
    giving_up.decide(end_id=end_id, approved=approved, by_id=by_id, step_up_id=step, at=LATER)


def given_up(move):
    decide(ask_end(move))


def test_what_is_given_up_is_ordered_anew_and_rings_no_more(retired):
    move = ordered(retired)
    arriving.look(LATER + 7 * DAY)
    assert rings(AlarmKind.MOVE_NOT_LEFT) == 1
    with pytest.raises(moving.CannotMove):
        ask(retired, 1)
    end_id = ask_end(move)
    with pytest.raises(moving.CannotMove):
        ask(retired, 1)
    decide(end_id)
    arriving.look(LATER + 8 * DAY)
    assert rings(AlarmKind.MOVE_NOT_LEFT) == 0
    again = ordered(retired)
    post(debit(retired, Leg.SWEEP, 900), at=LATER)
    looking.look(LATER + timedelta(minutes=1))
    arriving.look(LATER + 9 * DAY)
    assert again.pk != move.pk
    assert rings(AlarmKind.MOVE_NOT_LEFT) == rings(AlarmKind.SWEEP_UNREGISTERED) == 0


def test_a_debit_that_follows_an_order_given_up_rings(retired):
    move = ordered(retired)
    given_up(move)
    bank = Account(balance=900)
    bring(bank.statement(Booking(amount=-900, id="FT1", text=f"Transfer {move.number}")), at=LATER)
    assert Movement.objects.get(external_id="FT1").leg == Leg.WITHDRAWAL
    post(debit(retired, Leg.SWEEP, 900), at=LATER)
    looking.look(LATER + timedelta(minutes=1))
    assert rings(AlarmKind.SWEEP_UNREGISTERED) == 1


def test_whoever_asks_for_it_does_not_decide_and_it_is_decided_once_with_a_password(retired):
    move = ordered(retired)
    both = people.officer("move.ask", "move.decide")
    with pytest.raises(NotGranted):
        ask_end(move, by_id=people.officer("move.decide"))
    with pytest.raises(giving_up.NotUnderWay):
        ask_end(move, reason=" ")
    end_id = ask_end(move, by_id=both)
    with pytest.raises(giving_up.EndDecided):
        ask_end(move)
    with pytest.raises(giving_up.SamePerson):
        decide(end_id, by_id=both)
    with pytest.raises(NotGranted):
        decide(end_id, by_id=people.officer("move.ask"))
    checker = people.officer("move.decide")
    for step in (None, step_up(checker)):
        with pytest.raises(accounts.StepUpRefused):
            giving_up.decide(end_id=end_id, approved=True, by_id=checker, step_up_id=step, at=LATER)
    decide(end_id, by_id=checker)
    with pytest.raises(giving_up.EndDecided):
        decide(end_id, approved=False, by_id=checker)
    with pytest.raises(giving_up.NotUnderWay):
        ask_end(move)


def test_an_order_that_is_to_stand_stands_and_may_be_given_up_later(retired):
    move = ordered(retired)
    decide(ask_end(move), approved=False)
    with pytest.raises(moving.CannotMove):
        ask(retired, 1)
    given_up(move)
    ask(retired, 900)


def test_what_has_left_is_not_given_up(retired):
    move = ordered(retired)
    end_id = ask_end(move)
    post(debit(retired, Leg.WITHDRAWAL, 900, external_id="W1"), at=LATER)
    explained(Movement.objects.get(external_id="W1"), "sweep")
    with pytest.raises(giving_up.NotUnderWay):
        decide(end_id)
    with pytest.raises(DatabaseError, match="not to be carried out"), transaction.atomic():
        end_by_sql(end_id)
    decide(end_id, approved=False)
    with pytest.raises(giving_up.NotUnderWay):
        ask_end(move)


def test_an_order_that_waits_or_was_declined_is_not_given_up(retired):
    waiting = Move.objects.get(pk=ask(retired))
    with pytest.raises(giving_up.NotUnderWay):
        ask_end(waiting)


@pytest.mark.parametrize(
    "change",
    ["reason = 'x'", "decided_at = NULL, checker_id = NULL, approved = NULL", "approved = false"],
)
def test_raw_sql_changes_nothing_of_an_end(retired, change):
    given_up(ordered(retired))
    for statement in (f"UPDATE payments_move_end SET {change}", "DELETE FROM payments_move_end"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_one_person_with_two_accounts_gives_nothing_up(retired):
    end_id = ask_end(ordered(retired))
    maker = MoveEnd.objects.get().maker
    again = people.staff(person_id=maker.person_id)
    for alone in (maker, again):
        with pytest.raises(DatabaseError), transaction.atomic():
            end_by_sql(end_id, checker=alone)
    with pytest.raises(DatabaseError), transaction.atomic():
        MoveEnd.objects.create(
            move=Move.objects.get(),
            reason="r",
            maker=maker,
            asked_at=NOON,
            checker=people.staff(),
            approved=True,
            decided_at=NOON,
        )


def end_by_sql(end_id, *, checker=None):
    MoveEnd.objects.filter(pk=end_id).update(
        approved=True, checker=checker or people.staff(), decided_at=LATER
    )
