"""The poster: nothing lost, nothing twice, however it dies and however many there are."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from kernel.outbox import NotInTransaction
from payments import posting, sql
from payments.invariants import INVARIANTS
from payments.management.commands import post_inbox
from payments.models import (
    Allocation,
    Bill,
    Evidence,
    InboundMessage,
    Inbox,
    Journal,
    LedgerDay,
    Movement,
    UnpostedMessage,
)
from payments.operations import billing, intake
from payments.posting import inbox
from tests.payments.world import issue, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def receive(reference, amount, external_id, *, at=NOON):
    body = {
        "id": external_id,
        "reference": reference,
        "amount": str(amount),
        "currency": "RWF",
        "paid_at": at.isoformat(),
        "channel": "ussd",
    }
    return intake.receive(
        rail_code="bank-rw",
        kind="bycontract.notification",
        body=json.dumps(body).encode(),
        headers={"X-Signature": "v1=00"},
        remote_ip="192.0.2.7",
        auth="valid",
        at=at,
    )


def holds():
    with connection.cursor() as cursor:
        for each in INVARIANTS:
            cursor.execute(each.sql)
            assert cursor.fetchall() == [], each.code


def test_the_oldest_messages_are_posted_first_and_in_batches(world):
    bills = [issue(500) for _ in range(5)]
    for n, bill in enumerate(bills):
        receive(bill.reference, 500, f"B{n}")

    assert posting.post_inbox(batch_max=2, now=NOON) == 2
    assert [state_of(bill)[0] for bill in bills] == ["PAID", "PAID", "OPEN", "OPEN", "OPEN"]
    assert [posting.post_inbox(batch_max=2, now=NOON) for _ in range(3)] == [2, 1, 0]
    holds()


def test_one_collection_told_by_24_threads_at_once_is_one_movement(world):
    """Twenty-four posters at once: more than will ever run, as the leader's lock allows one."""
    bill = issue(1000)
    for n in range(240):
        receive(bill.reference, 1000, "SAME" if n % 2 else f"SAME{n % 4}")
    start = threading.Barrier(24)

    def work():
        start.wait()
        try:
            while True:
                try:
                    if not posting.post_inbox(batch_max=5, now=NOON):
                        return
                except psycopg.OperationalError:  # A deadlock's victim comes back.
                    continue
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(24)]
    [thread.start() for thread in threads]
    [thread.join(120) for thread in threads]

    assert Inbox.objects.count() == 0
    assert Movement.objects.count() == 3
    assert Journal.objects.count() == 3
    assert Evidence.objects.count() == 240
    assert state_of(bill) == ("PAID", 1000)
    holds()


def test_one_bill_paid_by_two_roads_at_once_is_allocated_once(world):
    for _ in range(20):
        bill = issue(500)
        start = threading.Barrier(2)

        def pay(rail, bill=bill, start=start):
            start.wait()
            post(telling(rail, bill.reference, 500, source_id=receive("1", 1, "x")))
            connection.close()

        threads = [threading.Thread(target=pay, args=(r,)) for r in (world.bank, world.mtn)]
        [thread.start() for thread in threads]
        [thread.join(120) for thread in threads]
        assert state_of(bill) == ("PAID", 500)
        assert Allocation.objects.filter(line__bill_id=bill.id).count() == 1


def test_the_number_of_statements_does_not_depend_on_the_number_of_collections(world, monkeypatch):
    bills = [issue(500, 250) for _ in range(60)]
    statements = []
    execute = psycopg.Cursor.execute

    def counted(self, query, *args, **kwargs):
        statements.append(query)
        return execute(self, query, *args, **kwargs)

    def statements_for(count):
        for n in range(count):
            bill = bills.pop() if bills else None
            reference = bill.reference if bill else "nobody's"
            receive(reference, 300 + n, f"{count}-{n}")
        statements.clear()
        with monkeypatch.context() as patch:
            patch.setattr(psycopg.Cursor, "execute", counted)
            posting.post_inbox(batch_max=1000, now=NOON)
        return len(statements)

    assert statements_for(1) == statements_for(50) == statements_for(1000) < 20


def test_a_successor_that_appears_while_we_wait_for_the_lock_gets_the_money(world):
    bill = issue(500)
    held, go = threading.Event(), threading.Event()

    def replace():
        with transaction.atomic():
            Bill.objects.select_for_update(no_key=True).get(pk=bill.id)
            held.set()
            go.wait(60)
            billing.replace_bill(
                bill_id=bill.id,
                lines=[
                    billing.NewLine(
                        charge_key="again",
                        names={"en": "Fee"},
                        amount_minor=500,
                        beneficiary_code="treasury",
                        revenue_code="",
                        legal_source="",
                        legal_checked=False,
                    )
                ],
                at=NOON,
            )
        connection.close()

    def pay():
        post(telling(world.bank, bill.reference, 500, source_id=receive("1", 1, "x")))
        connection.close()

    replacing, paying = threading.Thread(target=replace), threading.Thread(target=pay)
    replacing.start()
    assert held.wait(60)
    paying.start()
    time.sleep(0.3)
    go.set()
    replacing.join(60)
    paying.join(60)

    old = Bill.objects.get(pk=bill.id)
    assert (old.state, old.successor.state) == ("REPLACED", "PAID")


def test_a_message_that_the_database_refuses_stops_nobody_else(world, as_owner):
    as_owner.execute(
        "ALTER TABLE payments_movement ADD CONSTRAINT test_poison CHECK (external_id <> 'POISON')"
    )
    try:
        bills = [issue(500) for _ in range(9)]
        for n, bill in enumerate(bills):
            receive(bill.reference, 500, "POISON" if n == 4 else f"B{n}")
        now = NOON
        while posting.post_inbox(batch_max=9, now=now):
            pass
        assert [state_of(bill)[0] for bill in bills].count("PAID") == 8
        assert Inbox.objects.get().refusals == 1

        for _ in range(posting.REFUSALS_MAX):
            now += timedelta(days=1)
            posting.post_inbox(batch_max=9, now=now)
        assert Inbox.objects.count() == 0
        assert UnpostedMessage.objects.get().reason == "refused: test_poison"
    finally:
        as_owner.execute("ALTER TABLE payments_movement DROP CONSTRAINT test_poison")
    holds()


def test_trouble_in_the_database_leaves_the_messages_in_the_inbox(world, monkeypatch):
    bill = issue(500)
    receive(bill.reference, 500, "B1")
    run = sql.run

    def cut(name, **values):
        if name == "keep_evidence":
            raise psycopg.OperationalError("server closed the connection")
        return run(name, **values)

    monkeypatch.setattr(sql, "run", cut)
    with pytest.raises(psycopg.OperationalError):
        posting.post_inbox(now=NOON)
    monkeypatch.undo()

    assert Inbox.objects.count() == 1
    assert Movement.objects.count() == 0
    assert posting.post_inbox(now=NOON) == 1
    assert state_of(bill) == ("PAID", 500)


def test_outside_a_transaction_nothing_is_posted(world):
    with pytest.raises(NotInTransaction):
        posting.post([telling(world.bank, "1", 500)], at=NOON)


def test_when_the_days_run_out_the_poster_opens_more(world, as_owner):
    as_owner.execute("SET session_replication_role = replica")
    as_owner.execute("DELETE FROM payments_ledger_day")
    bill = issue(500)
    receive(bill.reference, 500, "B1")

    assert posting.post_inbox(now=NOON) == 1
    assert state_of(bill) == ("PAID", 500)
    assert LedgerDay.objects.filter(day=NOON.date()).exists()


def test_a_kind_or_a_rail_that_nobody_reads_is_set_aside(world, as_owner):
    as_owner.execute(
        "WITH kept AS (INSERT INTO payments_inbound_message"
        " (rail_code, kind, body, body_sha256, auth)"
        " VALUES ('bank-rw', 'telex', '', sha256(''), 'valid'),"
        " ('gone', 'bycontract.notification', '', sha256(''), 'valid') RETURNING id, received_at)"
        " INSERT INTO payments_inbox (message_id, received_at) SELECT id, received_at FROM kept"
    )
    posting.post_inbox(now=NOON)

    reasons = set(UnpostedMessage.objects.values_list("reason", flat=True))
    assert reasons == {"unknown_kind", "unknown_rail"}
    holds()


@pytest.fixture
def poster():
    """Start posters as real processes; whatever still runs is killed."""
    running = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "manage.py", "post_inbox", "--batch-max", "20"],
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait(60)


def wait_until(true, seconds=180):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


@pytest.mark.slow
def test_a_poster_killed_in_the_middle_loses_nothing_and_another_takes_over(world, poster):
    now = timezone.now()
    bills = [issue(500) for _ in range(50)]
    first, second = poster(), poster()
    for round_no in range(6):
        for bill in bills:
            receive(bill.reference, 500, f"{bill.id}-{round_no}", at=now)
        if round_no == 2:
            wait_until(lambda: Movement.objects.exists())
            first.send_signal(signal.SIGKILL)

    wait_until(lambda: not Inbox.objects.exists())

    assert first.wait(60) == -signal.SIGKILL
    assert Movement.objects.count() == 300
    assert all(state_of(bill) == ("PAID", 500) for bill in bills)
    holds()
    second.send_signal(signal.SIGTERM)
    assert second.wait(60) == 0


@pytest.mark.slow
def test_a_poster_whose_session_is_cut_comes_back(world, poster, as_owner):
    poster()
    now = timezone.now()
    bills = [issue(500) for _ in range(2)]
    receive(bills[0].reference, 500, "B0", at=now)
    wait_until(lambda: state_of(bills[0])[0] == "PAID")

    cut = as_owner.execute(
        "SELECT count(*) FILTER (WHERE pg_terminate_backend(a.pid)) FROM pg_stat_activity a"
        " JOIN pg_locks l ON l.pid = a.pid AND l.locktype = 'advisory'"
        " WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()"
    ).fetchone()[0]
    receive(bills[1].reference, 500, "B1", at=now)

    assert cut == 1
    wait_until(lambda: state_of(bills[1])[0] == "PAID")


def test_only_one_poster_leads(world, as_application):
    as_application.execute("SELECT pg_advisory_lock(%s)", [post_inbox.LEADER_LOCK])
    assert post_inbox._lead() is False
    as_application.rollback()
    as_application.execute("SELECT pg_advisory_unlock_all()")
    assert post_inbox._lead() is True
    post_inbox._hang_up()


def test_until_empty_posts_what_is_there_and_stops(world):
    bill = issue(500)
    receive(bill.reference, 500, "B1")
    call_command("post_inbox", until_empty=True)
    assert state_of(bill) == ("PAID", 500)


def test_messages_land_in_the_partition_of_their_month_and_the_next_ones_are_opened(as_owner):
    later = timezone.now() + timedelta(days=365)
    assert intake.open_months(now=later) == 4
    assert intake.open_months(now=later) == 0
    message = receive("1", 1, "x", at=later)

    where = as_owner.execute(
        "SELECT tableoid::regclass::text FROM payments_inbound_message WHERE id = %s", [message]
    ).fetchone()[0]
    assert where == f"payments_inbound_message_{later:%Y_%m}"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_owner.execute(f"DELETE FROM {where}")
    assert InboundMessage.objects.filter(pk=message).exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_refused_at_commit_stands_alone_too(world, monkeypatch):
    receive("nobody's", 500, "GOOD")
    receive("nobody's", 500, "BAD")
    post = inbox.post

    def with_a_journal_of_nothing(tellings, *, at):
        posted = post(tellings, at=at)
        if any(one.told.external_id == "BAD" for one in tellings):
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO payments_journal (kind, subject_id, business_day, occurred_at)"
                    " VALUES ('collection', -1, %s, now())",
                    [NOON.date()],
                )
        return posted

    monkeypatch.setattr(inbox, "post", with_a_journal_of_nothing)
    while posting.post_inbox(now=NOON):
        pass

    assert Movement.objects.get().external_id == "GOOD"
    assert Inbox.objects.get().refusals == 1
