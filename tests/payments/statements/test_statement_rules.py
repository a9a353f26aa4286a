"""What PostgreSQL itself holds of statements, whoever writes."""

import psycopg
import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from payments.models import Statement, StatementFile, StatementLine
from tests.payments.statements.books import Account, Booking, bring
from tests.payments.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = (IntegrityError, ProgrammingError, InternalError)


@pytest.fixture
def posted():
    make_world()
    account = Account(balance=900)
    bring(account.statement(Booking(amount=500, id="A")))
    bring(account.statement(Booking(amount=-300, id="X", is_reversal=True, day=1), day=1))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payments_statement_file SET body = 'x'",
        "UPDATE payments_statement_file SET state = 'KEPT'",
        "DELETE FROM payments_statement_file",
        "UPDATE payments_statement SET closing_minor = closing_minor + 1",
        "UPDATE payments_statement SET state = 'KEPT', posted_at = NULL",
        "UPDATE payments_statement SET problems = '[\"balance\"]'",
        "DELETE FROM payments_statement",
        "UPDATE payments_statement_line SET amount_minor = 1",
        "UPDATE payments_statement_line SET fate = 'NOTHING' WHERE fate = 'POSTED'",
        "DELETE FROM payments_statement_line",
        "TRUNCATE payments_statement_line",
    ],
)
def test_what_is_posted_stays(posted, change, as_owner):
    with pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    with pytest.raises(psycopg.Error), as_owner.transaction():
        as_owner.execute(change.replace("TRUNCATE", "DELETE FROM"))


def test_a_file_is_its_hash(posted, as_owner):
    with pytest.raises(psycopg.errors.CheckViolation, match="is not its hash"):
        as_owner.execute(
            "INSERT INTO payments_statement_file (sha256, name, bytes, body, imported_at)"
            " VALUES (sha256('y'), 'x', 1, 'x', now())"
        )


def copy_of(row, **changes):
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname != "id"
    }
    return type(row)(**{**values, **changes})


def test_the_same_line_stands_once(posted):
    line = StatementLine.objects.first()

    with pytest.raises(IntegrityError, match="statement_line_told_once"), transaction.atomic():
        copy_of(line, line_no=9, movement_id=None, fate="WAITING", amount_minor=-1).save()


def test_a_movement_is_told_by_one_line_of_an_account(posted):
    line = StatementLine.objects.get(fate="POSTED")

    with pytest.raises(IntegrityError, match="statement_line_of_movement"), transaction.atomic():
        copy_of(line, line_no=9, occurrence=2).save()


def test_a_statement_that_does_not_add_up_cannot_be_posted(posted):
    row = Statement.objects.get(next=None)

    with pytest.raises(IntegrityError, match="statement_posted_adds_up"), transaction.atomic():
        copy_of(row, place=5, previous_id=row.pk, difference_minor=1).save()


def test_a_chain_has_one_beginning_and_no_branches(posted):
    first = Statement.objects.get(previous=None)

    with pytest.raises(IntegrityError, match="statement_chain_begins_once"), transaction.atomic():
        copy_of(first, place=5).save()
    with pytest.raises(IntegrityError, match="statement_follows_one"), transaction.atomic():
        copy_of(first, place=5, previous_id=first.pk).save()


def test_lines_lead_from_one_balance_to_the_next(posted):
    last = Statement.objects.get(next=None)

    with (
        pytest.raises(IntegrityError, match="do not lead to its closing balance"),
        transaction.atomic(),
    ):
        copy_of(last, place=5, previous_id=last.pk, closing_minor=last.closing_minor + 1).save()


def test_a_file_that_is_posted_stays_posted(posted):
    with pytest.raises(IntegrityError), transaction.atomic():
        StatementFile.objects.update(problem="later")
