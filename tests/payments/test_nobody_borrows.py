"""What the finance desk writes with the owner's rights, or by two, nobody else writes."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from payments.models import Difference, Movement, Remittance
from tests.payments.remittances import world as desks
from tests.payments.statements.books import Account, Booking, bring, written

pytestmark = pytest.mark.django_db


def run(statement, values=()):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "function", ["payments_keep_hold", "payments_keep_open_items", "payments_await_remittance"]
)
def test_a_trigger_of_the_owners_hangs_on_no_table_of_somebody_elses(function, as_application):
    run("CREATE TEMPORARY TABLE borrowed (movement_id bigint)")
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(
            f"CREATE TRIGGER borrows AFTER INSERT ON borrowed FOR EACH ROW"
            f" EXECUTE FUNCTION {function}()"
        )


def test_nothing_waits_to_be_remitted_that_was_never_allocated(as_application):
    with pytest.raises(ProgrammingError, match="permission denied"):
        run("INSERT INTO payments_unremitted VALUES (1, 1, 1)")


def test_an_account_for_remittances_begins_undecided(monkeypatch, as_application):
    desk = desks.desk()
    desks.name_account(desk)
    with pytest.raises(IntegrityError, match="cannot begin decided"):
        run(
            "INSERT INTO payments_settlement_account SELECT (jsonb_populate_record("
            "NULL::payments_settlement_account, to_jsonb(a) || '{\"id\": 999}')).*"
            " FROM payments_settlement_account a"
        )


def test_a_debit_that_names_a_paid_batch_and_is_another_sum_is_nobodys_order(monkeypatch):
    desk = desks.desk()
    desks.layout(monkeypatch)
    desks.name_account(desk)
    desks.paid(desk, 1000)
    batch = desks.sent(desk)
    advice = written(
        Booking(amount=-1000, id="ADVICE", end_to_end=batch.end_to_end_id, day=1),
        opening=None,
        closing=None,
        form="4",
    )
    bring(advice, at=desks.NEXT_DAY)
    account = Account(balance=9_000_000)
    theft = Booking(amount=-5_000_000, id="THEFT", text=f"x {batch.end_to_end_id}", day=1)
    bring(account.statement(theft, day=1), at=desks.NEXT_DAY)
    true_line = Booking(amount=-1000, id="BOOKED", end_to_end=batch.end_to_end_id, day=2)
    bring(account.statement(true_line, day=2), at=desks.NEXT_DAY)

    out = Movement.objects.exclude(leg="credit").values_list("external_id", "leg", "amount_minor")
    assert sorted(out) == [("ADVICE", "remittance", 1000), ("THEFT", "withdrawal", 5_000_000)]
    assert Remittance.objects.get().state == "CONFIRMED"
    assert Difference.objects.filter(told_amount_minor=1000).exists()
