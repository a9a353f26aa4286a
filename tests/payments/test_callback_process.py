"""The callback process and the site's own view: two roads, the same answers, the same rows."""

import hashlib
import json
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.utils import timezone

from payments import callbacks, posting
from payments.models import InboundMessage, Inbox, Journal, Movement, RefusedMessage
from tests.payments.callback_servers import INQUIRY, NOTIFICATION, ROADS, door, told
from tests.payments.world import issue, make_world, state_of

pytestmark = pytest.mark.django_db(transaction=True)

FAST_ONLY = "what waits is grouped by the callback process alone"


@pytest.fixture(scope="module", params=ROADS)
def road(request, tmp_path_factory, django_db_setup):
    one = door(request.param, tmp_path_factory.mktemp("door"), dict(os.environ))
    one.start()
    yield one
    one.child.ask_to_stop()
    one.child.wait_stopped(time.monotonic() + 60)


@pytest.fixture
def bank(road):
    make_world()
    return road


@contextmanager
def nothing_can_be_kept(as_owner):
    """Whoever keeps a message waits meanwhile."""
    with psycopg.connect(as_owner.info.dsn, password=as_owner.info.password) as other:
        other.execute("LOCK TABLE payments_inbox IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


def sessions_that_wait(as_owner):
    return as_owner.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ).fetchone()[0]


def until(true, seconds=90.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return False


def until_taken(bank, count):
    """Until the process has read so many callbacks that it has not answered yet."""
    here = f"0100007F:{bank.port:04X}"

    def taken():
        rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
        # State 01 is a line that stands; the queues are bytes sent and bytes not read yet, in hex.
        return [row[4] for row in rows if row[1] == here and row[3] == "01"].count(
            "00000000:00000000"
        )

    assert until(lambda: taken() == count)
    time.sleep(0.3)  # From its bytes to its place in the queue.


def post_all():
    while posting.post_inbox(now=timezone.now() + timedelta(seconds=1)):
        pass


def test_news_is_kept_byte_for_byte_and_pays_the_bill(bank):
    bill = issue(500, at=timezone.now())
    body = json.dumps(told(bill.reference), indent=3).encode() + b"\n\n"

    answer = bank.tell(body)

    assert (answer.status, answer.json()) == (200, {"status": "kept"})
    assert answer.headers["content-type"].startswith("application/json")
    message = InboundMessage.objects.get()
    assert bytes(message.body) == body
    assert bytes(message.body_sha256) == hashlib.sha256(body).digest()
    assert (message.auth, message.rail_code, message.kind, message.remote_ip) == (
        "valid",
        "bank-rw",
        "bycontract.notification",
        "127.0.0.1",
    )
    assert message.headers["x-signature"].startswith("v1=")
    post_all()
    assert state_of(bill) == ("PAID", 500)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe\x00", b"[" * 60_000])
def test_what_cannot_be_read_is_kept_all_the_same(bank, body):
    assert bank.tell(body).status == 200
    assert bytes(InboundMessage.objects.get().body) == body


def test_twenty_four_threads_with_the_same_callback_make_one_journal(bank):
    bill = issue(500, at=timezone.now())

    answers = bank.tell_at_once([told(bill.reference)] * 24)
    with ThreadPoolExecutor(1) as poster:  # Its own session, as the poster's is.
        poster.submit(post_all).result()

    assert [answer.status for answer in answers] == [200] * 24
    assert InboundMessage.objects.count() == 24
    assert Journal.objects.count() == Movement.objects.count() == 1
    assert state_of(bill) == ("PAID", 500)


def test_a_signature_that_does_not_hold_is_answered_401_and_proves_nothing(bank):
    body = json.dumps(told("1")).encode()
    assert bank.tell(body, secret="guess").status == 401
    assert bank.ask("POST", NOTIFICATION, body).status == 401
    assert InboundMessage.objects.count() == Inbox.objects.count() == 0
    assert sorted(RefusedMessage.objects.values_list("reason", flat=True)) == ["forged", "unsigned"]


def test_what_is_too_large_is_answered_413_and_not_kept(bank):
    large = b"x" * (callbacks.BODY_BYTES_MAX + 1)
    assert bank.tell(large).status == 413
    # Without a length nobody knows before it has come; the site wants to be told.
    in_pieces = iter([large[:100_000], large[100_000:]])
    unsized = bank.ask("POST", NOTIFICATION, in_pieces, {"Transfer-Encoding": "chunked"})
    assert unsized.status == (413 if bank.road == "fast" else 411)
    assert bank.tell(b"x" * callbacks.BODY_BYTES_MAX).status == 200
    assert InboundMessage.objects.count() == 1
    assert RefusedMessage.objects.count() == 0


def test_other_methods_rails_and_addresses_are_told_so(bank):
    assert bank.ask("GET", NOTIFICATION).status == 405
    assert bank.tell(b"{}", path="/callbacks/nobody/notification").status == 404
    assert bank.tell(b"{}", path="/callbacks/bank-rw/elsewhere").status == 404
    assert InboundMessage.objects.count() == 0


def test_an_inquiry_is_answered_and_not_kept(bank):
    bill = issue(500, at=timezone.now())

    answer = bank.tell({"reference": bill.reference}, path=INQUIRY)

    assert answer.status == 200
    assert (answer.json()["payable"], answer.json()["amount"]) == (True, "500")
    assert bank.tell(b"[]", path=INQUIRY).status == 400
    assert InboundMessage.objects.count() == 0


def test_an_unsigned_hint_about_nothing_of_ours_is_no_evidence(bank):
    answer = bank.ask("PUT", f"/callbacks/mtn-rw/requesttopay/{uuid4()}", b"{}")

    assert answer.status == 200
    assert InboundMessage.objects.count() == 0
    assert RefusedMessage.objects.get().reason == "unknown_attempt"


def own_ports() -> list[int]:
    """Return the local ports of this process's own connections."""
    held = {os.readlink(fd) for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink()}
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    return [int(row[1].split(":")[1], 16) for row in rows if f"socket:[{row[9]}]" in held]


def test_without_its_database_it_acknowledges_nothing_and_then_goes_on(bank, as_owner):
    assert bank.tell(told("1", id="before")).status == 200
    database = os.environ["DATABASE_URL"].rsplit("/", 1)[1]
    # Servers of other tests in this process keep their connections.
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND client_port <> ALL (%s::int[])"
    )
    as_owner.execute(f"ALTER DATABASE {database} CONNECTION LIMIT 0")
    try:
        as_owner.execute(cut, [own_ports()])
        answers = [bank.tell(told("1", id=f"without-{i}")) for i in range(2)]
    finally:
        as_owner.execute(f"ALTER DATABASE {database} CONNECTION LIMIT -1")

    assert [answer.status for answer in answers] == [503, 503]
    assert {answer.headers["retry-after"] for answer in answers} == {"5"}
    assert bank.tell(told("1", id="after")).status == 200
    kept = as_owner.execute("SELECT body FROM payments_inbound_message ORDER BY id").fetchall()
    assert [json.loads(bytes(body))["id"] for (body,) in kept] == ["before", "after"]


def test_one_row_that_postgresql_refuses_fails_alone(bank, as_owner):
    as_owner.execute(
        "ALTER TABLE payments_inbound_message"
        " ADD CONSTRAINT poison CHECK (position('\\x706f69736f6e'::bytea IN body) = 0)"
    )
    bodies = [told("1", id="poison" if i == 5 else f"B{i}") for i in range(12)]
    try:
        with ThreadPoolExecutor(12) as threads:
            with nothing_can_be_kept(as_owner):
                answers = [threads.submit(bank.tell, body) for body in bodies]
                assert until(lambda: sessions_that_wait(as_owner) > 0)
                time.sleep(0.3)
            statuses = [answer.result().status for answer in answers]
    finally:
        as_owner.execute("ALTER TABLE payments_inbound_message DROP CONSTRAINT poison")

    assert statuses == [503 if i == 5 else 200 for i in range(12)]
    assert InboundMessage.objects.count() == Inbox.objects.count() == 11


def test_what_waits_is_kept_by_one_commit_and_nothing_is_answered_before(bank, as_owner):
    if bank.road != "fast":
        pytest.skip(FAST_ONLY)
    with ThreadPoolExecutor(12) as threads:
        with nothing_can_be_kept(as_owner):
            answers = [threads.submit(bank.tell, told("1", id=f"B{i}")) for i in range(12)]
            assert until(lambda: sessions_that_wait(as_owner) > 0)
            until_taken(bank, 12)
            assert not any(answer.done() for answer in answers)
        assert [answer.result().status for answer in answers] == [200] * 12

    [(commits, rows)] = as_owner.execute(
        "SELECT count(DISTINCT xmin::text), count(*) FROM payments_inbox"
    ).fetchall()
    # Those that came first were on their way already.
    assert (commits <= 3, rows) == (True, 12)


def test_it_says_whether_it_is_well(bank, as_owner):
    if bank.road != "fast":
        pytest.skip("the site has a health check of its own")
    assert bank.ask("GET", "/health").status == 200
    assert bank.ask("GET", "/").status == 404
    assert InboundMessage.objects.count() == 0


def test_a_client_that_goes_away_takes_nothing_along(bank):
    half = socket.create_connection(("127.0.0.1", bank.port))
    half.sendall(
        f"POST {NOTIFICATION} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{{".encode()
    )
    time.sleep(0.1)
    half.close()
    if bank.road == "plain":
        # The site hears of it when it reads on, and keeps what it got: later than this test ends.
        assert until(RefusedMessage.objects.exists)

    assert bank.tell(told("1")).status == 200
    assert InboundMessage.objects.count() == 1
    assert "Traceback" not in bank.child.log.read_text()


@pytest.mark.parametrize("road_name", ROADS)
def test_asked_to_stop_it_answers_first_what_it_has_taken(road_name, tmp_path, as_owner):
    make_world()
    leaving = door(road_name, tmp_path, dict(os.environ))
    leaving.start()
    with ThreadPoolExecutor(4) as threads:
        with nothing_can_be_kept(as_owner):
            answers = [threads.submit(leaving.tell, told("1", id=f"B{i}")) for i in range(4)]
            assert until(lambda: sessions_that_wait(as_owner) > 0)
            until_taken(leaving, 4)
            stopping = threading.Thread(target=leaving.stop)
            stopping.start()
            time.sleep(0.5)
        statuses = [answer.result().status for answer in answers]
    stopping.join(90)

    assert statuses == [200] * 4
    assert InboundMessage.objects.count() == 4
    assert not leaving.child.alive
