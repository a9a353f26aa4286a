"""What PostgreSQL refuses of the ledger, whoever asks."""

import threading
from contextlib import suppress
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from payments.models import Bill, BillLine, LedgerAccount
from tests.payments.closing import days
from tests.payments.world import issue, post, telling
from tests.world import NOON

APPEND_ONLY = [
    "payments_inbound_message",
    "payments_unposted_message",
    "payments_movement",
    "payments_evidence",
    "payments_difference",
    "payments_journal",
    "payments_posting",
    "payments_allocation",
    "payments_suspense_item",
    "payments_movement_alias",
]


@pytest.fixture
def accounts(world):
    return list(
        LedgerAccount.objects.filter(rail__isnull=False, currency="RWF")
        .order_by("id")
        .values_list("id", flat=True)
    )


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone() if cursor.description else None


def journal(day=None, subject=1, kind="collection"):
    return run(
        "INSERT INTO payments_journal (kind, subject_id, business_day, occurred_at)"
        " VALUES (%s, %s, %s, now()) RETURNING id",
        kind,
        subject,
        day or NOON.date(),
    )[0]


def lines(journal_id, *amounts, accounts, currency="RWF", first=1):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)"
            " SELECT %s, n, account, %s, amount"
            " FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) t (n, account, amount)",
            [
                journal_id,
                currency,
                list(range(first, first + len(amounts))),
                list(accounts[: len(amounts)]),
                list(amounts),
            ],
        )


def withdrawn(world):
    """A journal that moves what left a rail's account, as a commit asks for it."""
    subject, rail = run(
        "INSERT INTO payments_movement"
        " (rail_id, external_id, leg, currency, amount_minor, occurred_at)"
        " VALUES (%s, 'W1', 'withdrawal', 'RWF', 100, now()) RETURNING id, rail_id",
        world.mtn.pk,
    )
    own, other = (
        LedgerAccount.objects.get(rail=rail, role=role, currency="RWF").pk
        for role in ("clearing", "unexplained")
    )
    entry = journal(subject=subject, kind="withdrawal")
    lines(entry, -100, 100, accounts=(own, other))
    return entry


def refused(rule):
    return pytest.raises(DatabaseError, match=rule)


@pytest.mark.django_db
def test_a_balanced_journal_is_taken(world, commits):
    withdrawn(world)
    commits()


@pytest.mark.django_db
@pytest.mark.parametrize("amounts", [(100, -90), (100, 100), (1, -2, 3)])
def test_an_unbalanced_journal_is_refused_at_once(accounts, amounts):
    with refused("is out by"):
        lines(journal(), *amounts, accounts=accounts)


@pytest.mark.django_db
def test_a_single_line_is_refused_at_once(accounts):
    with refused("single line"):
        lines(journal(), 100, accounts=accounts)


@pytest.mark.django_db
def test_a_balance_made_by_two_statements_is_refused_at_the_first(accounts):
    entry = journal()
    with refused("single line"):
        lines(entry, 100, accounts=accounts)


@pytest.mark.django_db
def test_a_journal_without_lines_is_refused_at_commit(world, commits):
    journal()
    with refused("has no lines"):
        commits()


@pytest.mark.django_db
def test_a_line_in_another_currency_than_its_accounts_is_refused(accounts, commits):
    with refused("posting_in_the_accounts_currency"):
        lines(journal(), 100, -100, accounts=accounts, currency="USD")
        commits()


@pytest.mark.django_db(transaction=True)
def test_nobody_adds_lines_to_a_journal_of_an_earlier_transaction(world, accounts):
    with transaction.atomic():
        entry = withdrawn(world)

    with (
        pytest.raises(IntegrityError, match="posting_belongs_to_its_journals_transaction"),
        transaction.atomic(),
    ):
        lines(entry, 5, -5, accounts=accounts, first=7)


@pytest.mark.django_db(transaction=True)
def test_nobody_forges_the_transaction_of_a_line(world, accounts):
    with transaction.atomic():
        entry = withdrawn(world)

    with refused("names another transaction"):
        run(
            "INSERT INTO payments_posting"
            " (journal_id, line_no, txid, account_id, currency, amount_minor)"
            " SELECT j.id, 6 + n, j.txid, %s, 'RWF', 5 * n FROM payments_journal j,"
            " (VALUES (1), (-1)) t (n) WHERE j.id = %s",
            accounts[0],
            entry,
        )


@pytest.mark.django_db(transaction=True)
def test_after_immediate_constraints_a_third_line_is_still_refused(world, accounts):
    """A deferred check alone was once got round this way."""
    with refused("single line"), transaction.atomic():
        entry = withdrawn(world)
        run("SET CONSTRAINTS ALL IMMEDIATE")
        lines(entry, 50, accounts=accounts, first=3)


@pytest.mark.django_db
@pytest.mark.parametrize("closed", [True, False], ids=["closed", "never opened"])
def test_a_journal_on_a_day_that_is_not_open_is_refused(world, closed):
    day = NOON.date() - timedelta(days=2 if closed else 900)
    if closed:
        days.close_through(day)
    with refused("closed or was never opened"):
        journal(day)


@pytest.mark.django_db
def test_a_closed_day_is_never_opened_again(world):
    days.close_through(NOON.date())
    with refused("ledger_day_closes_once|ledger day"):
        run("UPDATE payments_ledger_day SET closed_at = NULL WHERE day = %s", NOON.date())


@pytest.mark.django_db(transaction=True)
def test_a_close_waits_for_a_journal_in_flight_and_the_next_journal_for_the_close(world):
    closed = threading.Event()
    days.close_through(NOON.date() - timedelta(days=1))

    def close():
        # What has landed meanwhile is a difference that nobody had listed: listed, it is signed.
        with suppress(IntegrityError):
            days.close_through(NOON.date())
        days.close_through(NOON.date())
        connection.close()
        closed.set()

    closing = threading.Thread(target=close)
    with transaction.atomic():
        withdrawn(world)
        closing.start()
        assert not closed.wait(0.3)
    closing.join(10)

    with refused("closed or was never opened"):
        journal(subject=2)


@pytest.mark.django_db
def test_a_fact_is_posted_once(accounts):
    lines(journal(), 100, -100, accounts=accounts)
    with refused("journal_fact_posted_once"):
        journal()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {0}", "TRUNCATE {0}"])
def test_the_application_can_neither_change_nor_delete(world, as_application, table, act):
    column = as_application.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [table]
    ).fetchone()[0]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_application.execute(act.format(table, column, column))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["payments_movement", "payments_posting", "payments_journal"])
def test_nor_can_the_owner_and_the_superuser(world, as_owner, table):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500))
    for act in ("DELETE FROM {}", "UPDATE {} SET currency = currency", "TRUNCATE {} CASCADE"):
        if table == "payments_journal":
            act = act.replace("currency = currency", "kind = kind")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            as_owner.execute(act.format(table))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"total_minor": 1},
        {"reference": "858961326965"},
        {"currency": "USD"},
        {"state": "PAID"},
        {"paid_minor": 100},
        {"state": "REPLACED"},
        {"paid_minor": 501, "state": "PAID"},
    ],
    ids=lambda change: "+".join(change),
)
def test_a_bill_that_was_issued_cannot_be_bent(world, change):
    bill = issue(500)
    with pytest.raises(DatabaseError):
        Bill.objects.filter(pk=bill.id).update(**change)


@pytest.mark.django_db
def test_a_bill_does_not_walk_where_there_is_no_edge(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500))
    with refused("no edge from PAID to OWED"):
        Bill.objects.filter(pk=bill.id).update(state="OWED")


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"amount_minor": 1}, {"legal_source": "none"}])
def test_a_line_that_was_issued_is_frozen(world, change):
    bill = issue(500)
    with refused("is frozen"):
        BillLine.objects.filter(bill_id=bill.id).update(**change)


@pytest.mark.django_db
def test_a_line_cannot_be_added_to_an_issued_bill(world):
    bill = issue(500)
    line = BillLine.objects.get(bill_id=bill.id)
    line.pk, line.line_no, line.charge_key = None, 2, "another"
    with refused("exceed its total"):
        line.save(force_insert=True)


@pytest.mark.django_db
def test_a_bill_must_be_the_sum_of_its_lines(world, commits):
    Bill.objects.create(
        reference="858961326965",
        currency="RWF",
        total_minor=500,
        description={},
        issued_at=NOON,
        expires_at=NOON + timedelta(days=1),
    )
    with refused("do not make its total"):
        commits()


@pytest.mark.django_db
@pytest.mark.parametrize("reference", ["858961326966", "058961326965", "85896132696", "abc"])
def test_a_reference_that_fails_its_check_is_refused(world, reference):
    with refused("bill_reference_checks|too long"):
        Bill.objects.create(
            reference=reference,
            currency="RWF",
            total_minor=500,
            description={},
            issued_at=NOON,
            expires_at=NOON + timedelta(days=1),
        )


@pytest.mark.django_db
def test_a_line_never_takes_more_than_it_asks(world):
    bill = issue(500, 100)
    post(telling(world.bank, bill.reference, 600))
    with refused("takes more than it asks"):
        run(
            "WITH more AS (INSERT INTO payments_movement"
            " (rail_id, external_id, currency, amount_minor, occurred_at)"
            " SELECT id, 'X', 'RWF', 50, now() FROM payments_rail LIMIT 1 RETURNING id)"
            " INSERT INTO payments_allocation (movement_id, line_id, journal_id, amount_minor)"
            " SELECT more.id, a.line_id, a.journal_id, 1 FROM more, payments_allocation a LIMIT 1"
        )
