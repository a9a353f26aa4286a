"""The statement's line ends a batch, and the law of beneficiaries holds all the way."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from payments import invariants
from payments.models import Movement, Remittance
from payments.operations import remitting
from payments.queries import proving
from payments.states import Leg
from payments.states import RemittanceState as M
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
    paid,
    proposed,
    sent,
)
from tests.payments.world import debit, post


@pytest.fixture(autouse=True)
def _layout(monkeypatch) -> None:
    layout(monkeypatch)


def broken() -> dict[str, int]:
    """Rows that break an invariant of money, by its code."""
    with connection.cursor() as cursor:
        counts = {}
        for each in invariants.INVARIANTS:
            cursor.execute(each.sql)
            counts[each.code] = len(cursor.fetchall())
    about = ("law_1_by_beneficiary", "balance_of_payables", "unremitted_is_payable")
    return {code: count for code, count in counts.items() if count and code in about}


def on_the_statement(desk, batch: Remittance, amount_minor: int | None = None) -> None:
    line = debit(
        desk.world.bank,
        Leg.REMITTANCE,
        amount_minor or batch.amount_minor,
        key=batch.key,
        occurred_at=NEXT_DAY,
    )
    post(line, at=NEXT_DAY)


@pytest.mark.django_db
@pytest.mark.parametrize("is_answered", [True, False])
def test_a_batch_is_confirmed_by_the_statement_and_the_law_holds(commits, is_answered) -> None:
    at_desk = desk()
    paid(at_desk, 500, 200)
    # The bank that pays holds what it pays.
    paid(at_desk, 900, rail=at_desk.world.bank)
    name_account(at_desk)
    batch = sent(at_desk)
    commits()
    assert broken() == {}
    if is_answered:
        remitting.take_report(
            remittance_id=batch.pk, data=answer(batch, "ACSC"), by_id=at_desk.asks, at=NEXT_DAY
        )
    on_the_statement(at_desk, batch)
    commits()
    batch.refresh_from_db()
    assert (batch.state, batch.confirmed_at) == (M.CONFIRMED, NEXT_DAY)
    assert broken() == {}
    # Nothing that is told afterwards changes it.
    remitting.take_report(
        remittance_id=batch.pk, data=answer(batch, "RJCT"), by_id=at_desk.asks, at=NEXT_DAY
    )
    batch.refresh_from_db()
    assert batch.state == M.CONFIRMED


@pytest.mark.django_db
def test_the_proof_of_a_bill_leads_to_the_line_that_paid_its_batch(commits) -> None:
    at_desk = desk()
    bill = paid(at_desk, 500)
    other = paid(at_desk, 900, rail=at_desk.world.bank)
    name_account(at_desk)
    on_the_statement(at_desk, sent(at_desk))
    commits()
    for one in (bill, other):
        came, gone = proving.proof(one.id).movements
        assert (came.leg, gone.leg) == ("credit", "remittance")
        assert [entry.kind for entry in gone.entries] == ["remitted"]


@pytest.mark.django_db
def test_another_amount_than_the_batch_confirms_nothing(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    name_account(at_desk)
    batch = sent(at_desk)
    on_the_statement(at_desk, batch, amount_minor=499)
    commits()
    batch.refresh_from_db()
    assert batch.state == M.SENT
    assert Movement.objects.get(amount_minor=499).leg == Leg.WITHDRAWAL


@pytest.mark.django_db
def test_the_laws_hold_while_batches_are_built_cancelled_and_refused(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500, 200)
    name_account(at_desk)
    name_account(at_desk, TREASURY)
    batch, other = sent(at_desk), proposed(at_desk, TREASURY)
    commits()
    assert broken() == {}
    believed(at_desk, batch)
    remitting.cancel(
        remittance_id=other.pk,
        seen_state=M.PROPOSED,
        reason="not today",
        by_id=at_desk.asks,
        at=NEXT_DAY,
    )
    commits()
    assert broken() == {}


@pytest.mark.django_db(transaction=True)
def test_two_builders_at_once_take_each_allocation_once() -> None:
    at_desk = desk()
    for _ in range(10):
        paid(at_desk, 100)
    name_account(at_desk)
    gate = threading.Barrier(4)
    done: list[object] = []

    def run() -> None:
        gate.wait()
        try:
            done.append(built(at_desk).amount_minor)
        except remitting.NothingToRemit:
            done.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done, key=str) == [1000, None, None, None]


@pytest.mark.django_db(transaction=True)
def test_of_two_approvals_at_once_one_counts() -> None:
    at_desk = desk()
    paid(at_desk, 500)
    name_account(at_desk)
    batch = proposed(at_desk)
    gate = threading.Barrier(2)
    done: list[str] = []

    def run() -> None:
        gate.wait()
        try:
            approve(Remittance.objects.get(pk=batch.pk), at_desk.decides)
            done.append("approved")
        except remitting.RemittanceMoved:
            done.append("moved")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["approved", "moved"]


@pytest.mark.django_db
def test_what_comes_while_a_batch_is_built_waits_and_is_not_lost(commits) -> None:
    at_desk = desk()
    paid(at_desk, 500)
    name_account(at_desk)
    with transaction.atomic():
        batch = built(at_desk)
        paid(at_desk, 300, at=NEXT_DAY)
    later = built(at_desk, DISTRICT, NEXT_DAY + timedelta(days=1))
    commits()
    assert (batch.amount_minor, later.amount_minor) == (500, 300)
