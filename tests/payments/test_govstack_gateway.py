"""
The GovStack P2G face, as a table of the specification's scenarios and of what it leaves out.

The specification has no tests that run; these stand on the cleaned shapes of its pages. Numbers of
signs are its maxima.
"""

import json

import pytest

from payments.gateways import govstack
from payments.gateways.base import (
    BadSignature,
    Hint,
    NoSuchDoor,
    Payable,
    Question,
    Unreadable,
)
from tests.payments.bankers import PAYABLE, heard

CONTRACT = {
    "rail_code": "govstack-rw",
    "token": ["the-newer-token", "the-older-token"],
    "biller_id": "GUICHET",
    "biller_name": "Guichet",
}
BILL = "858961326965"
MARK = {"requestID": "REQ000000001", "billId": BILL, "PaymentReferenceID": "PAY0000000000001"}


def knock(path, body=b"", *, method="GET", token="the-newer-token", **headers):
    usual = {"authorization": f"Bearer {token}", "x_correlationid": "CORR00000001"}
    return govstack.hear(heard(path, body, method=method, **{**usual, **headers}), CONTRACT)


def ask(path=f"bills/{BILL}", body=b"", **headers):
    return knock(path, body, **headers)


def mark(body, **headers):
    return knock("billTransferRequests", body, method="POST", **headers)


def said(reply):
    return json.loads(reply.body)


# --- the inquiry ------------------------------------------------------------------------------


def test_a_payable_bill_is_told_within_the_lengths_of_the_specification():
    question = ask()
    assert isinstance(question, Question)
    assert question.reference == BILL
    reply = question.reply(PAYABLE)
    told = said(reply)
    assert reply.status == 202
    assert told == {
        "responseCode": "00",
        "requestID": "CORR00000001",
        "billId": BILL,
        "code": "00",
        "reason": "Certificate of birth",
        "billDetails": {
            "billerId": "GUICHET",
            "billerName": "Guichet",
            "billStatus": "unpaid",
            "amountonDueDate": "1000.00",
            "amountAfterDueDate": "1000.00",
            "currency": "KES",
        },
    }
    maxima = {"billerId": 10, "billerName": 10, "billStatus": 10, "currency": 3}
    assert all(len(told["billDetails"][name]) <= most for name, most in maxima.items())


@pytest.mark.parametrize(
    "reason",
    ["not_a_reference", "unknown_reference", "already_paid", "expired", "cancelled", "replaced"],
)
def test_a_bill_that_cannot_be_paid_is_told_by_its_reason_and_without_details(reason):
    reply = ask().reply(Payable(reference=BILL, reason=reason))
    told = said(reply)
    assert reply.status == 202
    assert (told["code"], told["reason"]) == ("01", reason)
    assert "billDetails" not in told


@pytest.mark.parametrize(
    ("body", "request_id"),
    [
        (b"", "CORR00000001"),
        (b"not JSON", "CORR00000001"),
        ({"requestId": "R1"}, "R1"),
        ({"requestID": "R2"}, "R2"),
        ({"RequestId": "R3"}, "R3"),
        ({"requestId": 12}, "12"),
    ],
)
def test_the_requests_id_is_repeated_however_it_is_spelled(body, request_id):
    assert said(ask(body=body).reply(PAYABLE))["requestID"] == request_id


def test_a_long_correlation_id_makes_a_short_requests_id_and_always_the_same():
    long = "0f8fad5b-d9cb-469f-a165-70867728950e"
    first, again = (said(ask(x_correlationid=long).reply(PAYABLE))["requestID"] for _ in "12")
    assert first == again
    assert len(first) == 12


@pytest.mark.parametrize(
    ("path", "headers", "reason"),
    [
        ("bills/" + "9" * 21, {}, "bad_bill_id"),
        ("bills/ ", {}, "bad_bill_id"),
        (f"bills/{BILL}", {"x_correlationid": ""}, "no_correlation_id"),
    ],
)
def test_an_inquiry_against_the_specification_is_told_so(path, headers, reason):
    with pytest.raises(Unreadable, match=reason):
        ask(path, **headers)


# --- the mark ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelled",
    [
        MARK,
        {"requestId": "REQ000000001", "billId": BILL, "paymentReferenceID": "PAY0000000000001"},
        {"RequestId": "REQ000000001", "billID": BILL, "PaymentReferenceId": "PAY0000000000001"},
        # The payer's bank says the same to the switch, with the inquiry's id.
        MARK | {"billInquiryRequestId": "REQ000000000"},
        MARK | {"billId": int(BILL)},
    ],
)
def test_a_mark_is_a_hint_and_is_noted(spelled):
    hint = mark(spelled)
    assert isinstance(hint, Hint)
    assert (hint.kind, hint.movement, hint.told) == ("govstack.mark", "PAY0000000000001", BILL)
    assert hint.reply.status == 202
    assert said(hint.reply)["responseCode"] == "00"
    assert said(hint.reply)["requestID"] == "REQ000000001"
    assert len(said(hint.reply)["reason"]) <= 200


def test_a_mark_posts_nothing_because_it_carries_no_amount():
    # No kind of its messages has a parser: nothing here can become money.
    assert govstack.VENDOR.parsers == {}
    # An amount that is not of the specification changes nothing, whether it fits the bill or not.
    for amount in ("1000.00", "1.00", "-5"):
        hint = mark(MARK | {"amount": amount, "currency": "KES"})
        assert hint == mark(MARK)


def test_a_mark_said_again_is_answered_the_same():
    assert mark(MARK) == mark(MARK)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"[]",
        {"billId": BILL},
        {"PaymentReferenceID": "PAY1"},
        MARK | {"billId": "9" * 21},
        MARK | {"billId": True},
        MARK | {"PaymentReferenceID": "P" * 17},
        b'{"billId": "1", "billId": "2", "paymentReferenceID": "P"}',
    ],
)
def test_a_mark_against_the_specification_is_kept_answered_400_and_hints_at_nothing(body):
    hint = mark(body)
    assert isinstance(hint, Hint)
    assert (hint.movement, hint.told, hint.attempt_key) == ("", "", None)
    assert hint.reply.status == 400
    assert said(hint.reply)["responseCode"] == "01"


# --- who may ask ------------------------------------------------------------------------------


def test_either_token_opens_while_one_is_being_replaced():
    assert ask(authorization="Bearer the-older-token")
    assert ask(authorization="bearer the-newer-token")


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        ("", "unsigned"),
        ("Bearer", "unsigned"),
        ("Bearer ", "unsigned"),
        ("Basic the-newer-token", "unsigned"),
        ("Bearer guess", "forged"),
        ("Bearer the-newer-tokeN", "forged"),
        ("Bearer \udce9", "forged"),
    ],
)
def test_the_specification_asks_for_no_token_and_we_do(authorization, reason):
    with pytest.raises(BadSignature, match=reason):
        ask(authorization=authorization)
    with pytest.raises(BadSignature, match=reason):
        mark(MARK, authorization=authorization)


def test_an_empty_token_admits_nobody():
    contract = CONTRACT | {"token": ["", "x"]}
    asked = heard(f"bills/{BILL}", method="GET", authorization="Bearer  ", x_correlationid="1")
    with pytest.raises(BadSignature):
        govstack.hear(asked, contract)


@pytest.mark.parametrize(
    ("path", "method", "methods"),
    [
        ("", "GET", ()),
        ("bills", "GET", ()),
        (f"bills/{BILL}/more", "GET", ()),
        (f"bills/{BILL}", "POST", ("GET",)),
        ("billTransferRequests", "GET", ("POST",)),
        ("rtpUpdate", "POST", ()),
        ("transferRequests/1", "POST", ()),
        ("voucherRedemption", "POST", ()),
    ],
)
def test_other_addresses_of_the_specification_are_not_served(path, method, methods):
    with pytest.raises(NoSuchDoor) as not_so:
        knock(path, method=method)
    assert not_so.value.methods == methods
