"""An approved batch whose order the bank never got is taken back by two people, and by no less."""

import pytest
from django.db import connection

from accounts import policies as grants
from accounts.operations import StepUpRefused
from payments import posting
from payments.models import RemittanceRefusal
from payments.operations import remitting
from payments.operations.remitting import walking
from payments.queries import aftermath
from payments.states import Leg
from payments.states import RemittanceState as M
from tests.accounts import people
from tests.payments.books import balance, check_all
from tests.payments.refusing import refused
from tests.payments.remittances.world import (
    DISTRICT,
    NEXT_DAY,
    answer,
    approve,
    built,
    desk_with_money,
    proposed,
    sent,
    stepped_up,
    withdrawn,
)
from tests.payments.world import debit, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_desk(monkeypatch):
    return desk_with_money(monkeypatch)


def approved(at_desk):
    batch = proposed(at_desk)
    approve(batch, at_desk.decides)
    return batch


def acknowledged(at_desk):
    batch = sent(at_desk)
    remitting.take_report(
        remittance_id=batch.pk, data=answer(batch, "ACCP"), by_id=at_desk.asks, at=NEXT_DAY
    )
    return batch


def ask(at_desk, batch, reason: str = "never handed in", by_id: int = 0) -> int:
    return remitting.ask_withdrawal(
        remittance_id=batch.pk, reason=reason, by_id=by_id or at_desk.asks, at=NEXT_DAY
    )


def decide(refusal_id: int, by_id: int, *, step_up_id: int | None, yes: bool = True) -> None:
    remitting.decide_refusal(
        refusal_id=refusal_id, approved=yes, by_id=by_id, step_up_id=step_up_id, at=NEXT_DAY
    )


@pytest.mark.parametrize("made", [approved, sent, acknowledged])
def test_two_people_take_back_what_the_bank_never_got(at_desk, made) -> None:
    batch = made(at_desk)

    withdrawn(at_desk, batch, "the clerk kept it")

    assert (batch.state, batch.ended_because) == (M.CANCELLED, "the clerk kept it")
    assert balance("payable", DISTRICT) == -800
    check_all()
    assert built(at_desk).amount_minor == 800


def test_nobody_cancels_an_approved_batch_alone(at_desk) -> None:
    batch = approved(at_desk)
    with pytest.raises(remitting.RemittanceMoved):
        remitting.cancel(
            remittance_id=batch.pk, seen_state="APPROVED", reason="x", by_id=at_desk.decides,
            at=NEXT_DAY,
        )  # fmt: skip
    with connection.cursor() as cursor, refused("remittance_failed_by_two"):
        cursor.execute(
            "UPDATE payments_remittance SET state = 'CANCELLED', ended_at = now(),"
            " ended_because = 'x'"
        )
        posting.undo_remittance(batch.pk, at=NEXT_DAY)
        walking.give_back(batch)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_it_takes_another_person_and_her_password(at_desk) -> None:
    batch = sent(at_desk)
    both = people.officer("remittance.ask", "remittance.decide")
    with pytest.raises(grants.NotGranted):
        ask(at_desk, batch, by_id=at_desk.decides)
    asked = ask(at_desk, batch, by_id=both)
    with pytest.raises(remitting.RefusalAsked):
        ask(at_desk, batch)
    with pytest.raises(remitting.SamePerson):
        decide(asked, both, step_up_id=stepped_up(both))
    with pytest.raises(StepUpRefused):
        decide(asked, at_desk.decides, step_up_id=None)
    decide(asked, at_desk.decides, step_up_id=stepped_up(at_desk.decides))
    batch.refresh_from_db()
    assert batch.state == M.CANCELLED


def test_it_needs_a_reason_and_a_batch_that_may_have_been_given_out(at_desk) -> None:
    batch = proposed(at_desk)
    with pytest.raises(remitting.RemittanceMoved):
        ask(at_desk, batch)
    approve(batch, at_desk.decides)
    with pytest.raises(remitting.RemittanceMoved):
        ask(at_desk, batch, reason=" ")
    for reason in ("", "x"):
        with connection.cursor() as cursor, refused("refusal_"):
            cursor.execute(
                "INSERT INTO payments_remittance_refusal"
                " (remittance_id, report_id, reason, maker_id, asked_at)"
                " SELECT r.id, CASE WHEN %s = 'x' THEN 0 END, %s, r.maker_id, now()"
                " FROM payments_remittance r",
                [reason, reason],
            )
    assert ask(at_desk, batch)


def test_one_that_is_not_believed_changes_nothing_and_lets_the_banks_word_through(at_desk) -> None:
    batch = sent(at_desk)
    asked = ask(at_desk, batch)
    remitting.take_report(
        remittance_id=batch.pk, data=answer(batch, "RJCT"), by_id=at_desk.asks, at=NEXT_DAY
    )
    assert RemittanceRefusal.objects.count() == 1
    decide(asked, at_desk.decides, step_up_id=None, yes=False)
    batch.refresh_from_db()
    assert batch.state == M.SENT
    assert aftermath.waiting_refusal(batch.pk).report.status == "RJCT"
    check_all()


def test_what_the_bank_pays_meanwhile_is_not_taken_back(at_desk) -> None:
    batch = sent(at_desk)
    asked = ask(at_desk, batch)
    post(debit(batch.rail, Leg.REMITTANCE, 800, key=batch.key, external_id="B1"), at=NEXT_DAY)
    with pytest.raises(remitting.RemittanceMoved):
        decide(asked, at_desk.decides, step_up_id=stepped_up(at_desk.decides))
    batch.refresh_from_db()
    assert batch.state == M.CONFIRMED
    check_all()
