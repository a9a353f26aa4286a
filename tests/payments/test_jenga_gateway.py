"""Equity's notifications: who may tell them, which of them are money, and how much."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.gateways import jenga
from payments.gateways.base import BadSignature, Collection, News, NoSuchDoor, Unreadable
from payments.states import Leg
from tests.payments.bankers import HEARD_AT, changed_by_one_byte, heard, sample

CONTRACT = {
    "rail_code": "equity-ke",
    "username": "guichet",
    "password": ["the-newer-password", "the-older-password"],
    "charge_withheld": "",
}

# The form of 2018, from the older page: an agent's deposit.
OLDER = {
    "callbackType": "IPN",
    "customer": {"name": "A N Other", "mobileNumber": "", "reference": None},
    "transaction": {
        "date": "2018-11-27 00:00:00.0",
        "reference": " S2596405",
        "paymentMode": "TPG",
        "amount": "10",
        "billNumber": "858961326965",
        "orderAmount": "",
        "serviceCharge": "",
        "servedBy": "EQ",
        "additionalInfo": "MPS 254723000000 MKR35QEKV7 A N Other/537620",
        "status": "SUCCESS",
        "remarks": "?",
    },
    "bank": {"reference": " S2596405", "transactionType": "C", "account": "0111234241028"},
}
NEWER = {
    "callbackType": "IPN",
    "customer": {"name": "", "mobileNumber": "254700000000", "reference": "0716"},
    "transaction": {
        "date": "2026-10-05 14:15:20",
        "reference": "EQ-IPN-1",
        "paymentMode": "MPESA",
        "amount": 150,
        "currency": "KES",
        "billNumber": "858961326965",
        "orderAmount": 150,
        "serviceCharge": 5.25,
        "orderCurrency": "KES",
        "status": "SUCCESS",
        "remarks": "00:Approved",
    },
    "bank": {"reference": "EQ-IPN-1", "transactionType": "C", "account": None},
}


def basic(username="guichet", password="the-newer-password"):
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def knock(authorization=None, *, path="ipn", body=NEWER, contract=CONTRACT, method="POST"):
    headers = {} if authorization is None else {"authorization": authorization}
    return jenga.hear(heard(path, body, method=method, **headers), contract)


def read(body, parse=jenga.parse):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse(data, HEARD_AT)


def with_transaction(**changed):
    return NEWER | {"transaction": NEWER["transaction"] | changed}


# --- who may tell -----------------------------------------------------------------------------


def test_either_password_opens_while_one_is_being_replaced():
    for password in CONTRACT["password"]:
        news = knock(basic(password=password))
        assert isinstance(news, News)
        assert (news.kind, news.reply.status) == ("jenga.ipn", 200)
    assert knock(basic().replace("Basic", "basic"), body=b"not JSON").reply.status == 200


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        (None, "unsigned"),
        ("", "unsigned"),
        ("Basic", "unsigned"),
        ("Basic ", "unsigned"),
        ("Bearer the-newer-password", "unsigned"),
        (basic(password="guess"), "forged"),
        (basic(username="equity"), "forged"),
        (basic(password=""), "forged"),
        (basic(username="", password=""), "forged"),
        (basic(password="the-newer-password "), "forged"),
        ("Basic ????", "forged"),
        ("Basic \udce9", "forged"),
        ("Basic guichet:the-newer-password", "forged"),
    ],
)
def test_nobody_else_is_heard(authorization, reason):
    with pytest.raises(BadSignature, match=reason):
        knock(authorization)


def test_one_bit_changed_in_the_credentials_is_refused():
    good = basic()
    for changed in changed_by_one_byte(good.encode()):
        authorization = changed.decode("latin-1")
        if authorization.lower().startswith("basic ") and authorization[6:] == good[6:]:
            continue  # The scheme's name is written in large or in small.
        with pytest.raises(BadSignature):
            knock(authorization)


def test_an_empty_password_or_name_admits_nobody():
    for changed in ({"password": ["x", ""]}, {"password": []}, {"username": ""}):
        contract = CONTRACT | changed
        for username in ("", "guichet"):
            for password in ("", "the-newer-password"):
                if (username, password) == ("guichet", "the-newer-password"):
                    continue
                with pytest.raises(BadSignature):
                    knock(basic(username=username, password=password), contract=contract)


def test_the_door_is_a_post_to_ipn():
    with pytest.raises(NoSuchDoor):
        knock(basic(), path="notification")
    with pytest.raises(NoSuchDoor) as not_so:
        knock(basic(), method="GET")
    assert not_so.value.methods == ("POST",)


# --- what is money ----------------------------------------------------------------------------


def test_the_newer_form_is_money():
    [money] = read(NEWER)
    assert isinstance(money, Collection)
    assert (money.external_id, money.reference) == ("EQ-IPN-1", "858961326965")
    assert (money.amount_minor, money.currency) == (15_000, "KES")
    # East Africa's 14:15, and no zone is written.
    assert money.occurred_at.isoformat() == "2026-10-05T11:15:20+00:00"


def test_the_older_form_is_the_same_money_without_its_space():
    [money] = read(OLDER)
    assert (money.external_id, money.reference) == ("S2596405", "858961326965")
    assert (money.amount_minor, money.currency) == (1000, "KES")
    assert money.occurred_at.isoformat() == "2018-11-26T21:00:00+00:00"


def test_the_published_sample_is_read():
    [money] = read(sample("jenga_ipn_mpesa_2026.json"))
    assert (money.external_id, money.reference, money.amount_minor) == ("EQ-IPN-1", "INVZCF", 15000)


def test_a_failed_payment_is_in_order_and_tells_of_no_money():
    for parse in (jenga.parse, jenga.parse_withheld):
        assert read(with_transaction(status="FAILED", amount=None), parse) == ()


def test_a_charge_counts_only_where_the_contract_says_that_it_is_withheld():
    assert len(read(NEWER)) == 1
    [money, charge] = read(NEWER, jenga.parse_withheld)
    assert money.amount_minor == 15_000
    assert (charge.leg, charge.amount_minor) == (Leg.CHARGE, 525)
    assert charge.external_id == charge.original_id == "EQ-IPN-1"
    for nothing in ("", "0", "0.00", 0, 0.0, None):
        assert len(read(with_transaction(serviceCharge=nothing), jenga.parse_withheld)) == 1
    # The money came, whatever the bank says of its charge.
    for wrong in ("five", "-5", "5,25"):
        [money] = read(with_transaction(serviceCharge=wrong), jenga.parse_withheld)
        assert money.amount_minor == 15_000


def test_the_message_keeps_what_the_contract_said_when_it_came():
    for said, kind in (("yes", "jenga.ipn_withheld"), (" YES ", "jenga.ipn_withheld")):
        assert knock(basic(), contract=CONTRACT | {"charge_withheld": said}).kind == kind
    for said in ("no", "", "maybe"):
        assert knock(basic(), contract=CONTRACT | {"charge_withheld": said}).kind == "jenga.ipn"
    assert set(jenga.VENDOR.parsers) == {"jenga.ipn", "jenga.ipn_withheld"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no_json"),
        (b"[1]", "no_object"),
        ({}, "no_ipn"),
        (NEWER | {"callbackType": "OTHER"}, "no_ipn"),
        (NEWER | {"transaction": "SUCCESS"}, "no_ipn"),
        (with_transaction(status="success"), "unknown_status"),
        (with_transaction(status="REVERSED"), "unknown_status"),
        (with_transaction(status=None), "unknown_status"),
        (NEWER | {"bank": {"transactionType": "D"}}, "not_a_credit"),
        (with_transaction(reference="  "), "no_id"),
        (with_transaction(reference=None), "no_id"),
        (with_transaction(amount="1.500"), "bad_amount"),
        (with_transaction(amount=-150), "bad_amount"),
        (with_transaction(amount=0), "bad_amount"),
        (with_transaction(currency="XYZ"), "bad_amount"),
        (with_transaction(date=None), "no_time"),
        (with_transaction(date="05/10/2026 14:15"), "bad_time"),
        (with_transaction(date="2026-02-30 14:15:20"), "bad_time"),
    ],
)
def test_what_does_not_say_clearly_that_money_came_is_parked(body, reason):
    with pytest.raises(Unreadable, match=reason):
        read(body)


@pytest.mark.parametrize("missing", [{}, {"bank": None}, {"customer": None}])
def test_what_is_not_needed_may_be_missing(missing):
    body = NEWER | missing
    assert len(read(body)) == 1


@given(
    st.dictionaries(
        st.sampled_from(sorted(NEWER["transaction"])),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_any_words_are_money_or_parked(changed):
    for parse in (jenga.parse, jenga.parse_withheld):
        try:
            told = read(with_transaction(**changed), parse)
        except Unreadable:
            continue
        assert all(one.amount_minor > 0 and one.external_id for one in told)
