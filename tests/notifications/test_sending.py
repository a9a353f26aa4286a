from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction

from kernel.models import EventRow, LifecycleEdge
from notifications import operations
from notifications.models import Attempt, Message, Receipt
from notifications.states import LIFECYCLE, State
from tests.notifications.conftest import PHONE
from tests.world import NOON

LEASE = timedelta(seconds=8)
Queue = Callable[..., int]

pytestmark = pytest.mark.django_db


def claim(now=NOON, limit: int = 4) -> list[operations.Outgoing]:  # type: ignore[no-untyped-def]
    return operations.claim_messages(limit=limit, now=now, until=now + LEASE)


def state(message_id: int) -> str:
    return Message.objects.get(pk=message_id).state


def outcomes(message_id: int) -> list[tuple[int, str]]:
    rows = Attempt.objects.filter(message_id=message_id).order_by("id")
    return [(row.number, row.outcome) for row in rows]


def told() -> list[str]:
    rows = EventRow.objects.filter(name__startswith="notifications.").order_by("id")
    return [row.name.rpartition(".")[2] for row in rows]


def test_a_message_is_queued_claimed_sent_and_delivered(queued: Queue) -> None:
    message_id = queued()
    [out] = claim()
    assert (out.message_id, out.to) == (message_id, PHONE)
    assert "BC-26-48201937" in out.text
    operations.record_sent(
        [operations.Accepted(message_id=message_id, provider_id="sm-1")], at=NOON
    )
    assert operations.record_receipt(key=out.key, status="delivered", at=NOON)
    assert state(message_id) == State.DELIVERED
    assert outcomes(message_id) == [(1, "sending"), (1, "sent")]
    assert told() == ["queued", "sending", "sent", "delivered"]


def test_the_same_key_queues_one_message(queued: Queue) -> None:
    assert queued(key="same") == queued(key="same")
    assert queued(key="other") != queued(key="same")
    assert told() == ["queued", "queued"]
    assert len(claim()) == 2


def test_what_is_being_sent_is_not_claimed_again(queued: Queue) -> None:
    queued()
    assert len(claim()) == 1
    assert claim() == []
    assert claim(NOON + LEASE - timedelta(seconds=1)) == []


def test_a_sender_who_died_leaves_unknown_and_never_a_second_sms(queued: Queue) -> None:
    message_id = queued()
    claim()
    later = NOON + LEASE
    assert claim(later) == []
    assert state(message_id) == State.UNKNOWN
    assert claim(later + timedelta(days=1)) == []
    assert outcomes(message_id) == [(1, "sending"), (1, "unknown")]


def test_an_answer_that_never_came_is_asked_after_and_not_sent_again(queued: Queue) -> None:
    message_id = queued()
    [out] = claim()
    operations.record_unknown(message_id=message_id, at=NOON)
    soon = NOON + timedelta(seconds=5)
    assert operations.claim_inquiries(limit=4, now=soon, until=soon + LEASE) == []
    later = NOON + timedelta(minutes=1)
    [asked] = operations.claim_inquiries(limit=4, now=later, until=later + LEASE)
    assert asked.key == out.key
    assert operations.claim_inquiries(limit=4, now=later, until=later + LEASE) == []
    operations.record_receipt(key=asked.key, status="delivered", at=later)
    assert state(message_id) == State.DELIVERED
    assert claim(later + timedelta(days=1)) == []


def test_what_the_gateway_never_heard_of_fails_and_is_not_sent_again(queued: Queue) -> None:
    message_id = queued()
    claim()
    operations.record_unknown(message_id=message_id, at=NOON)
    operations.record_unheard(message_id=message_id, at=NOON)
    assert state(message_id) == State.FAILED
    assert Receipt.objects.get(message_id=message_id).status == "unheard"
    assert claim(NOON + timedelta(days=1)) == []


def test_what_surely_did_not_leave_waits_longer_each_time_and_gives_up(queued: Queue) -> None:
    message_id = queued()
    now, waits = NOON, []
    for _ in range(operations.ATTEMPTS_MAX):
        [_out] = claim(now)
        operations.record_not_sent(message_id=message_id, reason="status 503", at=now)
        message = Message.objects.get(pk=message_id)
        waits.append((message.due_at - now).total_seconds())
        if message.state == State.QUEUED:
            assert claim(message.due_at - timedelta(seconds=1)) == []
        now = max(message.due_at, now)
    assert state(message_id) == State.FAILED
    assert waits[:3] == [5, 10, 20]
    assert claim(now + timedelta(days=1)) == []


def test_a_refused_message_fails_at_once(queued: Queue) -> None:
    message_id = queued()
    claim()
    operations.record_failed(message_id=message_id, reason="status 400", at=NOON)
    assert state(message_id) == State.FAILED
    assert outcomes(message_id)[-1] == (1, "failed")


def test_a_receipt_that_overtakes_the_answer_stands(queued: Queue) -> None:
    message_id = queued()
    [out] = claim()
    operations.record_receipt(key=out.key, status="delivered", at=NOON)
    operations.record_sent(
        [operations.Accepted(message_id=message_id, provider_id="sm-1")], at=NOON
    )
    assert state(message_id) == State.DELIVERED


def test_an_answer_after_the_lease_still_says_that_it_was_sent(queued: Queue) -> None:
    message_id = queued()
    claim()
    claim(NOON + LEASE)
    operations.record_sent(
        [operations.Accepted(message_id=message_id, provider_id="sm-1")], at=NOON + LEASE
    )
    assert state(message_id) == State.SENT


def test_a_late_no_cannot_bring_an_unknown_message_back(queued: Queue) -> None:
    message_id = queued()
    claim()
    claim(NOON + LEASE)
    operations.record_not_sent(message_id=message_id, reason="late", at=NOON + LEASE)
    operations.record_failed(message_id=message_id, reason="late", at=NOON + LEASE)
    assert state(message_id) == State.UNKNOWN


def test_receipts_in_any_order_and_number_are_kept_and_never_go_back(queued: Queue) -> None:
    message_id = queued()
    [out] = claim()
    operations.record_sent(
        [operations.Accepted(message_id=message_id, provider_id="sm-1")], at=NOON
    )
    for status in ("delivered", "sent", "failed", "delivered"):
        operations.record_receipt(key=out.key, status=status, at=NOON)
    assert state(message_id) == State.DELIVERED
    assert Receipt.objects.filter(message_id=message_id).count() == 4


def test_a_receipt_for_nothing_of_ours_changes_nothing(db: None) -> None:
    assert operations.record_receipt(key=uuid4(), status="delivered", at=NOON) is False


def test_the_words_are_encrypted_and_a_codes_words_are_erased_once_it_is_sent(
    queued: Queue,
) -> None:
    code = queued("code", key="code", code="482913", minutes="10")
    news = queued(key="news")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM notifications_message")
        assert all(b"482913" not in bytes(body) for (body,) in cursor.fetchall())
    for out in claim():
        operations.record_sent(
            [operations.Accepted(message_id=out.message_id, provider_id="x")], at=NOON
        )
    assert Message.objects.get(pk=code).body is None
    assert Message.objects.get(pk=news).body is not None


@pytest.mark.parametrize("ends", ["failed", "unknown", "lease"])
def test_a_code_that_cannot_be_sent_again_is_erased_too(queued: Queue, ends: str) -> None:
    code = queued("code", code="482913", minutes="10")
    claim()
    if ends == "failed":
        operations.record_failed(message_id=code, reason="no", at=NOON)
    elif ends == "unknown":
        operations.record_unknown(message_id=code, at=NOON)
    else:
        claim(NOON + LEASE)
    assert Message.objects.get(pk=code).body is None


def test_a_code_that_waits_for_another_try_keeps_its_words(queued: Queue) -> None:
    code = queued("code", code="482913", minutes="10")
    claim()
    operations.record_not_sent(message_id=code, reason="down", at=NOON)
    [again] = claim(NOON + timedelta(minutes=1))
    assert "482913" in again.text


def test_a_code_past_its_life_is_not_sent_and_news_are(queued: Queue) -> None:
    code = queued("code", key="code", code="482913", minutes="10")
    news = queued(key="news")
    [out] = claim(NOON + timedelta(minutes=11))
    assert out.message_id == news
    assert state(code) == State.FAILED
    assert Message.objects.get(pk=code).body is None


def test_a_batch_takes_the_oldest_up_to_its_limit(queued: Queue) -> None:
    ids = [queued(key=f"k{n}", at=NOON + timedelta(seconds=n)) for n in range(6)]
    later = NOON + timedelta(minutes=1)
    assert [out.message_id for out in claim(later)] == ids[:4]
    assert [out.message_id for out in claim(later)] == ids[4:]


@pytest.mark.django_db(transaction=True)
def test_two_senders_never_hold_the_same_message(queued: Queue, as_application) -> None:  # type: ignore[no-untyped-def]
    queued()
    as_application.execute("SELECT 1 FROM notifications_message FOR NO KEY UPDATE")
    assert claim() == []
    as_application.rollback()
    assert len(claim()) == 1


def test_nothing_is_sent_for_a_transaction_that_was_undone(queued: Queue) -> None:
    with transaction.atomic():
        queued(key="undone")
        transaction.set_rollback(True)
    assert claim() == []
    assert told() == []


@pytest.mark.parametrize("target", [State.SENT, State.DELIVERED, State.UNKNOWN])
def test_postgresql_refuses_an_edge_that_the_table_has_not(queued: Queue, target: State) -> None:
    message_id = queued()
    with pytest.raises(Error, match="no edge"), transaction.atomic():
        Message.objects.filter(pk=message_id).update(state=target)


def test_the_table_of_edges_in_the_database_is_the_codes(db: None) -> None:
    rows = LifecycleEdge.objects.filter(lifecycle=LIFECYCLE.name)
    kept = set(rows.values_list("source", "target"))
    assert kept == {(str(a), str(b)) for a, b in LIFECYCLE.edges()}


@pytest.mark.parametrize("table", ["notifications_attempt", "notifications_receipt"])
def test_the_trace_of_a_message_cannot_be_edited(queued: Queue, table: str) -> None:
    queued()
    claim()
    for change in (f"DELETE FROM {table}", f"UPDATE {table} SET recorded_at = now()"):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
