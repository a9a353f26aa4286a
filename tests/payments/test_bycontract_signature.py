"""A signature stands for these bytes at this time under one of these secrets, and for no others."""

import hashlib
import hmac
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.gateways import bycontract
from payments.gateways.base import (
    BadSignature,
    News,
    NoSuchDoor,
    Payable,
    Question,
    Unreadable,
)
from tests.payments.bankers import PAYABLE, changed_by_one_byte, heard
from tests.world import NOON

SECRETS = ["the-newer-of-the-two", "the-older-of-the-two"]
NOW = int(NOON.timestamp())
BODY = b'{"id":"B1","amount":"500","currency":"RWF"}'


def verify(body=BODY, *, timestamp=str(NOW), signature=None, secrets=SECRETS):
    if signature is None:
        signature = bycontract.sign(secret=SECRETS[0], timestamp=NOW, body=body)
    bycontract.verify(secrets=secrets, timestamp=timestamp, signature=signature, body=body, at=NOON)


def test_the_signature_is_the_one_that_the_contract_describes():
    """HMAC-SHA256 of `<unix seconds>.<raw body>`, in hex, after "v1=": a bank's own words."""
    signed = hmac.new(b"secret", b"1795341600." + BODY, hashlib.sha256).hexdigest()

    assert bycontract.sign(secret="secret", timestamp=1795341600, body=BODY) == f"v1={signed}"
    assert signed == "ffa01f40014cdcbd76ffbb35f58de8d003a95438bb8a67ce384192b144553014"


def test_what_lacks_a_time_or_a_signature_is_unsigned():
    good = bycontract.sign(secret=SECRETS[0], timestamp=NOW, body=BODY)
    for timestamp, signature in (("", good), (str(NOW), ""), ("", "")):
        with pytest.raises(BadSignature, match=r"^unsigned$"):
            verify(timestamp=timestamp, signature=signature)
    contract = {"secret": SECRETS, "rail_code": "bank-rw"}
    for headers in ({"x_timestamp": str(NOW)}, {"x_signature": good}, {}):
        with pytest.raises(BadSignature, match=r"^unsigned$"):
            bycontract.hear(heard("notification", BODY, **headers), contract)


def test_either_secret_signs_while_one_is_being_replaced_and_both_may_stand_side_by_side():
    newer, older = (bycontract.sign(secret=s, timestamp=NOW, body=BODY) for s in SECRETS)
    stranger = bycontract.sign(secret="somebody-else", timestamp=NOW, body=BODY)
    for signature in (newer, older, f"{older}, {newer}", f"{stranger},{older}"):
        verify(signature=signature)
    for signature in (stranger, "", "v1=", newer.removeprefix("v1="), newer.upper(), "v1=\udce9"):
        with pytest.raises(BadSignature):
            verify(signature=signature)


def test_no_more_than_four_signatures_are_tried():
    good = bycontract.sign(secret=SECRETS[0], timestamp=NOW, body=BODY)
    verify(signature=",".join(["v1=0"] * 3 + [good]))
    with pytest.raises(BadSignature):
        verify(signature=",".join(["v1=0"] * 4 + [good]))


def test_one_bit_changed_anywhere_is_refused():
    good = bycontract.sign(secret=SECRETS[0], timestamp=NOW, body=BODY)
    verify(signature=good)
    for body in changed_by_one_byte(BODY):
        with pytest.raises(BadSignature):
            verify(body, signature=good)
    for timestamp in changed_by_one_byte(str(NOW).encode()):
        with pytest.raises(BadSignature):
            verify(timestamp=timestamp.decode("latin-1"), signature=good)
    for signature in changed_by_one_byte(good.encode()):
        with pytest.raises(BadSignature):
            verify(signature=signature.decode("latin-1"))


@given(body=st.binary(max_size=200), place=st.integers(min_value=0), new=st.integers(0, 255))
def test_whatever_the_body_another_byte_in_it_is_refused(body, place, new):
    good = bycontract.sign(secret=SECRETS[0], timestamp=NOW, body=body)
    verify(body, signature=good)
    place %= len(body) + 1
    other = body[:place] + bytes([new]) + body[place + 1 :]
    if other != body:
        with pytest.raises(BadSignature):
            verify(other, signature=good)


@given(timestamp=st.text(max_size=20), signature=st.text(max_size=100))
def test_no_header_signs_by_chance_or_breaks_the_door(timestamp, signature):
    with pytest.raises(BadSignature):
        verify(timestamp=timestamp, signature=signature)


def test_five_minutes_either_way_and_no_longer():
    for age, holds in ((0, True), (300, True), (-300, True), (301, False), (-301, False)):
        timestamp = NOW - age
        signature = bycontract.sign(secret=SECRETS[0], timestamp=timestamp, body=BODY)
        if holds:
            verify(timestamp=str(timestamp), signature=signature)
        else:
            with pytest.raises(BadSignature, match=r"^stale$"):
                verify(timestamp=str(timestamp), signature=signature)


def test_an_empty_secret_signs_nothing_beside_a_good_one():
    empty = bycontract.sign(secret="", timestamp=NOW, body=BODY)
    for secrets in ([], [""], [SECRETS[0], ""]):
        with pytest.raises(BadSignature, match=r"^forged$"):
            verify(signature=empty, secrets=secrets)


def test_a_timestamp_that_is_no_number_of_seconds_is_stale():
    for timestamp in ("9" * 400, "1e9", "-1", "+1790000000", " 1790000000", "\u0661\u0662"):
        with pytest.raises(BadSignature, match=r"^stale$"):
            verify(timestamp=timestamp)


def test_the_door_knows_two_addresses_and_one_method():
    contract = {"secret": SECRETS, "rail_code": "bank-rw"}

    def knock(path, body, method="POST"):
        signature = bycontract.sign(secret=SECRETS[1], timestamp=NOW, body=body)
        headers = {"x_timestamp": str(NOW), "x_signature": signature}
        return bycontract.hear(heard(path, body, method=method, **headers), contract)

    news = knock("notification", b"not even JSON")
    assert isinstance(news, News)
    assert (news.kind, news.reply.status) == ("bycontract.notification", 200)
    question = knock("inquiry", b'{"reference": "8589 6132 6965"}')
    assert isinstance(question, Question)
    assert question.reference == "8589 6132 6965"
    answer = question.reply(PAYABLE)
    assert answer.status == 200
    assert json.loads(answer.body) == {
        "reference": PAYABLE.reference,
        "payable": True,
        "reason": "",
        "amount": "1000.00",
        "currency": "KES",
        "service": "Certificate of birth",
    }
    refused = question.reply(Payable(reference="1", reason="expired", due_minor=9, currency="KES"))
    assert json.loads(refused.body) == {"reference": "1", "payable": False, "reason": "expired"}
    in_french = question.reply(replace(PAYABLE, service="Caf\u00e9"))
    assert "Caf\u00e9".encode() in in_french.body
    with pytest.raises(Unreadable):
        knock("inquiry", b'{"reference": null}')
    with pytest.raises(NoSuchDoor):
        knock("elsewhere", b"{}")
    with pytest.raises(NoSuchDoor) as not_so:
        knock("inquiry", b"{}", method="GET")
    assert not_so.value.methods == ("POST",)
    with pytest.raises(BadSignature):
        bycontract.hear(heard("notification", b"{}"), contract)
