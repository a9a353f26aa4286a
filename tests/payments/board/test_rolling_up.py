"""Sums kept beside the ledger are exact at every moment, whoever is writing to it."""

import os
from contextlib import closing
from itertools import count
from threading import Event, Thread
from time import sleep

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments import posting
from payments.invariants import INVARIANTS
from payments.models import LedgerAccount
from payments.operations.rolling_up import roll_up
from payments.queries import board
from payments.states import Leg
from tests.payments.world import debit, issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = NOON.date()
HOLDS = next(each.sql for each in INVARIANTS if each.code == "rollup_is_its_postings")
# One statement, one snapshot: the balances by the sums and by all postings there are.
COMPARED = """
    SELECT account_id FROM (
        SELECT account_id, debit_minor - credit_minor AS minor FROM payments_account_sum
        UNION ALL SELECT account_id, debit_minor - credit_minor FROM payments_unrolled
        UNION ALL SELECT account_id, -amount_minor FROM payments_posting
    ) part GROUP BY account_id HAVING sum(minor) <> 0
    UNION ALL
    SELECT account_id FROM (
        SELECT account_id, business_day, kind, debit_minor - credit_minor AS minor
        FROM payments_day_sum
        UNION ALL
        SELECT p.account_id, j.business_day, j.kind, -p.amount_minor
        FROM payments_posting p JOIN payments_journal j ON j.id = p.journal_id
    ) part GROUP BY account_id, business_day, kind HAVING sum(minor) <> 0
"""


def account(code: str) -> int:
    return LedgerAccount.objects.get(code=code).pk


def rolled() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(journals), 0) FROM payments_account_day")
        return int(cursor.fetchone()[0])


def roll_up_all() -> None:
    """Until nothing is left: whoever writes in the cluster, as autovacuum does, holds it up."""
    for _ in range(200):
        roll_up(NOON)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM payments_unrolled")
            if cursor.fetchone() == (0,):
                return
        sleep(0.05)
    raise AssertionError("It is never rolled up.")


def wrong(asked: psycopg.Connection) -> list[tuple]:
    return [*asked.execute(COMPARED).fetchall(), *asked.execute(HOLDS).fetchall()]


def day_sums(day):
    """Debits and credits of a day by account."""
    sums = {}
    for part in board.parts_of(day):
        debit_minor, credit_minor = sums.get(part.account_id, (0, 0))
        sums[part.account_id] = (
            debit_minor + part.debit_minor,
            credit_minor + part.credit_minor,
        )
    return sums


def test_a_day_and_a_balance_are_what_was_posted_before_and_after_the_roll_up(as_owner):
    world = make_world()
    bill = issue(500, 250)
    post(
        telling(world.mtn, bill.reference, 800, external_id="C1"),
        debit(world.mtn, Leg.CHARGE, 9, original="C1"),
    )
    clearing, suspense = account("clearing:mtn-rw:RWF"), account("suspense:mtn-rw:RWF")
    payable = account("payable:treasury:RWF")
    for _ in ("not rolled", "rolled", "rolled again"):
        sums, balances = day_sums(TODAY), board.balances()
        assert (sums[clearing], sums[suspense], sums[payable]) == ((800, 9), (0, 50), (0, 250))
        assert (balances[clearing], balances[suspense], balances[payable]) == (791, -50, -250)
        assert wrong(as_owner) == []
        roll_up_all()
    assert rolled() > 0


def test_money_of_an_agency_is_told_by_the_road_that_it_came():
    world = make_world()
    by_phone, by_bank = issue(500), issue(300)
    post(telling(world.mtn, by_phone.reference, 500), telling(world.bank, by_bank.reference, 300))
    roll_up(NOON)
    payable = account("payable:district-11:RWF")
    roads = {
        part.rail_id: part.credit_minor
        for part in board.parts_of(TODAY)
        if part.account_id == payable
    }
    assert roads == {world.mtn.pk: 500, world.bank.pk: 300}


def test_an_older_day_is_told_as_it_ended():
    world = make_world()
    clearing = account("clearing:mtn-rw:RWF")
    post(telling(world.mtn, "nobody's", 70))
    roll_up(NOON)
    yesterday = TODAY.replace(day=TODAY.day - 1)
    assert board.balances(yesterday).get(clearing, 0) == 0
    assert board.balances(TODAY)[clearing] == 70
    assert board.parts_of(yesterday) == ()


def test_what_is_in_flight_while_others_commit_is_counted_once_it_commits(as_owner):
    world = make_world()
    clearing = account("clearing:mtn-rw:RWF")
    written, let_go = Event(), Event()

    def post_slowly() -> None:
        try:
            with transaction.atomic():
                posting.post([telling(world.mtn, "nobody's", 1_000)], at=NOON)
                written.set()
                let_go.wait(30)
        finally:
            written.set()
            connection.close()

    slow = Thread(target=post_slowly)
    slow.start()
    try:
        assert written.wait(30)
        post(telling(world.mtn, "nobody's", 70))
        roll_up(NOON)
        assert board.balances()[clearing] == 70
        assert rolled() == 0  # Nobody knows yet what the older transaction will add.
        assert wrong(as_owner) == []
    finally:
        let_go.set()
        slow.join()
    assert board.balances()[clearing] == 1_070
    roll_up_all()
    assert rolled() == 4  # Two journals on two accounts.
    assert board.balances()[clearing] == 1_070
    assert wrong(as_owner) == []


def test_books_restored_on_another_server_are_summed_anew_whoever_is_writing(as_owner):
    """Its transactions are numbered from the beginning: every one of them looks old."""
    world = make_world()
    clearing = account("clearing:mtn-rw:RWF")
    post(telling(world.mtn, "nobody's", 70))
    roll_up(NOON)
    far = "(pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000)::text::xid8"
    as_owner.execute("SET session_replication_role = replica")
    as_owner.execute(f"UPDATE payments_journal SET txid = {far}")
    as_owner.execute(f"UPDATE payments_posting SET txid = {far}")
    as_owner.execute(f"UPDATE payments_rollup SET upto_txid = {far}")
    post(telling(world.mtn, "nobody's", 30))
    with closing(_writer()) as writer:
        writer.execute("SELECT pg_current_xact_id()")  # Numbered, and has written no journal yet.
        roll_up(NOON)
        assert board.balances()[clearing] == 100
        _write(writer, 5, clearing, account("suspense:mtn-rw:RWF"))
        writer.commit()
    assert board.balances()[clearing] == 105
    roll_up_all()
    assert board.balances()[clearing] == 105
    assert wrong(as_owner) == []


def test_nobody_writes_the_sums_by_hand(as_application):
    for written in (
        "UPDATE payments_account_day SET debit_minor = 1",
        "DELETE FROM payments_account_sum",
        "UPDATE payments_rollup SET upto_txid = '0'",
        "TRUNCATE payments_account_day",
        "SELECT payments_add_sums('0', '99', 0)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_application.execute(written)
        as_application.rollback()


_subjects = count(1_000_000)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 2), st.integers(1, 99)),
        st.tuples(st.sampled_from(["commit", "undo"]), st.integers(0, 2)),
        st.just(("roll",)),
    ),
    max_size=25,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_rolled_and_rest_are_the_sum_whatever_is_open_and_in_which_order_it_ends(as_owner, steps):
    make_world()
    debited, credited = account("clearing:mtn-rw:RWF"), account("suspense:mtn-rw:RWF")
    writers = [_writer() for _ in range(3)]
    try:
        for step in steps:
            match step:
                case ("write", number, amount):
                    _write(writers[number], amount, debited, credited)
                case ("commit", number):
                    writers[number].commit()
                case ("undo", number):
                    writers[number].rollback()
                case _:
                    roll_up(NOON)
            assert wrong(as_owner) == []
    finally:
        for writer in writers:
            writer.close()
    roll_up_all()
    assert wrong(as_owner) == []


def _writer() -> psycopg.Connection:
    parts = psycopg.conninfo.conninfo_to_dict(os.environ["GUICHET_TEST_SUPERUSER"])
    return psycopg.connect(**{**parts, "dbname": connection.settings_dict["NAME"]})


def _write(writer: psycopg.Connection, amount: int, debited: int, credited: int) -> None:
    """One journal, without its fact: the rules about that are others' and off here."""
    writer.execute("SET session_replication_role = replica")
    writer.execute(
        "WITH j AS (INSERT INTO payments_journal (kind, subject_id, business_day, occurred_at)"
        " VALUES ('collection', %s, %s, now()) RETURNING id)"
        " INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)"
        " SELECT j.id, l.no, l.account, 'RWF', l.minor FROM j,"
        " (VALUES (1, %s::bigint, %s::bigint), (2, %s, %s)) l (no, account, minor)",
        [next(_subjects), TODAY, debited, amount, credited, -amount],
    )
