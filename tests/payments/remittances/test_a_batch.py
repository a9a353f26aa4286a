"""The life of a batch: built, two people, the bank's word; and what it refuses."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts import policies as grants
from accounts.models import Grant
from accounts.operations import StepUpRefused
from payments import sql
from payments.models import LedgerAccount, Posting, Remittance
from payments.operations import remitting
from payments.states import RemittanceState as M
from tests.accounts import people
from tests.payments.refusing import refused
from tests.payments.remittances.world import (
    DISTRICT,
    NEXT_DAY,
    TREASURY,
    answer,
    approve,
    believed,
    built,
    desk,
    layout,
    name_account,
    new_account,
    paid,
    proposed,
    sent,
    stepped_up,
)
from tests.payments.reversing import take_back
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _layout(monkeypatch) -> None:
    layout(monkeypatch)


def waiting(code: str = DISTRICT) -> int:
    """What waits for a batch, in minor units."""
    rows = sql.run("stands_payable", cut_off=NEXT_DAY, beneficiary_code=code)
    return rows[0][5] if rows else 0


def balance(role: str, code: str = DISTRICT) -> int:
    account = LedgerAccount.objects.filter(role=role, beneficiary__code=code).first()
    return -sum(Posting.objects.filter(account=account).values_list("amount_minor", flat=True))


def test_all_that_was_posted_up_to_the_cut_off_goes_into_one_batch_once(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500, 200)
    paid(at_desk, 300)
    name_account(at_desk)
    batch = built(at_desk)
    commits()
    assert (batch.amount_minor, batch.gross_minor, batch.allocations) == (800, 800, 2)
    assert (batch.state, waiting(), waiting(TREASURY)) == (M.BUILDING, 0, 200)
    with pytest.raises(remitting.NothingToRemit):
        built(at_desk)


def test_what_comes_after_the_cut_off_waits_for_the_next_batch(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    paid(at_desk, 300, at=NEXT_DAY)
    name_account(at_desk)
    assert built(at_desk).amount_minor == 500
    commits()
    assert waiting() == 300


def test_a_batch_lives_from_its_building_to_the_banks_word(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    name_account(at_desk)
    batch = proposed(at_desk)
    assert (balance("payable"), balance("remittance_in_transit")) == (500, 0)
    approve(batch, at_desk.decides)
    commits()
    assert (balance("payable"), balance("remittance_in_transit")) == (0, 500)
    remitting.mark_sent(
        remittance_id=batch.pk, bank_receipt="BK-77", by_id=at_desk.asks, at=NEXT_DAY
    )
    remitting.take_report(
        remittance_id=batch.pk, data=answer(batch, "ACSP"), by_id=at_desk.asks, at=NEXT_DAY
    )
    commits()
    batch.refresh_from_db()
    assert (batch.state, batch.bank_receipt) == (M.ACKNOWLEDGED, "BK-77")


def test_what_the_bank_refuses_is_payable_again_and_goes_in_the_next_batch(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    name_account(at_desk)
    first = sent(at_desk)
    believed(at_desk, first)
    commits()
    assert (first.state, first.ended_because) == (M.FAILED, "RJCT, AC04")
    assert (balance("payable"), balance("remittance_in_transit"), waiting()) == (500, 0, 500)
    following = sent(at_desk)
    commits()
    assert (following.amount_minor, waiting()) == (500, 0)
    # What stood in the batch that came to nothing can still be read.
    assert len(sql.run("lines_of_remittance", remittance_id=first.pk)) == 1


@pytest.mark.parametrize("state", ["BUILDING", "PROPOSED"])
def test_a_batch_cancelled_before_it_is_approved_gives_its_money_back(commits, state) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    name_account(at_desk)
    batch = built(at_desk) if state == "BUILDING" else proposed(at_desk)
    remitting.cancel(
        remittance_id=batch.pk, seen_state=state, reason="wrong account", at=NEXT_DAY,
        by_id=at_desk.asks,
    )  # fmt: skip
    commits()
    assert (balance("payable"), waiting()) == (500, 500)
    assert Remittance.objects.get(pk=batch.pk).state == M.CANCELLED


def test_what_was_taken_back_is_taken_off_the_next_batch(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    name_account(at_desk)
    sent(at_desk)
    take_back(at=NEXT_DAY)
    with pytest.raises(remitting.OwedBack) as owed:
        built(at_desk, at=NEXT_DAY + timedelta(days=1))
    assert owed.value.amount_minor == 500
    paid(at_desk, 700, at=NEXT_DAY)
    batch = built(at_desk, at=NEXT_DAY + timedelta(days=1))
    commits()
    assert (batch.gross_minor, batch.taken_back_minor, batch.amount_minor) == (700, 500, 200)


def test_what_is_taken_back_after_the_cut_off_is_not_remitted_either(commits) -> None:
    at_desk = desk()
    paid(at_desk, 700)
    paid(at_desk, 500)
    name_account(at_desk)
    take_back(at=NEXT_DAY)
    batch = built(at_desk)
    commits()
    assert (batch.gross_minor, batch.taken_back_minor, batch.amount_minor) == (1200, 500, 700)
    assert waiting() == 0


def test_without_an_account_that_two_people_named_nothing_is_built(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    remitting.ask_account(
        beneficiary_code=DISTRICT, currency="RWF", new=new_account(), by_id=at_desk.asks, at=NOON
    )
    with pytest.raises(remitting.NoAccountNamed):
        built(at_desk)
    assert waiting() == 500


def test_a_batch_is_not_approved_for_an_account_that_was_changed_since(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    name_account(at_desk)
    batch = proposed(at_desk)
    name_account(at_desk, number="999", at=NEXT_DAY)
    with pytest.raises(remitting.AccountChanged):
        approve(batch, at_desk.decides)
    with refused("remittance_to_the_account_in_force"):
        Remittance.objects.filter(pk=batch.pk).update(
            state=M.APPROVED, checker_id=at_desk.decides, approved_at=NEXT_DAY
        )


def test_whoever_proposed_a_batch_does_not_approve_it(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    name_account(at_desk)
    both = people.officer("remittance.ask", "remittance.decide")
    batch = built(at_desk)
    remitting.propose(remittance_id=batch.pk, by_id=both, at=NEXT_DAY)
    with pytest.raises(remitting.SamePerson):
        approve(batch, both)
    batch.refresh_from_db()
    assert batch.state == M.PROPOSED


@pytest.mark.parametrize("is_same_account", [True, False])
def test_postgresql_refuses_one_person_for_both(as_application, is_same_account) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    name_account(at_desk)
    batch = proposed(at_desk)
    maker = people.Account.objects.get(pk=at_desk.asks)
    checker = maker if is_same_account else people.staff(person=maker.person)
    with connection.cursor() as cursor, refused("two_persons"):
        cursor.execute(
            "UPDATE payments_remittance SET state = 'APPROVED', checker_id = %s,"
            " approved_at = now() WHERE id = %s",
            [checker.pk, batch.pk],
        )


def test_an_approval_after_the_grant_ended_is_refused(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    name_account(at_desk)
    batch = proposed(at_desk)
    Grant.objects.filter(account_id=at_desk.decides, act="remittance.decide").update(
        ended_at=NEXT_DAY, ended_by_id=at_desk.asks
    )
    with pytest.raises(grants.NotGranted):
        approve(batch, at_desk.decides, NEXT_DAY + timedelta(minutes=1))


def test_an_approval_needs_a_fresh_password_and_uses_it_up(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500, 200)
    name_account(at_desk)
    name_account(at_desk, TREASURY)
    batch, other = proposed(at_desk), proposed(at_desk, TREASURY)
    step = stepped_up(at_desk.decides)
    late = NEXT_DAY + timedelta(minutes=6)
    with pytest.raises(StepUpRefused):
        remitting.approve(remittance_id=batch.pk, by_id=at_desk.decides, step_up_id=step, at=late)
    remitting.approve(remittance_id=batch.pk, by_id=at_desk.decides, step_up_id=step, at=NEXT_DAY)
    with pytest.raises(StepUpRefused):
        remitting.approve(
            remittance_id=other.pk, by_id=at_desk.decides, step_up_id=step, at=NEXT_DAY
        )


def test_nothing_is_done_twice(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    name_account(at_desk)
    batch = sent(at_desk)
    taken = answer(batch, "ACTC")
    with pytest.raises(remitting.RemittanceMoved):
        approve(batch, at_desk.decides)
    with pytest.raises(remitting.RemittanceMoved):
        remitting.mark_sent(
            remittance_id=batch.pk, bank_receipt="2", by_id=at_desk.asks, at=NEXT_DAY
        )
    with pytest.raises(remitting.RemittanceMoved):
        remitting.cancel(
            remittance_id=batch.pk, seen_state="APPROVED", reason="late page",
            by_id=at_desk.decides, at=NEXT_DAY,
        )  # fmt: skip
    told = {"remittance_id": batch.pk, "data": taken, "by_id": at_desk.asks, "at": NEXT_DAY}
    remitting.take_report(**told)
    with pytest.raises(remitting.ReportKnown):
        remitting.take_report(**told)


def test_the_banks_word_about_another_order_changes_nothing(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500, 200)
    name_account(at_desk)
    name_account(at_desk, TREASURY)
    batch, other = sent(at_desk), built(at_desk, TREASURY)
    with pytest.raises(remitting.AnotherBatch):
        remitting.take_report(
            remittance_id=batch.pk, data=answer(other, "RJCT"), by_id=at_desk.asks, at=NEXT_DAY
        )
    with pytest.raises(remitting.RemittanceMoved):
        remitting.take_report(
            remittance_id=other.pk, data=answer(other, "ACTC"), by_id=at_desk.asks, at=NEXT_DAY
        )


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("DELETE FROM payments_unremitted", "unremitted_leaves_for_a_batch"),
        ("DELETE FROM payments_remittance_line", "remittance_line_is_given_back"),
        (
            """INSERT INTO payments_remittance_line SELECT u.allocation_id, r.id, u.amount_minor
            FROM payments_unremitted u, payments_remittance r LIMIT 1""",
            "remittance_line_is_its_allocation",
        ),
        (
            """INSERT INTO payments_remittance_line
            SELECT allocation_id, remittance_id, amount_minor FROM payments_remittance_line""",
            "payments_remittance_line_pkey",
        ),
        (
            "UPDATE payments_remittance SET amount_minor = 1, gross_minor = 1",
            "remittance_frozen_once_built",
        ),
        (
            "UPDATE payments_remittance SET state = 'CONFIRMED', confirmed_at = now()",
            "payments.remittance_edge",
        ),
    ],
)
def test_postgresql_keeps_each_allocation_in_one_place(as_owner, statement, rule) -> None:
    at_desk = desk()
    paid(at_desk, 500, 200)
    name_account(at_desk)
    built(at_desk)
    with connection.cursor() as cursor, refused(rule):
        cursor.execute(statement)
