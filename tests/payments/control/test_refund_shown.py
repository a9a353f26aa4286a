"""A debit that a statement shows before anybody said that she paid the refund by hand."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts import operations as accounts
from payments.models import Alarm, Explanation, Movement, Payee, Refund
from payments.operations import alarms, paying_out, refunding
from payments.operations.controlling import explaining
from payments.queries import sheet
from payments.states import Leg
from payments.states import RefundState as R
from tests.accounts import people
from tests.payments.books import balance, check_all
from tests.payments.refunds.desks import approved, paid_twice, proof, proven
from tests.payments.world import debit, post
from tests.world import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def desk():
    return people.officer("refund.ask"), people.officer("refund.decide")


@pytest.fixture
def waiting(world, desk):
    return proven(approved(paid_twice(world), *desk), *desk)


@pytest.fixture
def gone(world, waiting):
    """The bank's line of its payment, before the officer has typed its id; and its alarm."""
    post(debit(world.bank, Leg.WITHDRAWAL, 500, external_id="PORTAL77", source="statement"))
    found = Movement.objects.get(external_id="PORTAL77")
    alarms.debit_unexplained(movement_id=found.pk, at=NOON)
    return found


def ask(gone, refund="FT25AGAIN", by_id=None):
    return explaining.ask(
        movement_id=gone.pk,
        answer="refund",
        refund=refund,
        reason="the slip of the counter",
        by_id=by_id or people.officer("release.ask"),
        at=NOON,
    )


def approve(asked, by_id=None):
    by_id = by_id or people.officer("release.decide")
    step = accounts.step_up(
        account_id=by_id,
        password=people.PASSWORD,
        purpose=explaining.PURPOSE,
        session_key="s",
        at=LATER,
    )
    explaining.decide(
        explanation_id=asked, approved=True, by_id=by_id, step_up_id=step.pk, at=LATER
    )


def test_two_people_tie_the_debit_to_its_refund_which_is_done(world, desk, waiting, gone, commits):
    with pytest.raises(paying_out.AlreadyOnStatement):
        paying_out.paid(refund_id=waiting.pk, external_id="PORTAL77", by_id=desk[0], at=LATER)
    assert balance("refunds_in_transit", "bank-rw") == -500

    maker = people.officer("release.ask")
    approve(ask(gone, by_id=maker))

    commits()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.handle, waiting.external_id) == (R.DONE, "PORTAL77", "PORTAL77")
    assert Payee.objects.get().paid_by_id == maker
    assert balance("refunds_in_transit", "bank-rw") == 0
    assert balance("unexplained", "bank-rw") == 0
    assert Alarm.objects.get(kind="debit_unexplained").cleared_at == LATER
    day = sheet.sheet(NOON.date())
    assert day.agrees
    assert {one.rail_code: one.refunded_minor for one in day.rails}["bank-rw"] == 500
    check_all()


def test_a_refund_that_was_said_to_be_paid_by_a_wrong_id_is_done_by_the_right_one(
    world, desk, waiting, gone
):
    paying_out.paid(refund_id=waiting.pk, external_id="MISTYPED", by_id=desk[0], at=NOON)
    approve(ask(gone))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.handle) == (R.DONE, "PORTAL77")
    assert Payee.objects.get().paid_by_id == desk[0]
    check_all()


def test_the_same_money_told_again_is_no_second_payment(world, waiting, gone):
    approve(ask(gone))
    for leg in (Leg.WITHDRAWAL, Leg.PAYOUT):
        post(debit(world.bank, leg, 500, external_id="PORTAL77", key=waiting.key))
    assert Movement.objects.filter(external_id="PORTAL77").count() == 1
    # Another debit that names the refund pays it no second time: a person must answer it.
    post(debit(world.bank, Leg.PAYOUT, 500, external_id="PORTAL78", key=waiting.key))
    assert Movement.objects.get(external_id="PORTAL78").leg == Leg.WITHDRAWAL
    check_all()


@pytest.mark.parametrize("wrong", ["", "NO SUCH", "PORTAL77"])
def test_it_names_the_collection_that_goes_back(gone, wrong):
    with pytest.raises(explaining.CannotExplain):
        ask(gone, wrong)


def test_another_amount_or_another_rail_was_not_it(world, waiting):
    post(
        debit(world.bank, Leg.WITHDRAWAL, 499, external_id="LESS"),
        debit(world.mtn, Leg.WITHDRAWAL, 500, external_id="ELSEWHERE"),
    )
    for gone in Movement.objects.filter(leg=Leg.WITHDRAWAL):
        with pytest.raises(explaining.CannotExplain):
            ask(gone)
        with (
            pytest.raises(DatabaseError, match="cannot have been this refund"),
            transaction.atomic(),
        ):
            insert(gone, waiting)


def test_nobody_is_paid_whom_two_people_have_not_proven(world, desk):
    refund = approved(paid_twice(world), *desk)
    paying_out.prove(refund_id=refund.pk, proof=proof(), by_id=desk[0], at=NOON)
    post(debit(world.bank, Leg.WITHDRAWAL, 500, external_id="PORTAL77"))
    gone = Movement.objects.get(external_id="PORTAL77")
    with pytest.raises(explaining.CannotExplain):
        ask(gone)
    with pytest.raises(DatabaseError, match="not being paid by hand"), transaction.atomic():
        insert(gone, refund)


def test_what_has_ended_meanwhile_is_not_tied(desk, waiting, gone):
    asked = ask(gone)
    fail(waiting, by_id=desk[1])
    with pytest.raises(explaining.CannotExplain):
        approve(asked)
    assert Explanation.objects.get().approved is None
    with pytest.raises(DatabaseError, match="not being paid by hand"), transaction.atomic():
        Explanation.objects.update(approved=True, checker=people.staff(), decided_at=LATER)


def test_one_refund_is_paid_by_one_debit(world, waiting, gone):
    ask(gone)
    post(debit(world.bank, Leg.WITHDRAWAL, 500, external_id="PORTAL78"))
    second = Movement.objects.get(external_id="PORTAL78")
    with pytest.raises(explaining.CannotExplain):
        ask(second)
    with pytest.raises(DatabaseError, match="explanation_of_refund_once"), transaction.atomic():
        insert(second, waiting)


def insert(gone, refund):
    return Explanation.objects.create(
        movement=gone,
        answer="refund",
        refund=refund,
        reason="r",
        maker=people.staff(),
        asked_at=NOON,
    )


def fail(refund, *, by_id):
    with transaction.atomic():
        held = refunding.lock(refund.pk)
        refunding.fail(held, "nobody_came", at=NOON, by_id=by_id)


# --- by raw SQL, one person ends none


@pytest.mark.parametrize("state", ["APPROVED", "PENDING"])
def test_another_person_decides_that_it_was_not_paid(desk, waiting, state):
    maker, checker = desk
    if state == "PENDING":
        paying_out.paid(refund_id=waiting.pk, external_id="PORTAL77", by_id=maker, at=NOON)
    for alone in (None, maker):
        with pytest.raises(DatabaseError, match="another person decides"), transaction.atomic():
            fail(waiting, by_id=alone)
    fail(waiting, by_id=checker)
    ended = Refund.objects.get(pk=waiting.pk)
    assert (ended.state, ended.ended_by_id) == (R.FAILED, checker)
    with pytest.raises(DatabaseError), transaction.atomic():
        Refund.objects.filter(pk=waiting.pk).update(ended_by_id=people.staff().pk)
