"""What raw SQL cannot do to a day that is closed, or that is not ready to be."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from payments.models import CloseDifference
from tests.accounts.people import staff
from tests.payments.closing.days import ZONE, close_through
from tests.payments.world import make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

DAY = NOON.date()
AFTER = NOON + timedelta(days=1)
PREPARE = (
    "INSERT INTO payments_close (day, zone, prepared_by_id, prepared_at, prepared_journals)"
    " VALUES (%s, %s, %s, %s, 0)"
)
SIGN = "UPDATE payments_close SET signed_by_id = %s, signed_at = %s WHERE day = %s"
SEAL = "UPDATE payments_close SET summary = %s WHERE day = %s"
SHUT = "UPDATE payments_ledger_day SET closed_at = %s WHERE day = %s"


@pytest.fixture
def world():
    made = make_world()
    close_through(DAY - timedelta(days=1), at=NOON)
    return made


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def refuse(match, statement, *values):
    with pytest.raises(DatabaseError, match=match or None), transaction.atomic():
        run(statement, *values)


def prepared(day=DAY):
    maker = staff().pk
    run(PREPARE, day, ZONE, maker, AFTER)
    return maker


def test_a_day_does_not_close_without_two_signatures(world, commits):
    refuse("nobody has signed it", SHUT, AFTER, DAY)
    maker = prepared()
    refuse("nobody has signed it", SHUT, AFTER, DAY)
    refuse("one person prepared and signed", SIGN, maker, AFTER, DAY)
    signer = staff().pk
    with transaction.atomic():
        run(SIGN, signer, AFTER, DAY)
        with pytest.raises(DatabaseError, match="signed and stays open"):
            commits()
        transaction.set_rollback(True)
    run(SIGN, staff().pk, AFTER, DAY)
    refuse("nobody has signed it", SHUT, AFTER, DAY)
    run(SEAL, b"%PDF", DAY)
    run(SHUT, AFTER, DAY)
    commits()


def test_a_day_is_not_signed_before_it_is_over_or_before_an_older_one(world):
    prepared()
    refuse("is not over", SIGN, staff().pk, NOON + timedelta(hours=11), DAY)
    tomorrow = DAY + timedelta(days=1)
    prepared(tomorrow)
    refuse("a day before it is open", SIGN, staff().pk, AFTER + timedelta(days=2), tomorrow)
    refuse("a day before it is open", SHUT, AFTER, tomorrow)


def test_a_day_is_not_signed_with_a_difference_that_is_nobodys(world):
    post(telling(world.mtn, "", 70))
    prepared()
    refuse("1 differences are not listed", SIGN, staff().pk, AFTER, DAY)


def test_nobody_signs_what_was_never_prepared(world):
    refuse(
        "signed before it was prepared",
        "INSERT INTO payments_close (day, zone, prepared_by_id, prepared_at, prepared_journals,"
        " signed_by_id, signed_at) VALUES (%s, %s, %s, %s, 0, %s, %s)",
        DAY,
        ZONE,
        staff().pk,
        AFTER,
        staff().pk,
        AFTER,
    )


def test_a_closed_day_stays_as_it_was_sealed(world):
    before = DAY - timedelta(days=1)
    for change in (
        "UPDATE payments_close SET sha256 = sha256('') WHERE day = %s",
        "UPDATE payments_close SET note = '' WHERE day = %s",
        "DELETE FROM payments_close WHERE day = %s",
        "UPDATE payments_ledger_day SET closed_at = NULL WHERE day = %s",
        "UPDATE payments_ledger_day SET closed_at = now() WHERE day = %s",
        "DELETE FROM payments_ledger_day WHERE day = %s",
    ):
        refuse("", change, before)


def test_nobody_makes_a_record_or_a_seal_up(world):
    prepared()
    run(
        "UPDATE payments_close SET signed_by_id = %s, signed_at = %s, sha256 = sha256('x'),"
        " summary = 'x', record = 'x', journals = 99, totals = '[1]',"
        " sealed_at = '2020-01-01 00:00Z' WHERE day = %s",
        staff().pk,
        AFTER,
        DAY,
    )
    for change in ("record = 'x'", "signed_at = signed_at + interval '1 hour'", "totals = '[1]'"):
        refuse("", f"UPDATE payments_close SET {change}, summary = '%%PDF' WHERE day = %s", DAY)
    run(SEAL, b"%PDF", DAY)
    refuse("", SEAL, b"another", DAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sha256 = payments_seal_of(payments_record_of(c), '%%PDF'), record, journals,"
            " totals, sealed_at BETWEEN now() - interval '1 hour' AND clock_timestamp()"
            " FROM payments_close c WHERE day = %s",
            [DAY],
        )
        is_sealed, record, *others = cursor.fetchone()
    assert (is_sealed, record[:15], others) == (True, "guichet-close 2", [0, "[]", True])
    run(SHUT, AFTER, DAY)


def test_a_closed_day_takes_no_posting(world):
    refuse(
        "closed or was never opened",
        "INSERT INTO payments_journal (kind, subject_id, business_day, occurred_at)"
        " VALUES ('sweep', 1, %s, %s)",
        DAY - timedelta(days=1),
        NOON,
    )


def test_a_day_before_a_closed_one_is_never_opened(world):
    run("INSERT INTO payments_ledger_day (day) VALUES (%s)", DAY - timedelta(days=99))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM payments_ledger_day WHERE day < %s", [DAY - timedelta(9)]
        )
        assert cursor.fetchone() == (0,)


def test_a_listed_difference_is_neither_rewritten_nor_settled_before_its_cause_is_gone(world):
    post(telling(world.mtn, "", 70))
    listed = CloseDifference.objects.create(
        day_found_id=DAY,
        kind="statement_missing",
        subject=f"statement:mtn-rw:{DAY}",
        rail=world.mtn,
        owner=staff(),
        note="asked",
        opened_at=NOON,
    )
    table = "payments_close_difference"
    for change, said in (
        (f"UPDATE {table} SET amount_minor = 9 WHERE id = %s", ""),
        (f"UPDATE {table} SET note = ' ' WHERE id = %s", "has_a_note"),
        (f"UPDATE {table} SET settled_at = now() WHERE id = %s", "its cause still stands"),
        (
            f"UPDATE {table} SET settled_at = now(), settled_by_id = 1, settled_note = 'x'"  # noqa: ISC004
            " WHERE id = %s",
            "settled_by_its_cause",
        ),
        (f"DELETE FROM {table} WHERE id = %s", ""),
    ):
        refuse(said, change, listed.pk)
