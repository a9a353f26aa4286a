"""A bank's refusal is believed by two people; what is paid all the same rings and is explained."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts import policies as grants
from accounts.operations import StepUpRefused
from payments import posting
from payments.models import Alarm, Movement, RemittanceRefusal
from payments.operations import alarms, remitting
from payments.operations.remitting import walking
from payments.queries import aftermath
from payments.states import Leg
from payments.states import RemittanceState as M
from tests.accounts import people
from tests.payments.books import balance, check_all
from tests.payments.refusing import refused
from tests.payments.remittances.world import (
    NEXT_DAY,
    answer,
    approve,
    believed,
    built,
    desk_with_money,
    paid,
    proposed,
    sent,
    stepped_up,
    withdrawn,
)
from tests.payments.settling import asked, explain
from tests.payments.statements.books import Account, Booking, bring
from tests.payments.world import debit, post

pytestmark = pytest.mark.django_db

LATER = NEXT_DAY + timedelta(days=2)


@pytest.fixture
def books(monkeypatch):
    """800 francs of the district's on their way from the bank, where 2,000 stand."""
    at_desk = desk_with_money(monkeypatch)
    return at_desk, sent(at_desk)


def told(at_desk, batch, status: str, code: str = "", **changed) -> None:
    usual = {"by_id": at_desk.asks, "at": NEXT_DAY}
    remitting.take_report(
        remittance_id=batch.pk, data=answer(batch, status, code), **{**usual, **changed}
    )
    batch.refresh_from_db()


def decide(at_desk, batch, by_id: int = 0, *, approved: bool = True) -> None:
    by_id = by_id or at_desk.decides
    refusal = RemittanceRefusal.objects.get(remittance=batch)
    remitting.decide_refusal(
        refusal_id=refusal.pk,
        approved=approved,
        by_id=by_id,
        step_up_id=stepped_up(by_id),
        at=NEXT_DAY,
    )
    batch.refresh_from_db()


def test_a_refusal_that_one_person_brings_gives_nothing_back(books) -> None:
    at_desk, batch = books

    told(at_desk, batch, "RJCT", "AC04")

    assert (batch.state, balance("payable", "district-11")) == (M.SENT, 0)
    with pytest.raises(remitting.NothingToRemit):
        built(at_desk, at=LATER)
    check_all()

    decide(at_desk, batch)

    assert (batch.state, batch.ended_because) == (M.FAILED, "RJCT, AC04")
    assert balance("payable", "district-11") == -800
    check_all()
    assert built(at_desk, at=LATER).amount_minor == 800


def test_a_refusal_that_is_not_believed_leaves_the_batch_on_its_way(books) -> None:
    at_desk, batch = books
    told(at_desk, batch, "RJCT")
    decide(at_desk, batch, approved=False)
    assert batch.state == M.SENT
    with pytest.raises(remitting.RefusalDecided):
        decide(at_desk, batch)
    check_all()


@pytest.mark.parametrize(("status", "state"), [("ACCP", M.ACKNOWLEDGED), ("ACSC", M.ACKNOWLEDGED)])
def test_what_the_bank_takes_only_informs(books, status, state) -> None:
    at_desk, batch = books
    told(at_desk, batch, status)
    assert (batch.state, RemittanceRefusal.objects.count()) == (state, 0)
    assert balance("remittance_in_transit", "district-11") == -800


def test_whoever_brings_it_does_not_decide_and_a_password_is_asked(books) -> None:
    at_desk, batch = books
    both = people.officer("remittance.ask", "remittance.decide")
    told(at_desk, batch, "RJCT", by_id=both)
    with pytest.raises(remitting.SamePerson):
        decide(at_desk, batch, both)
    with pytest.raises(grants.NotGranted):
        decide(at_desk, batch, at_desk.asks)
    refusal = RemittanceRefusal.objects.get()
    with pytest.raises(StepUpRefused):
        remitting.decide_refusal(
            refusal_id=refusal.pk, approved=True, by_id=at_desk.decides, step_up_id=None,
            at=NEXT_DAY,
        )  # fmt: skip
    for checker in (both, people.staff(person=people.Account.objects.get(pk=both).person).pk):
        with connection.cursor() as cursor, refused("two_persons"):
            cursor.execute(
                "UPDATE payments_remittance_refusal SET approved = true, checker_id = %s,"
                " decided_at = now()",
                [checker],
            )


def test_while_a_refusal_waits_another_one_adds_nothing(books) -> None:
    at_desk, batch = books
    told(at_desk, batch, "RJCT")
    told(at_desk, batch, "RJCT", "AC04")
    assert RemittanceRefusal.objects.count() == 1


def test_a_forged_refusal_keeps_no_true_one_from_being_asked(books) -> None:
    at_desk, batch = books
    told(at_desk, batch, "RJCT", "AC01")
    told(at_desk, batch, "ACCP")
    true_one = people.officer("remittance.ask")
    told(at_desk, batch, "RJCT", "AC04", by_id=true_one)

    decide(at_desk, batch, approved=False)

    waits = aftermath.waiting_refusal(batch.pk)
    assert (waits.maker_id, waits.report.reasons[0]["code"]) == (true_one, "AC04")
    remitting.decide_refusal(
        refusal_id=waits.pk, approved=True, by_id=at_desk.decides,
        step_up_id=stepped_up(at_desk.decides), at=NEXT_DAY,
    )  # fmt: skip
    batch.refresh_from_db()
    assert (batch.state, batch.ended_because) == (M.FAILED, "RJCT, AC04")
    check_all()


def test_postgresql_lets_no_batch_fail_without_two_people(books) -> None:
    at_desk, batch = books
    told(at_desk, batch, "ACCP")
    check_all()
    with connection.cursor() as cursor, refused("refusal_is_what_the_bank_said"):
        cursor.execute(
            "INSERT INTO payments_remittance_refusal (remittance_id, report_id, maker_id, asked_at)"
            " SELECT remittance_id, id, by_id, at FROM payments_remittance_report"
        )
    with connection.cursor() as cursor, refused("remittance_failed_by_two"):
        cursor.execute(
            "UPDATE payments_remittance SET state = 'FAILED', ended_at = now(), ended_because = 'x'"
        )
        posting.undo_remittance(batch.pk, at=NEXT_DAY)
        walking.give_back(batch)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_bank_pays_before_anybody_believed_its_refusal(books) -> None:
    at_desk, batch = books
    told(at_desk, batch, "RJCT")
    post(debit(batch.rail, Leg.REMITTANCE, 800, key=batch.key, external_id="B1"), at=NEXT_DAY)
    with pytest.raises(remitting.RemittanceMoved):
        decide(at_desk, batch)
    batch.refresh_from_db()
    assert batch.state == M.CONFIRMED
    check_all()


def paid_after_all(batch) -> Movement:
    bring(
        Account(balance=2000).statement(
            Booking(amount=-800, id="BK-9", end_to_end=batch.end_to_end_id, day=3), to_day=3
        ),
        at=LATER,
    )
    gone = Movement.objects.get(leg="withdrawal")
    alarms.debit_unexplained(movement_id=gone.pk, at=LATER)
    return gone


def test_a_batch_paid_after_its_refusal_was_believed_is_an_alarm_and_two_people_explain_it(
    books,
) -> None:
    at_desk, batch = books
    believed(at_desk, batch)
    check_all()

    gone = paid_after_all(batch)

    batch.refresh_from_db()
    assert batch.state == M.FAILED
    assert Alarm.objects.filter(subject=f"movement:{gone.pk}", cleared_at=None).count() == 1
    assert [one.pk for one in aftermath.debits_for(batch)] == [gone.pk]
    check_all()

    explain(asked(gone, "remittance", remittance_id=batch.pk))

    batch.refresh_from_db()
    assert (batch.state, batch.ended_because) == (M.CONFIRMED, "RJCT, AC04")
    assert (balance("payable", "district-11"), balance("unexplained", "bank-rw")) == (0, 0)
    with pytest.raises(remitting.NothingToRemit):
        built(at_desk, at=LATER + timedelta(days=1))
    check_all()


def test_money_that_stands_in_another_batch_is_not_paid_by_the_first(books) -> None:
    at_desk, batch = books
    believed(at_desk, batch)
    second = proposed(at_desk, at=LATER)
    approve(second, at_desk.decides, LATER)
    gone = paid_after_all(batch)
    explanation = asked(gone, "remittance", remittance_id=batch.pk)
    with pytest.raises(posting.DoesNotFit):
        explain(explanation)
    check_all()
    assert [one.number for one in aftermath.batches_after(batch)] == [second.number]

    # The second order was never handed in: it is cancelled, and then the first was the payment.
    withdrawn(at_desk, second, "the first was paid", LATER)
    explain(explanation)

    batch.refresh_from_db()
    second.refresh_from_db()
    assert (batch.state, second.state) == (M.CONFIRMED, M.CANCELLED)
    check_all()


def test_a_batch_that_was_cancelled_after_its_approval_may_have_been_paid_too(books) -> None:
    at_desk, _ = books
    paid(at_desk, 300, rail=at_desk.world.bank)
    batch = proposed(at_desk, at=LATER)
    approve(batch, at_desk.decides, LATER)
    withdrawn(at_desk, batch, at=LATER)
    post(debit(batch.rail, Leg.WITHDRAWAL, 300, external_id="W3"), at=LATER)
    explain(asked(Movement.objects.get(external_id="W3"), "remittance", remittance_id=batch.pk))
    batch.refresh_from_db()
    assert batch.state == M.CONFIRMED
    check_all()
