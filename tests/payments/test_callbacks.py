"""What providers may send, good and bad, and what they are answered."""

import hashlib
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.db import connection
from django.utils import timezone

from kernel.models import EventRow
from payments import posting
from payments.gateways import bycontract
from payments.models import (
    InboundMessage,
    Inbox,
    Movement,
    PaymentAttempt,
    RefusedMessage,
    SuspenseItem,
    UnpostedMessage,
)
from payments.operations import billing, intake
from tests.payments.world import fee, issue, make_world, post, state_of, telling

NOTIFICATION = "/callbacks/bank-rw/notification"
INQUIRY = "/callbacks/bank-rw/inquiry"
BANK = {"kind": "bycontract", "rail_code": "bank-rw", "secret": ["new", "old"]}
MTN = {"kind": "mtn", "rail_code": "mtn-rw"}


@pytest.fixture
def world(settings):
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {"bank-rw": BANK, "mtn-rw": MTN}}
    return make_world()


@pytest.fixture
def bank(client):
    """Post signed bytes as the bank does."""

    def send(path, body, *, secret="new", age=0, signature=None, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        timestamp = int(timezone.now().timestamp()) - age
        signed = bycontract.sign(secret=secret, timestamp=timestamp, body=data)
        return client.post(
            path,
            data,
            content_type="application/json",
            headers=headers
            if headers is not None
            else {
                "X-Timestamp": str(timestamp),
                "X-Signature": signed if signature is None else signature,
            },
        )

    return send


def told(reference, amount="500", **more):
    return {
        "id": "B1",
        "reference": reference,
        "amount": amount,
        "currency": "RWF",
        "paid_at": timezone.now().isoformat(),
        "channel": "ussd",
        **more,
    }


def post_all():
    while posting.post_inbox(now=timezone.now() + timedelta(seconds=1)):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_notification_is_kept_byte_for_byte_and_pays_the_bill(world, bank):
    bill = issue(500)
    body = json.dumps(told(bill.reference), indent=3).encode() + b"\n\n"

    answer = bank(NOTIFICATION, body)

    assert answer.status_code == 200
    message = InboundMessage.objects.get()
    assert bytes(message.body) == body
    assert bytes(message.body_sha256) == hashlib.sha256(body).digest()
    assert (message.auth, message.rail_code) == ("valid", "bank-rw")
    assert state_of(bill) == ("OPEN", 0)
    post_all()
    assert state_of(bill) == ("PAID", 500)


@pytest.mark.django_db(transaction=True)
def test_a_repeat_is_answered_200_and_pays_once(world, bank):
    bill = issue(500)
    for _ in range(3):
        assert bank(NOTIFICATION, told(bill.reference)).status_code == 200

    post_all()

    assert Movement.objects.count() == 1
    assert InboundMessage.objects.count() == 3
    assert state_of(bill) == ("PAID", 500)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount": "499"}, None),
        ({"amount": "900"}, "OVERPAID"),
        ({"currency": "USD", "amount": "5.00"}, "WRONG_CURRENCY"),
        ({"reference": "999999999999"}, "UNKNOWN_REFERENCE"),
        ({"reference": None}, "UNKNOWN_REFERENCE"),
        ({"reference": "'; DROP TABLE payments_bill; --"}, "UNKNOWN_REFERENCE"),
        ({"reference": "\u0000\ud800 \U0001f4b8"}, "UNKNOWN_REFERENCE"),
        ({"reference": "9" * 10_000}, "UNKNOWN_REFERENCE"),
    ],
)
def test_money_that_does_not_fit_is_taken_and_never_refused(world, bank, change, reason):
    bill = issue(500)

    assert bank(NOTIFICATION, told(bill.reference) | change).status_code == 200
    post_all()

    assert Movement.objects.count() == 1
    assert state_of(bill)[0] == (
        "PART_PAID" if reason is None else "PAID" if reason == "OVERPAID" else "OPEN"
    )
    assert list(SuspenseItem.objects.values_list("reason", flat=True)) == (
        [reason] if reason else []
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no_json"),
        (b"{", "no_json"),
        (b"\xff\xfe\x00", "no_json"),
        (b"[" * 60_000, "no_json"),
        (b"[1]", "no_object"),
        ({"id": ""}, "no_id"),
        ({"id": None}, "no_id"),
        ({"id": {"a": 1}}, "no_id"),
        ({"id": "x\u0000"}, "bad_id"),
        ({"id": "\ud800"}, "bad_id"),
        ({"id": "x" * 201}, "bad_id"),
        ({"amount": "12.5"}, "bad_amount"),
        ({"amount": "NaN"}, "bad_amount"),
        ({"amount": "Infinity"}, "bad_amount"),
        ({"amount": "-500"}, "bad_amount"),
        ({"amount": "0"}, "bad_amount"),
        ({"amount": "1e15000"}, "bad_amount"),
        ({"amount": "9999999999999999"}, "bad_amount"),
        ({"amount": None}, "bad_amount"),
        ({"amount": ["500"]}, "bad_amount"),
        ({"currency": None}, "no_currency"),
        ({"currency": "XXX"}, "bad_amount"),
        ({"paid_at": "yesterday"}, "bad_time"),
        ({"paid_at": "2026-11-23T12:00:00"}, "bad_time"),
        ({"paid_at": "0001-01-01T00:00:00+14:00"}, "bad_time"),
        ({"paid_at": "9999-12-31T23:59:59-12:00"}, "bad_time"),
        ({"paid_at": None}, "no_time"),
    ],
)
def test_what_cannot_be_read_is_answered_200_kept_and_set_aside_with_a_reason(
    world, bank, body, reason
):
    bill = issue(500)
    good = told(bill.reference, id="GOOD")
    bad = body if isinstance(body, bytes) else told(bill.reference) | body

    assert bank(NOTIFICATION, bad).status_code == 200
    assert bank(NOTIFICATION, good).status_code == 200
    post_all()

    assert list(UnpostedMessage.objects.values_list("reason", flat=True)) == [reason]
    assert InboundMessage.objects.count() == 2
    assert Inbox.objects.count() == 0
    assert state_of(bill) == ("PAID", 500)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"secret": "guess"}, "forged"),
        ({"signature": "v1=" + "0" * 64}, "forged"),
        ({"signature": "v2=anything"}, "forged"),
        ({"signature": "v1=é"}, "forged"),
        ({"age": 310}, "stale"),
        ({"age": -310}, "stale"),
        ({"headers": {}}, "unsigned"),
        ({"headers": {"X-Timestamp": "١٢٣", "X-Signature": "v1=00"}}, "stale"),
        ({"headers": {"X-Timestamp": "9" * 400, "X-Signature": "v1=00"}}, "stale"),
    ],
)
@pytest.mark.parametrize("path", [NOTIFICATION, INQUIRY])
def test_a_signature_that_does_not_hold_is_answered_401_and_proves_nothing(
    world, bank, path, how, reason
):
    bill = issue(500)
    body = json.dumps(told(bill.reference, note="n" * 9000)).encode()

    answer = bank(path, body, **how)

    assert answer.status_code == 401
    assert InboundMessage.objects.count() == Inbox.objects.count() == 0
    kept = RefusedMessage.objects.get()
    assert (kept.reason, kept.body_bytes, len(kept.body_start)) == (reason, len(body), 4096)


@pytest.mark.django_db
def test_one_byte_changed_anywhere_breaks_the_signature(world):
    body, timestamp = b'{"id":"B1","amount":"500"}', 1_790_000_000
    at = timezone.datetime.fromtimestamp(timestamp, tz=timezone.get_default_timezone())
    signature = bycontract.sign(secret="s", timestamp=timestamp, body=body)

    def verify(changed):
        bycontract.verify(
            secrets=["s"],
            timestamp=str(timestamp),
            signature=signature,
            body=changed,
            at=at,
        )

    verify(body)
    for i in range(len(body)):
        with pytest.raises(bycontract.BadSignature):
            verify(body[:i] + bytes([body[i] ^ 1]) + body[i + 1 :])


@pytest.mark.django_db
def test_the_old_secret_holds_beside_the_new_one(world, bank):
    bill = issue(500)

    assert bank(NOTIFICATION, told(bill.reference), secret="old").status_code == 200
    assert bank(NOTIFICATION, told(bill.reference), secret="older").status_code == 401


@pytest.mark.django_db
def test_a_rail_without_a_contract_has_no_door(world, bank, settings):
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {}}

    assert bank(NOTIFICATION, told("1"), secret="").status_code == 404


@pytest.mark.django_db
def test_an_empty_secret_signs_nothing(world, bank, settings):
    rails = {
        code: {**rail, "secret": ["x", ""]} for code, rail in settings.GATEWAYS["rails"].items()
    }
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": rails}

    assert bank(NOTIFICATION, told("1"), secret="").status_code == 401
    assert bank(NOTIFICATION, told("1"), secret="x").status_code == 200


@pytest.mark.django_db
def test_forgers_cannot_fill_the_disk(world, bank, monkeypatch):
    monkeypatch.setattr(intake, "REFUSED_A_MINUTE_MAX", 2)

    for _ in range(4):
        assert bank(NOTIFICATION, b"{}", secret="guess").status_code == 401

    assert RefusedMessage.objects.count() == 2
    assert intake.forget_refused(now=timezone.now() + timedelta(days=89)) == 0
    assert intake.forget_refused(now=timezone.now() + timedelta(days=91)) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("path", [NOTIFICATION, INQUIRY])
def test_two_megabytes_are_answered_413_and_not_kept(world, bank, path):
    assert bank(path, b"x" * 2 * 1024 * 1024).status_code == 413
    assert bank(path, b"x" * (256 * 1024 + 1)).status_code == 413
    assert InboundMessage.objects.count() == RefusedMessage.objects.count() == 0


@pytest.mark.django_db
def test_other_methods_and_unknown_rails_are_told_so(world, client, bank):
    assert client.get(NOTIFICATION).status_code == 405
    assert client.delete(f"/callbacks/mtn-rw/requesttopay/{uuid4()}").status_code == 405
    assert bank("/callbacks/nobody/notification", b"{}").status_code == 404
    # MTN does not speak the language of contracts, nor a bank MTN's.
    assert bank("/callbacks/mtn-rw/notification", b"{}").status_code == 404
    assert client.post(f"/callbacks/bank-rw/requesttopay/{uuid4()}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_without_its_database_it_acknowledges_nothing(world, bank):
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = "1"
    try:
        answer = bank(NOTIFICATION, told("1"))
    finally:
        connection.close()
        connection.settings_dict["PORT"] = port

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert bank(NOTIFICATION, told("1")).status_code == 200


@pytest.mark.django_db
def test_an_inquiry_shows_service_and_amount_and_no_name(
    world, bank, django_assert_max_num_queries
):
    bill = issue(500, 1000, at=timezone.now())
    bank(INQUIRY, {"reference": bill.reference})

    with django_assert_max_num_queries(1):
        answer = bank(INQUIRY, {"reference": f" {bill.reference[:4]} {bill.reference[4:]}"})

    assert answer.status_code == 200
    assert answer.json() == {
        "reference": bill.reference,
        "payable": True,
        "reason": "",
        "amount": "1500",
        "currency": "RWF",
        "service": "Birth certificate",
    }


@pytest.mark.django_db
def test_an_inquiry_says_why_a_reference_cannot_be_paid(world, bank):
    now = timezone.now()
    cancelled, replaced = issue(500, at=now), issue(500, at=now)
    late = issue(500, at=now - timedelta(days=8))
    billing.cancel_bill(bill_id=cancelled.id, at=now)
    billing.replace_bill(bill_id=replaced.id, lines=[fee(500)], at=now)
    paid = issue(500, at=now)
    post(telling(world.bank, paid.reference, 500))
    reasons = {
        replaced.reference: "replaced",
        paid.reference: "already_paid",
        cancelled.reference: "cancelled",
        late.reference: "expired",
        "999999999999": "not_a_reference",
        "858961326965": "unknown_reference",
        "": "not_a_reference",
    }

    for reference, reason in reasons.items():
        answer = bank(INQUIRY, {"reference": reference}).json()
        assert (answer["payable"], answer["reason"]) == (False, reason)
        assert "amount" not in answer


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"reference": null}'])
def test_an_inquiry_that_asks_nothing_is_told_so(world, bank, body):
    answer = bank(INQUIRY, body)

    assert answer.status_code == 400
    assert answer.json()["payable"] is False


@pytest.fixture
def attempt(world):
    bill = issue(500)
    return PaymentAttempt.objects.create(
        key=uuid4(),
        bill_id=bill.id,
        rail=world.mtn,
        phone="+250788000101",
        currency="RWF",
        amount_minor=500,
        state="PENDING",
        created_at=timezone.now(),
        next_query_at=timezone.now() + timedelta(hours=1),
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", ["put", "post"])
@pytest.mark.parametrize("body", [b'{"status": "SUCCESSFUL", "amount": "500"}', b"{", b""])
def test_an_unsigned_callback_posts_nothing_and_makes_us_ask(client, attempt, method, body):
    url = f"/callbacks/mtn-rw/requesttopay/{attempt.key}"

    answer = getattr(client, method)(url, body, content_type="application/json")
    post_all()

    assert answer.status_code == 200
    message = InboundMessage.objects.get()
    assert (message.auth, bytes(message.body)) == ("absent", body)
    assert Movement.objects.count() == Inbox.objects.count() == 0
    before = attempt.next_query_at
    attempt.refresh_from_db()
    assert attempt.next_query_at < before
    assert EventRow.objects.filter(
        name="payments.prompt.status_query_due", payload__subject_id=attempt.pk
    ).exists()


@pytest.mark.django_db
def test_a_callback_for_an_attempt_we_never_made_is_no_evidence(world, client):
    answer = client.put(
        f"/callbacks/mtn-rw/requesttopay/{uuid4()}", b"{}", content_type="application/json"
    )

    assert answer.status_code == 200
    assert InboundMessage.objects.count() == 0
    assert RefusedMessage.objects.get().reason == "unknown_attempt"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("status", "state", "movements"),
    [
        ({"status": "SUCCESSFUL", "amount": "500"}, ("PAID", 500), 1),
        ({"status": "SUCCESSFUL", "amount": "300"}, ("PART_PAID", 300), 1),
        ({"status": "FAILED", "reason": "NOT_ENOUGH_FUNDS"}, ("OPEN", 0), 0),
        ({"status": "PENDING", "amount": "500"}, ("OPEN", 0), 0),
    ],
)
def test_only_the_status_answer_moves_money_whatever_the_callback_said(
    client, attempt, status, state, movements
):
    client.put(
        f"/callbacks/mtn-rw/requesttopay/{attempt.key}",
        json.dumps({"status": "SUCCESSFUL", "amount": "500"}),
        content_type="application/json",
    )
    answer = {"financialTransactionId": "529186712", "externalId": "x", "currency": "RWF"} | status
    intake.receive(
        rail_code="mtn-rw",
        kind="mtn.status",
        body=json.dumps(answer).encode(),
        headers={},
        remote_ip=None,
        auth="valid",
        external_hint=str(attempt.key),
        at=timezone.now(),
    )
    post_all()

    bill = attempt.bill
    bill.refresh_from_db()
    assert (bill.state, bill.paid_minor) == state
    assert Movement.objects.count() == movements
    assert UnpostedMessage.objects.filter(reason="tells_no_money").count() == 1 - movements


def test_the_development_secret_of_the_sandbox_is_in_the_settings():
    assert configured.GATEWAYS["rails"]["bank-rw"]["secret"]


@pytest.mark.django_db
def test_what_is_refused_has_an_end_in_all(world, bank, monkeypatch):
    monkeypatch.setattr(intake, "REFUSED_ROWS_MAX", 3)
    for _ in range(5):
        bank(NOTIFICATION, b"{}", secret="nobody's")
    newest = list(RefusedMessage.objects.order_by("-pk").values_list("pk", flat=True)[:3])

    assert intake.forget_refused(now=timezone.now()) == 2
    assert list(RefusedMessage.objects.order_by("-pk").values_list("pk", flat=True)) == newest


@pytest.mark.django_db
def test_a_flood_at_one_door_hides_nothing_at_another(world, bank, monkeypatch):
    monkeypatch.setattr(intake, "REFUSED_A_MINUTE_MAX", 2)
    for _ in range(4):
        bank(NOTIFICATION, b"{}", secret="nobody's")
    bank(f"/callbacks/mtn-rw/requesttopay/{uuid4()}", b"{}")

    refused = RefusedMessage.objects.values_list("rail_code", flat=True)
    assert sorted(refused) == ["bank-rw", "bank-rw", "mtn-rw"]
