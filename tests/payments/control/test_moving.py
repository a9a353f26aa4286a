"""What a retired rail still holds goes to its sweep account by the order of two people."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import operations as accounts
from accounts.policies import NotGranted
from payments.models import Alarm, Difference, Move, Movement, SweepAccount
from payments.operations.controlling import arriving, looking, moving
from payments.states import AlarmKind, Leg
from tests.accounts import people
from tests.payments.books import balance, check_all
from tests.payments.control.allowed import allow_sweeps
from tests.payments.settling import explained, withdrawal
from tests.payments.statements.books import Account, Booking, bring, written
from tests.payments.world import debit, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def retired():
    """A rail that holds 900 and is no longer shown to payers, with its sweep account."""
    world = make_world()
    post(telling(world.bank, "", 900))
    type(world.bank).objects.filter(pk=world.bank.pk).update(active=False)
    allow_sweeps(world.bank)
    world.bank.refresh_from_db()
    return world.bank


def ask(rail, amount_minor=900, *, by_id=None, reason="the contract ended"):
    return moving.ask(
        rail_code=rail.code,
        amount_minor=amount_minor,
        reason=reason,
        by_id=by_id or people.officer("move.ask"),
        at=NOON,
    )


def step_up(by_id, purpose=moving.PURPOSE):
    return accounts.step_up(
        account_id=by_id, password=people.PASSWORD, purpose=purpose, session_key="s", at=LATER
    ).pk


def approve(move_id, *, by_id=None):
    by_id = by_id or people.officer("move.decide")
    moving.decide(move_id=move_id, approved=True, by_id=by_id, step_up_id=step_up(by_id), at=LATER)


def ordered(rail, amount_minor=900):
    move_id = ask(rail, amount_minor)
    approve(move_id)
    return Move.objects.get(pk=move_id)


def rings(kind):
    return Alarm.objects.filter(kind=kind, cleared_at=None).count()


def test_two_people_order_it_and_the_debit_that_follows_is_expected(retired):
    move = ordered(retired)
    assert move.approved
    post(debit(retired, Leg.SWEEP, 900), at=LATER)
    looking.look(LATER + timedelta(minutes=1))
    arriving.look(LATER + timedelta(days=9))
    assert rings(AlarmKind.SWEEP_UNREGISTERED) == 0
    assert rings(AlarmKind.MOVE_NOT_LEFT) == 0
    assert balance("clearing", "bank-rw") == 0
    check_all()


def test_a_sweep_that_nobody_ordered_rings_although_its_account_is_named(retired):
    ordered(retired, 400)
    post(debit(retired, Leg.SWEEP, 500), at=LATER)
    looking.look(LATER + timedelta(minutes=1))
    assert rings(AlarmKind.SWEEP_UNREGISTERED) == 1


def test_one_order_is_followed_by_one_sweep(retired):
    ordered(retired, 400)
    post(debit(retired, Leg.SWEEP, 400), at=LATER)
    looking.look(LATER + timedelta(minutes=1))
    assert rings(AlarmKind.SWEEP_UNREGISTERED) == 0
    post(debit(retired, Leg.SWEEP, 400), at=LATER)
    looking.look(LATER + timedelta(minutes=1))
    assert rings(AlarmKind.SWEEP_UNREGISTERED) == 1


def test_an_order_is_used_up_by_a_debit_that_two_people_explained_as_its_sweep(retired):
    post(telling(retired, "", 900, external_id="IN2"))
    ordered(retired)
    post(debit(retired, Leg.WITHDRAWAL, 900, external_id="W1"), at=LATER)
    explained(Movement.objects.get(external_id="W1"), "sweep")
    looking.look(LATER + timedelta(minutes=1))
    assert rings(AlarmKind.SWEEP_UNREGISTERED) == 0
    post(debit(retired, Leg.SWEEP, 900, external_id="S2"), at=LATER)
    looking.look(LATER + timedelta(minutes=1))
    assert rings(AlarmKind.SWEEP_UNREGISTERED) == 1


def test_what_was_in_order_while_the_rail_was_in_use_does_not_ring_once_it_is_retired():
    world = make_world()
    post(telling(world.bank, "", 900))
    allow_sweeps(world.bank)
    post(debit(world.bank, Leg.SWEEP, 400, external_id="BEFORE"), at=NOON)
    type(world.bank).objects.filter(pk=world.bank.pk).update(active=False)
    with connection.cursor() as cursor:  # It is noted once, and by nobody else.
        cursor.execute("UPDATE payments_rail SET retired_after_movement = 1000000")
    looking.look(LATER)
    assert rings(AlarmKind.SWEEP_UNREGISTERED) == 0
    assert rings(AlarmKind.RETIRED_RAIL_PAID) == 0
    post(telling(world.bank, "", 50, external_id="AFTER"), at=LATER)
    post(debit(world.bank, Leg.SWEEP, 300, external_id="SENT"), at=LATER)
    looking.look(LATER + timedelta(minutes=1))
    [swept] = Alarm.objects.filter(kind=AlarmKind.SWEEP_UNREGISTERED)
    assert (swept.facts["movements"], swept.facts["amount_minor"]) == (1, 300)
    [paid] = Alarm.objects.filter(kind=AlarmKind.RETIRED_RAIL_PAID)
    assert (paid.facts["movements"], paid.facts["amount_minor"]) == (1, 50)


def test_an_order_that_nothing_follows_rings_until_it_is_followed(retired):
    move = ordered(retired)
    arriving.look(LATER + timedelta(days=1))
    assert rings(AlarmKind.MOVE_NOT_LEFT) == 0
    arriving.look(LATER + timedelta(days=7))
    arriving.look(LATER + timedelta(days=8))
    alarm = Alarm.objects.get(kind=AlarmKind.MOVE_NOT_LEFT)
    assert (alarm.subject, alarm.facts["amount_minor"]) == (f"move:{move.pk}", 900)
    # The bank's line did not name the order: two people say what it was.
    post(debit(retired, Leg.WITHDRAWAL, 900, external_id="W1"), at=LATER)
    explained(Movement.objects.get(external_id="W1"), "sweep")
    arriving.look(LATER + timedelta(days=9))
    assert rings(AlarmKind.MOVE_NOT_LEFT) == 0


def test_a_line_that_names_the_order_is_a_sweep(retired):
    move = ordered(retired, 400)
    bank = Account(balance=900)
    bring(
        bank.statement(
            Booking(amount=-400, id="FT1", text=f"Transfer {move.number} closing of account"),
            Booking(amount=-401, id="FT2", text=f"Transfer {move.number}"),
            Booking(amount=-50, id="FT3", text="Transfer MV999999"),
        ),
        at=LATER,
    )
    legs = dict(Movement.objects.exclude(leg=Leg.CREDIT).values_list("external_id", "leg"))
    assert legs == {"FT1": Leg.SWEEP, "FT2": Leg.WITHDRAWAL, "FT3": Leg.WITHDRAWAL}
    looking.look(LATER + timedelta(minutes=1))
    assert rings(AlarmKind.SWEEP_UNREGISTERED) == 0


def told_as():
    return dict(Movement.objects.exclude(leg=Leg.CREDIT).values_list("external_id", "leg"))


def test_an_order_names_one_debit_and_another_with_its_number_is_unexplained(retired):
    move = ordered(retired, 300)
    bank = Account(balance=900)
    twice = [Booking(amount=-300, id=name, text=move.number) for name in ("FT1", "FT2")]
    bring(bank.statement(*twice), at=LATER)
    bring(
        bank.statement(Booking(amount=-300, id="FT3", text=move.number, day=1), day=1),
        at=LATER + timedelta(days=1),
    )
    assert told_as() == {"FT1": Leg.SWEEP, "FT2": Leg.WITHDRAWAL, "FT3": Leg.WITHDRAWAL}
    check_all()


def test_two_orders_of_one_amount_name_two_debits(retired):
    first, second = ordered(retired, 300), ordered(retired, 300)
    bank = Account(balance=900)
    bring(bank.statement(Booking(amount=-300, id="FT2", text=second.number)), at=LATER)
    bring(
        bank.statement(Booking(amount=-300, id="FT1", text=first.number, day=1), day=1),
        at=LATER + timedelta(days=1),
    )
    assert told_as() == {"FT1": Leg.SWEEP, "FT2": Leg.SWEEP}


def test_an_advice_and_then_the_statement_tell_of_one_move(retired):
    move = ordered(retired, 300)
    gone = Booking(amount=-300, id="FT1", text=move.number)
    bring(written(gone, opening=None, closing=None, form="4"), at=LATER)
    bring(Account(balance=900).statement(gone), at=LATER)
    assert told_as() == {"FT1": Leg.SWEEP}
    assert not Difference.objects.exists()
    check_all()


def test_a_debit_of_the_day_before_the_order_is_not_its_move(retired):
    move = ordered(retired, 300)
    early = Booking(amount=-300, id="FT1", text=move.number, day=-1)
    bring(Account(balance=900).statement(early, day=-1), at=LATER)
    assert told_as() == {"FT1": Leg.WITHDRAWAL}


def test_a_sweep_that_two_people_explained_arrives_where_the_statement_shows_it(retired):
    """The other bank's line names it: the money is no income, and no longer under way."""
    mtn = type(retired).objects.get(code="mtn-rw")
    post(telling(mtn, "", 700))
    explained(withdrawal(mtn, 700, external_id="OUT7001"), "sweep")
    bring(Account(balance=900).statement(Booking(amount=700, id="FT9", text="Settlement OUT7001")))
    arrived = Movement.objects.get(leg=Leg.TRANSFER)
    assert (arrived.external_id, arrived.amount_minor) == ("OUT7001", 700)
    assert balance("sweeps_in_transit") == 0
    arriving.look(NOON + timedelta(days=9))
    assert rings(AlarmKind.SWEEP_NOT_ARRIVED) == 0


def test_whoever_orders_it_does_not_decide_and_it_is_decided_once_with_a_password(retired):
    both = people.officer("move.ask", "move.decide")
    move_id = ask(retired, by_id=both)
    with pytest.raises(moving.MoveDecided):
        ask(retired)
    with pytest.raises(moving.SamePerson):
        approve(move_id, by_id=both)
    with pytest.raises(NotGranted):
        approve(move_id, by_id=people.officer("sweep.decide", "remittance.decide"))
    checker = people.officer("move.decide")
    for step in (None, step_up(checker, "refund.decide")):
        with pytest.raises(accounts.StepUpRefused):
            moving.decide(move_id=move_id, approved=True, by_id=checker, step_up_id=step, at=LATER)
    approve(move_id, by_id=checker)
    with pytest.raises(moving.MoveDecided):
        moving.decide(move_id=move_id, approved=False, by_id=checker, at=LATER)


@pytest.mark.parametrize("amount", [0, -1, 901])
def test_no_more_is_moved_than_it_holds(retired, amount):
    with pytest.raises(moving.CannotMove):
        ask(retired, amount)
    with pytest.raises(moving.CannotMove):
        ask(retired, reason=" ")


def test_what_was_ordered_before_is_not_ordered_again(retired):
    ordered(retired, 500)
    with pytest.raises(moving.CannotMove):
        ask(retired, 401)
    ask(retired, 400)


def test_a_rail_in_use_is_not_emptied(retired):
    move_id = ask(retired)
    type(retired).objects.filter(pk=retired.pk).update(active=True)
    with pytest.raises(moving.CannotMove):
        approve(move_id)
    with pytest.raises(DatabaseError, match="is in use"), transaction.atomic():
        decide_by_sql(move_id)


def test_it_goes_nowhere_but_to_the_account_in_force(retired):
    move_id = ask(retired)
    SweepAccount.objects.update(until_at=NOON)
    with pytest.raises(moving.NoSweepAccount):
        approve(move_id)
    with pytest.raises(DatabaseError, match="not in force"), transaction.atomic():
        decide_by_sql(move_id)
    moving.decide(move_id=move_id, approved=False, by_id=people.officer("move.decide"), at=LATER)
    with pytest.raises(moving.NoSweepAccount):
        ask(retired)


def test_postgresql_moves_no_more_than_it_holds(retired):
    move_id = ask(retired)
    explained(withdrawal(retired, 1), "charge")
    with pytest.raises(DatabaseError, match="does not hold that"), transaction.atomic():
        decide_by_sql(move_id)


def test_postgresql_orders_nothing_twice(retired):
    first = ordered(retired, 500)
    account, maker = first.sweep_account, people.staff()
    told = {"rail": retired, "sweep_account": account, "currency": "RWF", "reason": "again"}
    with pytest.raises(DatabaseError, match="does not hold that"), transaction.atomic():
        Move.objects.create(**told, amount_minor=401, maker=maker, asked_at=LATER)
    Move.objects.create(**told, amount_minor=400, maker=maker, asked_at=LATER)


@pytest.mark.parametrize(
    "change",
    ["amount_minor = 1", "decided_at = NULL, checker_id = NULL, approved = NULL", "reason = 'x'"],
)
def test_raw_sql_changes_nothing_of_an_order(retired, change):
    ordered(retired)
    for statement in (f"UPDATE payments_move SET {change}", "DELETE FROM payments_move"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_one_person_with_two_accounts_orders_nothing(retired):
    move_id = ask(retired)
    maker = Move.objects.get().maker
    again = people.staff(person_id=maker.person_id)
    for alone in (maker, again):
        with pytest.raises(DatabaseError), transaction.atomic():
            decide_by_sql(move_id, checker=alone)


def decide_by_sql(move_id, *, checker=None):
    Move.objects.filter(pk=move_id).update(
        approved=True, checker=checker or people.staff(), decided_at=LATER
    )
