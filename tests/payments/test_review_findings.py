"""What a second reading of the money found: each finding is the name of a test."""

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from kernel.crypto import EncryptedTextField
from kernel.models import EventRow
from payments import gateways, sql
from payments.gateways import mtn
from payments.gateways.prompt import Answer, Outcome
from payments.models import (
    Difference,
    Evidence,
    InboundMessage,
    Journal,
    Movement,
    PaymentAttempt,
    SuspenseItem,
    UnpostedMessage,
)
from payments.operations import asking_after, billing, prompting
from payments.posting import post_inbox
from payments.queries import BillView
from tests.payments.world import fee, issue, make_world, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
EXPIRED = NOON + timedelta(days=8)


def suspended() -> list[tuple[str, int]]:
    return list(SuspenseItem.objects.order_by("pk").values_list("reason", "amount_minor"))


def asked(bill: BillView, rail, *, state: str = "PENDING") -> PaymentAttempt:
    """A prompt that has left, at NOON."""
    attempt = PaymentAttempt.objects.create(
        key=uuid4(),
        bill_id=bill.id,
        rail=rail,
        phone="+250788000101",
        currency="RWF",
        amount_minor=bill.total_minor,
        created_at=NOON,
    )
    found = PaymentAttempt.objects.filter(pk=attempt.pk)
    found.update(state="SENDING", lease_until=NOON + MINUTE)
    if state == "PENDING":
        found.update(state="PENDING", sent_at=NOON, lease_until=None, next_query_at=NOON)
    return attempt


def told(attempt: PaymentAttempt, *, at: datetime, **change: str) -> PaymentAttempt:
    """The network says SUCCESSFUL."""
    body = {
        "status": "SUCCESSFUL",
        "financialTransactionId": "F1",
        "amount": "500",
        "currency": "RWF",
        "externalId": "",
        **change,
    }
    answer = mtn.read_answer(json.dumps(body).encode())
    asking_after.record_status(attempt_id=attempt.pk, answer=answer, at=at)
    attempt.refresh_from_db()
    return attempt


# --- a success that nobody can post


UNSOUND = pytest.mark.parametrize(
    "change",
    [
        {"amount": "0"},
        {"amount": "-500"},
        {"amount": "9999999999999999"},
        {"financialTransactionId": ""},
        {"financialTransactionId": "x" * 201},
        {"financialTransactionId": "a\0b"},
        {"financialTransactionId": "a\ud800b"},
    ],
    ids=["zero", "negative", "too-large", "no-id", "long-id", "nul", "surrogate"],
)


@UNSOUND
def test_a_success_that_the_ledger_cannot_hold_is_kept_and_left_to_a_person(world, change):
    bill = issue(500)
    attempt = told(asked(bill, world.mtn), at=NOON, **change)
    assert (attempt.state, attempt.failure_reason) == ("FAILED", "success_unreadable")
    assert InboundMessage.objects.count() == 1
    post_inbox(now=NOON)
    assert UnpostedMessage.objects.count() == 1
    assert not Movement.objects.exists()


def test_a_success_that_cannot_be_read_is_asked_for_a_day_and_kept_once(world):
    attempt = asked(issue(500), world.mtn)
    assert told(attempt, at=NOON, amount="0").next_query_at is not None
    assert told(attempt, at=NOON + timedelta(hours=2), amount="0").next_query_at is not None
    assert told(attempt, at=NOON + timedelta(hours=25), amount="0").next_query_at is None
    assert InboundMessage.objects.count() == 1
    ended = EventRow.objects.filter(name="payments.prompt.ended", payload__subject_id=attempt.pk)
    assert ended.count() == 1


def test_a_success_that_cannot_be_read_does_not_keep_the_bill_for_ever(world):
    bill = issue(500)
    told(asked(bill, world.mtn), at=NOON, amount="0")
    assert billing.expire_due(now=EXPIRED, limit=10) == 1


def test_a_success_that_can_be_read_at_last_pays(world):
    bill = issue(500)
    attempt = told(asked(bill, world.mtn), at=NOON, amount="0")
    attempt = told(attempt, at=NOON + MINUTE)
    assert (attempt.state, attempt.failure_reason) == ("SUCCEEDED", "")
    post_inbox(now=NOON + MINUTE)
    assert state_of(bill) == ("PAID", 500)


def test_an_expired_prompt_with_a_success_that_cannot_be_read_says_so(world):
    attempt = asked(issue(500), world.mtn)
    undecided = Answer(body=b"{}", outcome=Outcome.UNDECIDED)
    late = NOON + asking_after.DECIDED_WITHIN
    asking_after.record_status(attempt_id=attempt.pk, answer=undecided, at=late)
    for minutes in (1, 2):
        attempt = told(attempt, at=late + minutes * MINUTE, amount="0")
    assert (attempt.state, attempt.failure_reason) == ("EXPIRED", "success_unreadable")
    assert InboundMessage.objects.count() == 1


# --- one row's trouble


def test_a_rail_without_a_contract_is_asked_again_later_and_raises_nothing(world, settings):
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {}}
    attempt = asked(issue(500), world.mtn)
    asking_after.ask_status(attempt_id=attempt.pk, clock=lambda: NOON)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.queries) == ("PENDING", 1)
    assert attempt.next_query_at == NOON + timedelta(seconds=10)


def test_a_gateway_that_breaks_is_no_answer(world, monkeypatch):
    def broken(*, key, handle):
        raise ValueError

    monkeypatch.setattr(gateways, "prompts", lambda **_: SimpleNamespace(status=broken))
    attempt = asked(issue(500), world.mtn)
    asking_after.ask_status(attempt_id=attempt.pk, clock=lambda: NOON)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.queries) == ("PENDING", 1)


def test_a_prompt_on_a_rail_without_a_contract_is_not_sent(world, settings):
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {}}
    attempt = asked(issue(500), world.mtn, state="SENDING")
    prompting.send_prompt(attempt_id=attempt.pk, clock=lambda: NOON)
    attempt.refresh_from_db()
    assert attempt.state == "CREATED"
    assert attempt.lease_until == NOON + prompting.AGAIN_AFTER


def test_a_gateway_that_breaks_while_it_sends_may_have_sent(world, monkeypatch):
    def broken(prompt):
        raise ValueError

    monkeypatch.setattr(gateways, "prompts", lambda **_: SimpleNamespace(ask=broken))
    attempt = asked(issue(500), world.mtn, state="SENDING")
    prompting.send_prompt(attempt_id=attempt.pk, clock=lambda: NOON)
    attempt.refresh_from_db()
    assert attempt.state == "UNKNOWN"


def test_a_phone_that_cannot_be_read_troubles_nobody_else(world, settings, monkeypatch):
    def unreadable(*_):
        raise ValueError

    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {}}
    attempt = asked(issue(500), world.mtn)
    unsent = asked(issue(500), world.mtn, state="SENDING")
    monkeypatch.setattr(EncryptedTextField, "from_db_value", unreadable)
    asking_after.ask_status(attempt_id=attempt.pk, clock=lambda: NOON)
    prompting.send_prompt(attempt_id=unsent.pk, clock=lambda: NOON)
    rows = PaymentAttempt.objects.order_by("pk").values_list("state", "queries")
    assert list(rows) == [("PENDING", 1), ("CREATED", 0)]
    claimed = prompting.claim_prompts(limit=4, now=NOON + MINUTE, until=NOON + 2 * MINUTE)
    assert claimed == [unsent.pk]


# --- a movement told with another reference


def differences() -> list[tuple[int, str]]:
    rows = Difference.objects.order_by("pk")
    return list(rows.values_list("told_amount_minor", "told_reference"))


def test_a_known_movement_told_for_another_bill_is_noted_and_posts_nothing(world):
    meant, other = issue(500), issue(500)
    post(telling(world.bank, meant.reference, 500, external_id="R1"))
    for _ in range(2):
        post(telling(world.bank, other.reference, 500, external_id="R1"))
    assert (state_of(meant), state_of(other)) == (("PAID", 500), ("OPEN", 0))
    assert differences() == [(500, other.reference)]
    assert Evidence.objects.count() == 3


def test_one_batch_that_tells_a_movement_for_two_bills_notes_it_too(world):
    meant, other = issue(500), issue(500)
    post(
        telling(world.bank, meant.reference, 500, external_id="R1"),
        telling(world.bank, other.reference, 500, external_id="R1"),
    )
    assert differences() == [(500, other.reference)]


def test_a_reference_that_comes_after_the_money_went_to_suspense_is_noted(world):
    bill = issue(500)
    post(telling(world.bank, "", 500, external_id="R1"))
    post(telling(world.bank, bill.reference, 500, external_id="R1"))
    assert suspended() == [("UNKNOWN_REFERENCE", 500)]
    assert state_of(bill) == ("OPEN", 0)
    assert differences() == [(500, bill.reference)]


def test_the_same_reference_in_other_clothes_is_no_difference(world):
    bill = issue(500)
    spaced = " ".join(bill.reference[i : i + 4] for i in (0, 4, 8))
    post(telling(world.bank, bill.reference, 500, external_id="R1"))
    post(telling(world.bank, spaced, 500, external_id="R1"))
    post(telling(world.bank, "no reference at all", 500, external_id="R1"))
    assert differences() == []
    assert Evidence.objects.count() == 3


# --- what happens does not depend on the batch


@pytest.fixture(params=["together", "one by one"])
def deliver(request):
    def send(*tellings, at: datetime = NOON) -> None:
        if request.param == "together":
            post(*tellings, at=at)
        else:
            for one in tellings:
                post(one, at=at)

    return send


def replaced() -> tuple[BillView, BillView]:
    old = issue(500)
    return old, billing.replace_bill(bill_id=old.id, lines=[fee(500)], at=NOON)


def test_the_rest_of_a_successor_may_come_on_the_old_reference(world, deliver):
    old, new = replaced()
    deliver(telling(world.mtn, new.reference, 200), telling(world.mtn, old.reference, 300))
    assert state_of(new) == ("PAID", 500)
    assert suspended() == []


def test_the_whole_of_a_successor_paid_in_part_is_kept_aside(world, deliver):
    old, new = replaced()
    deliver(telling(world.mtn, new.reference, 200), telling(world.mtn, old.reference, 500))
    assert state_of(new) == ("PART_PAID", 200)
    assert suspended() == [("BILL_REPLACED", 500)]


def test_an_old_reference_paid_twice_pays_once(world, deliver):
    old, new = replaced()
    deliver(telling(world.mtn, old.reference, 500), telling(world.mtn, old.reference, 500))
    assert state_of(new) == ("PAID", 500)
    assert suspended() == [("ALREADY_PAID", 500)]


@pytest.mark.parametrize("second", [400, 500, 700])
def test_money_after_a_revived_bill_was_paid_already(world, deliver, second):
    bill = issue(500)
    billing.expire_due(now=EXPIRED, limit=10)
    deliver(telling(world.mtn, bill.reference, 500), telling(world.mtn, bill.reference, second))
    assert state_of(bill) == ("PAID", 500)
    assert suspended() == [("ALREADY_PAID", second)]


def test_old_references_of_different_bills_are_posted_by_one_statement(world, monkeypatch):
    statements = []
    plain = sql.run

    def counted(name, **values):
        statements.append(name)
        return plain(name, **values)

    late = [telling(world.mtn, replaced()[0].reference, 500) for _ in range(10)]
    monkeypatch.setattr(sql, "run", counted)
    post(*late)
    assert statements.count("post_collections") == 1


# --- a prompt that the network has forgotten


def test_a_prompt_that_was_taken_and_then_not_known_is_asked_after_for_a_day(world):
    bill = issue(500)
    attempt = asked(bill, world.mtn)
    asking_after.record_never_heard(attempt_id=attempt.pk, at=NOON + 3 * MINUTE)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.failure_reason) == ("FAILED", "not_arrived")
    due = attempt.next_query_at
    assert asking_after.claim_queries(limit=4, now=due, until=due + MINUTE) == [attempt.pk]
    assert told(attempt, at=due).state == "SUCCEEDED"
    post_inbox(now=due)
    assert state_of(bill) == ("PAID", 500)


def test_a_prompt_that_never_arrived_is_asked_after_for_a_day_and_no_longer(world):
    attempt = asked(issue(500), world.mtn)
    for hours, is_due in ((1, True), (23, True), (25, False)):
        asking_after.record_never_heard(attempt_id=attempt.pk, at=NOON + timedelta(hours=hours))
        attempt.refresh_from_db()
        assert (attempt.next_query_at is not None) is is_due


# --- days


@pytest.mark.django_db(transaction=True)
def test_money_of_a_today_that_is_missing_opens_it_and_does_not_wait_for_tomorrow(as_owner):
    world = make_world()
    as_owner.execute("SET session_replication_role = replica")
    as_owner.execute("DELETE FROM payments_ledger_day WHERE day = %s", [NOON.date()])
    as_owner.execute("SET session_replication_role = origin")
    post(telling(world.mtn, issue(500).reference, 500))
    assert Journal.objects.get().business_day_id == NOON.date()
