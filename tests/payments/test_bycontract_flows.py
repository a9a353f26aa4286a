"""What a bank tells over HTTP, from its door to the bill and the ledger; each bank in its words."""

import base64
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from payments import ledger, posting
from payments.gateways import bycontract
from payments.gateways.kcb.signing import DEVELOPMENT_KEY
from payments.models import InboundMessage, Inbox, Movement, Rail, SuspenseItem, UnpostedMessage
from payments.states import Leg
from tests.payments.test_jenga_gateway import NEWER
from tests.payments.test_kcb_gateway import ACCOUNT, signed
from tests.payments.world import issue, make_world, state_of

RAILS = {
    "bank-rw": {"kind": "bycontract", "rail_code": "bank-rw", "secret": ["new", "old"]},
    "kcb-ke": {
        "kind": "kcb",
        "rail_code": "kcb-ke",
        "public_keys": DEVELOPMENT_KEY,
        "credit_account": "",
        "validation_signed": "",
    },
    "equity-ke": {
        "kind": "jenga",
        "rail_code": "equity-ke",
        "username": "guichet",
        "password": ["a-long-password"],
        "charge_withheld": "yes",
    },
    "govstack-ke": {
        "kind": "govstack",
        "rail_code": "govstack-ke",
        "token": ["a-long-token"],
        "biller_id": "GUICHET",
        "biller_name": "Guichet",
    },
}


@pytest.fixture
def world(settings):
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": RAILS}
    made = make_world()
    usual = {"prefixes": [], "steps": {}, "by_contract": True, "active": True, "position": 0}
    for code in ("kcb-ke", "equity-ke", "govstack-ke"):
        rail, _ = Rail.objects.get_or_create(
            code=code,
            defaults={
                "kind": RAILS[code]["kind"],
                "provider": code,
                "names": {"en": code},
                "currency": "KES",
                **usual,
            },
        )
        ledger.open_rail_accounts([(rail.pk, "KES")])
    return made


@pytest.fixture
def bank(client):
    """Tell something signed, as a bank by contract does."""

    def tell(body, *, secret="new", timestamp=None):
        data = json.dumps(body).encode()
        at = int(timezone.now().timestamp()) if timestamp is None else timestamp
        return client.post(
            "/callbacks/bank-rw/notification",
            data,
            content_type="application/json",
            headers={
                "X-Timestamp": str(at),
                "X-Signature": bycontract.sign(secret=secret, timestamp=at, body=data),
            },
        )

    return tell


def told(reference="", **more):
    return {
        "id": "BK1",
        "reference": reference,
        "amount": "500",
        "currency": "RWF",
        "paid_at": timezone.now().isoformat(),
        **more,
    }


def taken_back(**more):
    return told(type="reversal", id="BK2", original_id="BK1", **more)


def post_all(later=timedelta(seconds=1)):
    while posting.post_inbox(now=timezone.now() + later):
        pass


def legs():
    return sorted(Movement.objects.values_list("leg", "external_id", "amount_minor"))


@pytest.mark.django_db(transaction=True)
def test_a_message_overheard_and_sent_again_within_the_window_moves_money_once(world, bank):
    bill, at = issue(500), int(timezone.now().timestamp())
    notification = told(bill.reference)

    answers = [bank(notification, timestamp=at) for _ in range(3)]
    post_all()
    answers.append(bank(notification, timestamp=at, secret="old"))
    post_all()

    assert [answer.status_code for answer in answers] == [200] * 4
    assert legs() == [("credit", "BK1", 500)]
    assert state_of(bill) == ("PAID", 500)
    assert not SuspenseItem.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_bank_takes_back_the_bill_asks_for_again(world, bank):
    bill = issue(500)
    bank(told(bill.reference))
    post_all()

    assert bank(taken_back()).status_code == 200
    assert bank(taken_back()).status_code == 200
    post_all()

    assert legs() == [("credit", "BK1", 500), ("reversal", "BK2", 500)]
    assert state_of(bill)[1] == 0


@pytest.mark.django_db(transaction=True)
def test_a_reversal_that_overtakes_its_payment_waits_for_it(world, bank):
    bill = issue(500)
    bank(taken_back())
    post_all()
    assert legs() == []
    assert Inbox.objects.count() == 1

    bank(told(bill.reference))
    post_all(timedelta(minutes=1))

    assert legs() == [("credit", "BK1", 500), ("reversal", "BK2", 500)]
    assert state_of(bill)[1] == 0


@pytest.mark.django_db(transaction=True)
def test_a_charge_is_booked_and_changes_no_bill(world, bank):
    bill = issue(500)
    bank(told(bill.reference))
    bank(told(type="charge", id="CH1", original_id="BK1", amount="12"))
    post_all()

    assert legs() == [("charge", "CH1", 12), ("credit", "BK1", 500)]
    assert state_of(bill) == ("PAID", 500)


@pytest.mark.django_db(transaction=True)
def test_what_means_two_things_is_kept_parked_and_stops_nobody(world, bank, client):
    bill = issue(500)
    bank(told(bill.reference, id="BAD", amount="1.500"))
    bank(told(bill.reference, id="BAD", type="gift"))
    bank(told(bill.reference))
    post_all()

    assert sorted(UnpostedMessage.objects.values_list("reason", flat=True)) == [
        "bad_amount",
        "unknown_type",
    ]
    assert legs() == [("credit", "BK1", 500)]
    assert state_of(bill) == ("PAID", 500)


@pytest.mark.django_db(transaction=True)
def test_kcb_is_asked_paid_and_acknowledged_with_one_id(world, client):
    bill = issue(2_000_000, currency="KES", at=timezone.now())

    def kcb(path, body):
        data, signature = signed(body)
        headers = {"Signature": signature}
        return client.post(
            f"/callbacks/kcb-ke/{path}", data, content_type="application/json", headers=headers
        )

    asked = kcb("validation", {"requestId": "R1", "customerReference": bill.reference}).json()
    assert (asked["statusCode"], asked["billAmount"]) == ("0", "20000.00")
    assert asked["CustomerName"] == "Birth certificate"

    at = f"{timezone.now():%Y-%m-%dT%H:%M:%S}.000Z"
    notification = ACCOUNT | {"customerReference": bill.reference, "timestamp": at}
    first, again = (kcb("notification", notification) for _ in "12")
    assert first.json() == again.json()
    post_all()

    assert legs() == [("credit", "FT00026252", 2_000_000)]
    assert state_of(bill) == ("PAID", 2_000_000)
    assert kcb("validation", {"customerReference": bill.reference}).json()["statusCode"] == "1"
    assert kcb("notification", {"header": 1}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_equitys_notification_pays_and_books_the_charge_that_it_withheld(world, client):
    bill = issue(15_000, currency="KES")
    transaction = NEWER["transaction"] | {
        "billNumber": bill.reference,
        "date": f"{timezone.now() + timedelta(hours=3):%Y-%m-%d %H:%M:%S}",
    }
    basic = base64.b64encode(b"guichet:a-long-password").decode()

    def jenga(authorization):
        return client.post(
            "/callbacks/equity-ke/ipn",
            json.dumps(NEWER | {"transaction": transaction}),
            content_type="application/json",
            headers={"Authorization": authorization},
        )

    assert jenga("Basic nobody").status_code == 401
    assert jenga(f"Basic {basic}").status_code == 200
    post_all()

    assert legs() == [("charge", "EQ-IPN-1", 525), ("credit", "EQ-IPN-1", 15_000)]
    assert state_of(bill) == ("PAID", 15_000)
    # The password is nowhere: the evidence keeps what was said, and not what opened the door.
    assert basic not in json.dumps(InboundMessage.objects.get().headers)


@pytest.mark.django_db(transaction=True)
def test_a_bill_marked_as_paid_by_govstack_is_not_paid(world, client):
    bill = issue(50_000, currency="KES", at=timezone.now())
    headers = {"Authorization": "Bearer a-long-token", "X-CorrelationID": "C1"}

    asked = client.get(f"/callbacks/govstack-ke/bills/{bill.reference}", headers=headers)
    assert asked.status_code == 202
    assert asked.json()["billDetails"]["amountonDueDate"] == "500.00"
    marks = [
        client.post(
            "/callbacks/govstack-ke/billTransferRequests",
            json.dumps({"requestId": "R", "billId": bill.reference, "paymentReferenceID": "P1"}),
            content_type="application/json",
            headers=headers,
        )
        for _ in range(2)
    ]
    post_all()

    assert [mark.status_code for mark in marks] == [202, 202]
    assert state_of(bill) == ("OPEN", 0)
    assert not Movement.objects.filter(leg=Leg.CREDIT).exists()
    assert set(InboundMessage.objects.values_list("auth", flat=True)) == {"absent"}
    assert not UnpostedMessage.objects.exists()
