"""KCB's three messages: what is asked, what is told, and what each is answered."""

import base64
import json
import re

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings as configured
from hypothesis import given
from hypothesis import strategies as st

from payments.gateways import kcb
from payments.gateways.base import News, NoSuchDoor, Payable, Question, Unreadable
from payments.gateways.kcb.signing import DEVELOPMENT_KEY
from tests.payments.bankers import HEARD_AT, PAYABLE, heard, sample

PRIVATE_KEY = load_pem_private_key(
    (configured.BASE_DIR / "sandbox" / "keys" / "kcb-development-only.pem").read_bytes(), None
)
CONTRACT = {
    "rail_code": "kcb-ke",
    "public_keys": DEVELOPMENT_KEY,
    "credit_account": "7941675",
    "validation_signed": "",
}

ACCOUNT = {
    "transactionReference": "FT00026252",
    "requestId": "c7d702cb-6b5f-4fa6-8b57-436d0f789017",
    "channelCode": "202",
    "timestamp": "2021111103005",
    "transactionAmount": "20,000.00",
    "currency": "KES",
    "customerReference": "858961326965",
    "customerName": "A N Other",
    "customerMobileNumber": "254700000000",
    "balance": "",
    "narration": "Payment",
    "creditAccountIdentifier": "JD001",
    "organizationShortCode": "777777",
    "tillNumber": "150150",
}
TILL = {
    "header": {
        "messageID": "12345",
        "originatorConversationID": "TEJ6CQQPBQ",
        "channelCode": "202",
        "timeStamp": "20250519133100",
    },
    "requestPayload": {
        "primaryData": {"businessKey": "1234567", "businessKeyType": "notifyBiller"},
        "additionalData": {
            "notificationData": {
                "businessKey": "858961326965",
                "businessKeyType": "BillReferenceNumber",
                "debitMSISDN": "254700000000",
                "transactionAmt": "1000",
                "transactionDate": "Mon May 19 13:30:54 EAT 2025",
                "transactionID": "FT25139M3RM6",
                "firstName": "A N OTHER",
                "currency": "KES",
                "balance": "0",
            }
        },
    },
}
ASKED = {
    "requestId": "d115245e-9604-49de-9436-9fdcb539871f",
    "customerReference": "8589 6132 6965",
    "organizationReference": "522522",
}


def signed(body):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = base64.b64encode(PRIVATE_KEY.sign(data, PKCS1v15(), hashes.SHA256()))
    return data, signature.decode()


def knock(path, body, *, contract=CONTRACT, method="POST"):
    data, signature = signed(body)
    return kcb.hear(heard(path, data, method=method, signature=signature), contract)


def read(body):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    [money] = kcb.parse(data, HEARD_AT)
    return money


def till(**changed):
    told = json.loads(json.dumps(TILL))
    told["requestPayload"]["additionalData"]["notificationData"] |= changed
    return told


def said(reply):
    assert reply.status == 200
    return json.loads(reply.body)


# --- what is asked before the payer pays ------------------------------------------------------


def test_a_payable_bill_is_told_with_its_service_and_without_anybodys_name():
    question = knock("validation", ASKED)
    assert isinstance(question, Question)
    assert question.reference == "8589 6132 6965"
    assert said(question.reply(PAYABLE)) == {
        "transactionID": ASKED["requestId"],
        "statusCode": "0",
        "statusMessage": "Success",
        "CustomerName": "Certificate of birth",
        "billAmount": "1000.00",
        "currency": "KES",
        "billType": "FIXED",
        "creditAccountIdentifier": "7941675",
    }


def test_a_bill_that_takes_parts_says_so_and_long_names_are_cut():
    bill = Payable(
        reference="858961326965",
        reason="",
        due_minor=50,
        currency="KES",
        takes_parts=True,
        service="Extrait de l'acte de naissance, copie",
    )
    told = said(knock("validation", ASKED, contract=CONTRACT | {"credit_account": ""}).reply(bill))
    assert (told["billType"], told["billAmount"]) == ("PARTIAL", "0.50")
    assert told["CustomerName"] == "Extrait de l'acte de naissance"
    assert told["creditAccountIdentifier"] is None


@pytest.mark.parametrize(
    "reason",
    ["not_a_reference", "unknown_reference", "already_paid", "expired", "cancelled", "replaced"],
)
def test_what_cannot_be_paid_is_refused_with_a_word_and_no_amount(reason):
    told = said(knock("validation", ASKED).reply(Payable(reference="1", reason=reason)))
    assert set(told) == {"transactionID", "statusCode", "statusMessage"}
    assert told["statusCode"] == "1"
    assert 0 < len(told["statusMessage"]) <= 30


def test_a_validation_that_asks_nothing_is_unreadable():
    for body in (b"", b"[]", {"customerReference": None}, {"customerReference": " "}):
        with pytest.raises(Unreadable):
            knock("validation", body)


# --- what is told afterwards ------------------------------------------------------------------


def test_an_account_notification_is_money():
    money = read(ACCOUNT)
    assert (money.external_id, money.reference) == ("FT00026252", "858961326965")
    assert (money.amount_minor, money.currency) == (2_000_000, "KES")
    assert money.occurred_at.isoformat() == "2021-11-11T00:00:05+00:00"


def test_a_till_notification_is_money():
    money = read(TILL)
    assert (money.external_id, money.reference) == ("FT25139M3RM6", "858961326965")
    assert (money.amount_minor, money.currency) == (100_000, "KES")
    assert money.occurred_at.isoformat() == "2025-05-19T10:30:54+00:00"
    # Without its own words the header's stamp dates it.
    assert read(till(transactionDate="")).occurred_at.isoformat() == "2025-05-19T10:31:00+00:00"


def test_the_published_samples_are_read():
    account = read(sample("kcb_account_ipn_official_sample.json"))
    assert (account.external_id, account.reference) == ("FT00026252", "INV-0001")
    assert (account.amount_minor, account.currency) == (10_000, "KES")
    documented = read(sample("kcb_till_ipn_documented.json"))
    assert (documented.external_id, documented.amount_minor) == ("FT25139M3RM6", 100_000)
    asked = knock("validation", sample("kcb_bill_validation_request.json"))
    assert asked.reference == "INV-20260729-001"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("20250519133100", "2025-05-19T10:31:00+00:00"),
        ("2021111103005", "2021-11-11T00:00:05+00:00"),
        ("202111110305", "2021-11-11T00:05:00+00:00"),
        ("1790000000000", "2026-09-21T14:13:20+00:00"),
        ("2026-07-29T09:30:05.000Z", "2026-07-29T09:30:05+00:00"),
        ("2026-07-29T09:30:05+03:00", "2026-07-29T06:30:05+00:00"),
        ("2026-07-29 09:30:05", "2026-07-29T06:30:05+00:00"),
        ("Mon May 19 13:30:54 EAT 2025", "2025-05-19T10:30:54+00:00"),
        ("Thu Jan 1 00:00:00 UTC 2026", "2026-01-01T00:00:00+00:00"),
        ("Tue Feb 03 01:02:03 CAT 2026", "2026-02-02T23:02:03+00:00"),
        (20250519133100, "2025-05-19T10:31:00+00:00"),
    ],
)
def test_every_form_of_time_that_has_been_seen_is_read(written, moment):
    assert read(ACCOUNT | {"timestamp": written}).occurred_at.isoformat() == moment


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (None, "no_time"),
        ("", "no_time"),
        ("yesterday", "bad_time"),
        ("20250519", "bad_time"),
        ("20251319133100", "bad_time"),
        ("20250230133100", "bad_time"),
        ("2021111199999", "bad_time"),
        ("٢٠٢٥٠٥١٩١٣٣١٠٠", "bad_time"),
        ("Mon May 19 13:30:54 XXX 2025", "bad_time"),
        ("Mon Mai 19 13:30:54 EAT 2025", "bad_time"),
        ("Mon Feb 30 13:30:54 EAT 2025", "bad_time"),
        ("Mon May 19 25:30:54 EAT 2025", "bad_time"),
        ("19/05/2025", "bad_time"),
    ],
)
def test_another_form_is_parked(written, reason):
    with pytest.raises(Unreadable, match=reason):
        read(ACCOUNT | {"timestamp": written})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no_json"),
        ([], "no_object"),
        ({}, "no_currency"),
        ({"header": {"messageID": "1"}}, "no_currency"),
        (ACCOUNT | {"transactionReference": " "}, "no_id"),
        (ACCOUNT | {"transactionAmount": "20.000,00"}, "bad_amount"),
        (ACCOUNT | {"transactionAmount": "1.500"}, "bad_amount"),
        (ACCOUNT | {"transactionAmount": "-100.00"}, "bad_amount"),
        (ACCOUNT | {"currency": "KSH"}, "bad_amount"),
        (till(transactionID=None), "no_id"),
        (till(transactionAmt="one thousand"), "bad_amount"),
        (till(transactionDate="", currency=None), "no_currency"),
    ],
)
def test_what_does_not_say_enough_is_parked(body, reason):
    with pytest.raises(Unreadable, match=reason):
        read(body)


# --- what each is answered --------------------------------------------------------------------


def test_a_notification_is_acknowledged_in_its_own_form():
    account, documented = knock("notification", ACCOUNT), knock("notification", TILL)
    assert isinstance(account, News)
    assert account.kind == documented.kind == "kcb.notification"
    told = said(account.reply)
    assert (told["statusCode"], told["statusMessage"]) == ("0", "Notification received")
    assert re.fullmatch(r"[0-9A-F]{24}", told["transactionID"])
    told = said(documented.reply)
    assert told["header"] == {
        "messageID": "12345",
        "originatorConversationID": "TEJ6CQQPBQ",
        "statusCode": "0",
        "statusMessage": "Notification received",
    }
    assert re.fullmatch(
        r"[0-9A-F]{24}", told["responsePayload"]["transactionInfo"]["transactionId"]
    )


def test_a_repeat_is_acknowledged_with_the_first_ones_id():
    first = said(knock("notification", ACCOUNT).reply)["transactionID"]
    repeat = ACCOUNT | {"requestId": "another", "timestamp": "20260101000000"}
    assert said(knock("notification", repeat).reply)["transactionID"] == first
    other = ACCOUNT | {"transactionReference": "FT00026253"}
    assert said(knock("notification", other).reply)["transactionID"] != first
    elsewhere = CONTRACT | {"rail_code": "kcb-rw"}
    repeated = knock("notification", ACCOUNT, contract=elsewhere)
    assert said(repeated.reply)["transactionID"] != first


def test_what_names_no_movement_is_acknowledged_by_its_bytes():
    for form in ({}, {"header": {"messageID": "1"}}):
        one, again, other = (
            said(knock("notification", form | {"more": more}).reply) for more in (1, 1, 2)
        )
        assert one == again
        assert one != other


@pytest.mark.parametrize("body", [b"", b"not JSON", [], {"header": {}}, {"header": {"a": 1}}])
def test_what_cannot_be_read_is_acknowledged_all_the_same(body):
    news = knock("notification", body)
    assert isinstance(news, News)
    assert said(news.reply)


def test_the_doors_are_posts_to_validation_and_notification():
    with pytest.raises(NoSuchDoor):
        knock("ipn", ACCOUNT)
    for path in ("validation", "notification"):
        with pytest.raises(NoSuchDoor) as not_so:
            knock(path, ACCOUNT, method="PUT")
        assert not_so.value.methods == ("POST",)


words = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())


@given(st.dictionaries(st.sampled_from(sorted(ACCOUNT)), words), st.booleans())
def test_any_words_are_money_or_parked_and_always_answered(changed, is_till):
    names = {
        "transactionReference": "transactionID",
        "transactionAmount": "transactionAmt",
        "timestamp": "transactionDate",
        "customerReference": "businessKey",
    }
    renamed = {names.get(name, name): value for name, value in changed.items()}
    body = till(**renamed) if is_till else ACCOUNT | changed
    assert knock("notification", body).reply.status == 200
    try:
        money = read(body)
    except Unreadable:
        return
    assert money.amount_minor > 0
    assert money.occurred_at.tzinfo is not None
