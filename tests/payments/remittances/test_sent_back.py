"""A batch that was paid and that its bank sends back: by two people it is remitted anew, once."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import policies as grants
from accounts.operations import StepUpRefused
from kernel.models import EventRow
from payments import sql
from payments.models import Movement, OpenItem, Release, Remittance
from payments.operations import own_money, releasing, remitting
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
    built,
    desk_with_money,
    paid,
    sent,
    stepped_up,
)
from tests.payments.settling import asked, explain, withdrawal
from tests.payments.statements.books import Account, Booking, bring
from tests.payments.world import debit, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

LATER = NEXT_DAY + timedelta(days=2)


@pytest.fixture
def books(monkeypatch):
    """800 francs of the district's, paid to it by the bank, where 2,000 stand."""
    at_desk = desk_with_money(monkeypatch)
    batch = sent(at_desk)
    post(debit(batch.rail, Leg.REMITTANCE, 800, key=batch.key, external_id="B1"), at=NEXT_DAY)
    batch.refresh_from_db()
    return at_desk, batch


def came_back(batch: Remittance, amount_minor: int = 800, **more) -> Movement:
    usual = {"external_id": "R1", "occurred_at": LATER}
    post(telling(batch.rail, batch.end_to_end_id, amount_minor, **{**usual, **more}), at=LATER)
    return Movement.objects.get(external_id=more.get("external_id", "R1"), leg="credit")


def ask(at_desk, batch: Remittance, credit: Movement, **changed) -> int:
    usual = {"by_id": at_desk.asks, "at": LATER, "reason": "account closed"}
    return remitting.ask_sent_back(
        remittance_id=batch.pk, movement_id=credit.pk, **{**usual, **changed}
    )


def decide(at_desk, release_id: int, by_id: int = 0, *, approved: bool = True) -> None:
    by_id = by_id or at_desk.decides
    remitting.decide_sent_back(
        release_id=release_id,
        approved=approved,
        by_id=by_id,
        step_up_id=stepped_up(by_id, LATER),
        at=LATER,
    )


def waiting() -> int:
    rows = sql.run("stands_payable", cut_off=LATER, beneficiary_code="district-11")
    return rows[0][5] if rows else 0


def test_what_the_bank_sends_back_is_payable_again_and_goes_in_the_next_batch_once(books) -> None:
    at_desk, batch = books
    credit = came_back(batch)
    release_id = ask(at_desk, batch, credit)
    assert (batch.state, balance("payable", "district-11")) == (M.CONFIRMED, 0)

    decide(at_desk, release_id)

    batch.refresh_from_db()
    assert (batch.state, batch.ended_because) == (M.SENT_BACK, "account closed")
    assert (balance("payable", "district-11"), waiting()) == (-800, 800)
    assert balance("remittance_in_transit", "district-11") == 0
    assert not OpenItem.objects.filter(pk=credit.pk).exists()
    assert EventRow.objects.filter(name="payments.remittance.returned").count() == 1
    check_all()

    following = sent(at_desk, at=LATER + timedelta(days=1))

    assert (following.amount_minor, waiting()) == (800, 0)
    assert len(sql.run("lines_of_remittance", remittance_id=batch.pk)) == 1
    check_all()


def test_the_statements_credit_names_the_batch_and_is_found_for_it(books) -> None:
    _, batch = books
    bring(
        Account(balance=1200).statement(
            Booking(amount=800, id="RET-1", text=f"RETURN {batch.end_to_end_id} AC04", day=3),
            Booking(amount=800, id="SALE", text="rent", day=3),
            Booking(amount=790, id="LESS", text=f"RETURN {batch.number}", day=3),
            to_day=3,
        ),
        at=LATER,
    )

    found = aftermath.credits_for(batch)

    assert [(one.movement.external_id, one.names_it) for one in found] == [
        ("RET-1", True),
        ("SALE", False),
    ]


@pytest.mark.parametrize("amount", [799, 801])
def test_a_return_in_part_is_refused_and_stays_in_suspense(books, amount) -> None:
    at_desk, batch = books
    credit = came_back(batch, amount)

    with pytest.raises(own_money.CameInPart) as refusal:
        ask(at_desk, batch, credit)
    assert (refusal.value.came_minor, refusal.value.whole_minor) == (amount, 800)
    with refused("return_is_its_whole_batch"):
        wanted(at_desk, batch, credit, amount_minor=min(amount, 800))
    assert OpenItem.objects.get(pk=credit.pk).amount_minor == amount
    check_all()


def test_only_a_batch_that_was_paid_comes_back_and_only_by_its_own_bank(books) -> None:
    at_desk, batch = books
    other_rail = telling(at_desk.world.mtn, "", 800, external_id="M1", occurred_at=LATER)
    post(other_rail, at=LATER)
    post(
        telling(batch.rail, "", 800, external_id="OLD", occurred_at=NOON - timedelta(hours=1)),
        at=LATER,
    )
    for name in ("M1", "OLD"):
        with pytest.raises(own_money.CannotBe):
            ask(at_desk, batch, Movement.objects.get(external_id=name))
    credit = came_back(batch)
    paid(at_desk, 800)
    unpaid = built(at_desk, at=LATER)
    with pytest.raises(own_money.CannotBe):
        ask(at_desk, unpaid, credit)
    with refused("return_is_its_whole_batch"):
        wanted(at_desk, unpaid, credit)


def test_one_person_cannot_do_both_and_a_password_is_asked(books) -> None:
    at_desk, batch = books
    both = people.officer("remittance.ask", "remittance.decide")
    release_id = ask(at_desk, batch, came_back(batch), by_id=both)
    with pytest.raises(remitting.SamePerson):
        decide(at_desk, release_id, both)
    with pytest.raises(grants.NotGranted):
        decide(at_desk, release_id, at_desk.asks)
    with pytest.raises(StepUpRefused):
        remitting.decide_sent_back(
            release_id=release_id, approved=True, by_id=at_desk.decides, step_up_id=None, at=LATER
        )
    with connection.cursor() as cursor, refused("two_persons"):
        cursor.execute(
            "UPDATE payments_release SET approved = true, checker_id = %s, decided_at = now()",
            [both],
        )
    # The room of suspense does not decide about it: it asks for another right, and no password.
    with pytest.raises(Release.DoesNotExist):
        releasing.approve(release_id=release_id, by_id=people.officer("release.decide"), at=LATER)


def test_it_is_asked_once_and_decided_once(books) -> None:
    at_desk, batch = books
    credit = came_back(batch)
    second = came_back(batch, external_id="R2")
    release_id = ask(at_desk, batch, credit)
    for again in (credit, second):
        with pytest.raises(own_money.AlreadyAsked):
            ask(at_desk, batch, again)
    decide(at_desk, release_id)
    with pytest.raises(own_money.AlreadyDecided):
        decide(at_desk, release_id)
    with pytest.raises(own_money.CannotBe):
        ask(at_desk, batch, second)
    check_all()


def test_what_is_declined_stays_in_suspense_and_the_batch_stays_paid(books) -> None:
    at_desk, batch = books
    credit = came_back(batch)
    decide(at_desk, ask(at_desk, batch, credit), approved=False)
    batch.refresh_from_db()
    assert (batch.state, waiting()) == (M.CONFIRMED, 0)
    assert OpenItem.objects.get(pk=credit.pk).amount_minor == 800
    check_all()
    decide(at_desk, ask(at_desk, batch, credit))
    check_all()


def test_money_that_somebody_else_has_taken_meanwhile_is_no_return(books) -> None:
    at_desk, batch = books
    credit = came_back(batch)
    release_id = ask(at_desk, batch, credit)
    post(debit(batch.rail, Leg.REVERSAL, 800, original="R1", external_id="R1-BACK"), at=LATER)
    with pytest.raises(own_money.CannotBe):
        decide(at_desk, release_id)
    check_all()


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (
            """UPDATE payments_remittance SET state = 'RETURNED', ended_at = now(),
            ended_because = 'x' WHERE id = {batch}""",
            "remittance",
        ),
        (
            """UPDATE payments_release SET approved = true, checker_id = {checker},
            decided_at = now() WHERE id = {release}""",
            "release_is_posted",
        ),
        (
            """INSERT INTO payments_journal (kind, subject_id, business_day, occurred_at, posted_at)
            SELECT 'remittance_sent_back', {batch}, max(day), now(), now()
            FROM payments_ledger_day""",
            "journal_has_lines",
        ),
    ],
)
def test_postgresql_holds_decision_journals_and_state_together(books, statement, rule) -> None:
    at_desk, batch = books
    release_id = ask(at_desk, batch, came_back(batch))
    check_all()
    told = statement.format(batch=batch.pk, checker=at_desk.decides, release=release_id)
    with connection.cursor() as cursor, refused(rule):
        cursor.execute(told)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_batch_believed_refused_paid_and_sent_back_is_remitted_anew_once(monkeypatch) -> None:
    at_desk = desk_with_money(monkeypatch)
    batch = sent(at_desk)
    remitting.take_report(
        remittance_id=batch.pk, data=answer(batch, "RJCT"), by_id=at_desk.asks, at=NEXT_DAY
    )
    [refusal] = batch.refusals.all()
    remitting.decide_refusal(
        refusal_id=refusal.pk, approved=True, by_id=at_desk.decides,
        step_up_id=stepped_up(at_desk.decides), at=NEXT_DAY,
    )  # fmt: skip
    check_all()
    gone = withdrawal(batch.rail, 800)
    explain(asked(gone, "remittance", remittance_id=batch.pk))
    check_all()
    batch.refresh_from_db()
    decide(at_desk, ask(at_desk, batch, came_back(batch)))
    batch.refresh_from_db()
    assert (batch.state, waiting()) == (M.SENT_BACK, 800)
    check_all()
    again = built(at_desk, at=LATER + timedelta(days=1))
    remitting.propose(remittance_id=again.pk, by_id=at_desk.asks, at=LATER + timedelta(days=1))
    again.refresh_from_db()
    approve(again, at_desk.decides, LATER + timedelta(days=1))
    check_all()


def wanted(at_desk, batch: Remittance, credit: Movement, *, amount_minor: int = 800) -> None:
    """By raw hand: what the operation refuses before."""
    with transaction.atomic():
        Release.objects.create(
            movement=credit,
            kind="returned",
            remittance_id=batch.pk,
            currency="RWF",
            amount_minor=amount_minor,
            reason="x",
            maker_id=at_desk.asks,
            asked_at=LATER,
        )


def test_a_release_of_another_kind_names_no_batch(books) -> None:
    at_desk, batch = books
    credit = came_back(batch)
    with pytest.raises(DatabaseError, match="release_returned_names_its_batch"):
        Release.objects.create(
            movement=credit, kind="write_off", remittance_id=batch.pk, currency="RWF",
            amount_minor=800, reason="x", maker_id=at_desk.asks, asked_at=LATER,
        )  # fmt: skip
