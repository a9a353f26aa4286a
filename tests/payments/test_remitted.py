"""A batch's money from what is payable to the bank's own word: one movement, its amount, once."""

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.models import EventRow
from payments import posting
from payments.models import Difference, Movement
from payments.states import Leg
from payments.states import RemittanceState as M
from tests.payments.books import balance, check_all
from tests.payments.remittances.world import desk, layout, name_account, paid, proposed, sent
from tests.payments.reversing import take_back
from tests.payments.settling import asked, explain, explained, withdrawal
from tests.payments.statements.books import Account, Booking, bring, written
from tests.payments.world import debit, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(monkeypatch):
    """800 francs of the district's on their way from the bank, where 2,000 stand."""
    layout(monkeypatch)
    at_desk = desk()
    name_account(at_desk)
    paid(at_desk, 800, rail=at_desk.world.bank)
    batch = sent(at_desk)
    return at_desk, batch


def told(batch, amount_minor=800, **more):
    return debit(at_bank(batch), Leg.REMITTANCE, amount_minor, key=batch.key, **more)


def at_bank(batch):
    return batch.rail


def states(batch):
    batch.refresh_from_db()
    return batch.state


def test_an_approved_batch_has_left_what_is_payable(books):
    assert balance("payable", "district-11") == 0
    assert balance("remittance_in_transit", "district-11") == -800
    check_all()


def test_the_banks_debit_confirms_the_batch_once(books):
    _, batch = books

    post(told(batch, external_id="B1"))

    [movement] = Movement.objects.filter(leg="remittance")
    assert (movement.remittance_id, movement.amount_minor) == (batch.pk, 800)
    assert states(batch) == M.CONFIRMED
    assert balance("remittance_in_transit", "district-11") == 0
    assert EventRow.objects.filter(name="payments.remittance.confirmed").count() == 1

    again = post(told(batch, external_id="B1"), told(batch, external_id="B2", source="statement"))

    assert (again.movements, again.differences) == (0, 0)
    assert EventRow.objects.filter(name="payments.remittance.confirmed").count() == 1
    check_all()


def test_a_batch_told_twice_in_one_file_is_paid_once(books):
    _, batch = books

    posted = post(told(batch, external_id="B1"), told(batch, external_id="B2"))

    assert (posted.movements, states(batch)) == (1, M.CONFIRMED)
    check_all()


@pytest.mark.parametrize("amount", [799, 801])
def test_another_amount_is_a_withdrawal_with_a_difference(books, amount):
    _, batch = books

    posted = post(told(batch, amount, external_id="B1"))

    assert (posted.unexplained, posted.differences, states(batch)) == (1, 1, M.SENT)
    [difference] = Difference.objects.all()
    assert difference.movement.leg == Leg.WITHDRAWAL
    assert (difference.movement.amount_minor, difference.told_amount_minor) == (amount, 800)
    check_all()


def test_the_statement_names_the_batch_by_its_end_to_end_id(books):
    _, batch = books
    line = Booking(amount=-800, id="BK-9", end_to_end=batch.end_to_end_id)

    bring(Account(balance=2000).statement(line))

    assert states(batch) == M.CONFIRMED
    check_all()


def test_a_second_line_with_the_batchs_id_is_a_withdrawal(books):
    _, batch = books
    lines = [
        Booking(amount=-800, id=name, end_to_end=batch.end_to_end_id) for name in ("BK-1", "BK-2")
    ]

    bring(Account(balance=2000).statement(*lines))

    assert sorted(Movement.objects.exclude(leg="credit").values_list("leg", flat=True)) == [
        "remittance",
        "withdrawal",
    ]
    check_all()


def test_a_line_with_the_batchs_id_and_another_amount_is_a_withdrawal(books):
    _, batch = books

    bring(
        Account(balance=2000).statement(
            Booking(amount=-790, id="BK-1", end_to_end=batch.end_to_end_id)
        )
    )

    assert (states(batch), Difference.objects.count()) == (M.SENT, 1)
    check_all()


def test_an_advice_and_the_statement_tell_one_payment(books):
    _, batch = books
    advice = written(
        Booking(amount=-800, id="ADV-1", end_to_end=batch.end_to_end_id),
        opening=None,
        closing=None,
        form="4",
    )
    bring(advice)

    bring(
        Account(balance=2000).statement(
            Booking(amount=-800, id="BK-1", end_to_end=batch.end_to_end_id)
        )
    )

    [movement] = Movement.objects.exclude(leg="credit")
    assert (movement.leg, movement.evidence.count()) == ("remittance", 2)
    check_all()


def test_two_people_may_say_that_a_withdrawal_paid_the_batch(books):
    at_desk, batch = books
    gone = withdrawal(at_desk.world.bank, 800)

    explained(gone, "remittance", remittance_id=batch.pk)

    assert states(batch) == M.CONFIRMED
    assert balance("unexplained", "bank-rw") == 0
    check_all()

    late = post(told(batch, external_id="B7"))

    assert (late.unexplained, late.differences) == (1, 1)
    check_all()


def test_no_withdrawal_pays_a_batch_that_was_paid(books):
    at_desk, batch = books
    gone = withdrawal(at_desk.world.bank, 800)
    explanation = asked(gone, "remittance", remittance_id=batch.pk)
    post(told(batch, external_id="B1"))

    with pytest.raises(posting.DoesNotFit):
        explain(explanation)


def test_what_was_taken_back_after_it_was_remitted_is_owed_back(books):
    _, batch = books
    post(told(batch, external_id="B1"))

    take_back()

    assert balance("payable", "district-11") == 800  # A debit: the next batch takes it off.
    check_all()


def test_a_batch_is_not_confirmed_without_the_money(books, commits):
    _, batch = books

    def confirm():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE payments_remittance SET state = 'CONFIRMED', confirmed_at = now()"
            )
            commits()

    with pytest.raises(DatabaseError, match="was paid 0 times"):
        confirm()
    post(told(batch))
    check_all()


def test_a_batch_is_not_approved_without_its_journal(monkeypatch, commits):
    layout(monkeypatch)
    at_desk = desk()
    name_account(at_desk)
    paid(at_desk, 800, rail=at_desk.world.bank)
    batch = proposed(at_desk)
    commits()

    def approve():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE payments_remittance SET state = 'APPROVED', approved_at = now(),"
                " checker_id = %s WHERE id = %s",
                [at_desk.decides, batch.pk],
            )
            commits()

    with pytest.raises(DatabaseError, match="its journals say otherwise"):
        approve()
