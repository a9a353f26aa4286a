"""What a bank by contract may tell, and what is parked in one word instead of guessed."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.gateways.base import Collection, Debit, Unreadable
from payments.gateways.bycontract import parse_inquiry, parse_notification
from payments.states import Leg
from tests.payments.bankers import HEARD_AT

TOLD = {
    "id": "BK4711",
    "reference": "858961326965",
    "amount": "500",
    "currency": "KES",
    "paid_at": "2026-11-23T12:00:00+02:00",
    "channel": "ussd",
}


def read(body):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    [told] = parse_notification(data, HEARD_AT)
    return told


def test_a_payment_is_money_with_or_without_its_type():
    for body in (TOLD, TOLD | {"type": "payment"}):
        told = read(body)
        assert isinstance(told, Collection)
        assert (told.external_id, told.reference) == ("BK4711", "858961326965")
        assert (told.amount_minor, told.currency) == (50_000, "KES")
        assert told.occurred_at.isoformat() == "2026-11-23T10:00:00+00:00"


@pytest.mark.parametrize(
    ("told", "kept"),
    [("rent of May", "rent of May"), (8589, "8589"), (None, ""), (["8589"], ""), ({}, "")],
)
def test_a_reference_that_is_none_is_no_reason_to_refuse_money(told, kept):
    assert read(TOLD | {"reference": told}).reference == kept


def test_a_reversal_names_the_payment_that_it_takes_back():
    told = read(TOLD | {"type": "reversal", "id": "BK4712", "original_id": "BK4711"})
    assert isinstance(told, Debit)
    assert (told.leg, told.external_id, told.original_id) == (Leg.REVERSAL, "BK4712", "BK4711")
    assert told.amount_minor == 50_000
    for nothing in (None, "", "  ", {"id": 1}):
        with pytest.raises(Unreadable, match=r"^no_original$"):
            read(TOLD | {"type": "reversal", "original_id": nothing})


def test_a_charge_may_name_what_it_is_for():
    told = read(TOLD | {"type": "charge", "id": "CH1", "amount": "12.50", "original_id": "BK4711"})
    assert (told.leg, told.amount_minor, told.original_id) == (Leg.CHARGE, 1250, "BK4711")
    assert read(TOLD | {"type": "charge"}).original_id == ""
    assert (told.external_id, told.currency) == ("CH1", "KES")
    assert told.occurred_at.isoformat() == "2026-11-23T10:00:00+00:00"


@pytest.mark.parametrize("kind", ["refund", "PAYMENT", "", None, 1, ["payment"]])
def test_another_type_is_not_taken_for_a_payment(kind):
    with pytest.raises(Unreadable, match=r"^unknown_type$"):
        read(TOLD | {"type": kind})


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("500", "RWF", 500),
        ("500.00", "RWF", 500),
        ("1,500", "RWF", 1500),
        ("20,000.00", "KES", 2_000_000),
        ("1,234,567.8", "KES", 123_456_780),
        (500, "KES", 50_000),
        (" 500 ", "RWF", 500),
        ("+500", "RWF", 500),
        ("0.05", "KES", 5),
        ("0.01", "KES", 1),
        ("1", "RWF", 1),
        # Two wrongs of one reader: what is written counts, and not what a float makes of it.
        (b"500.10", "KES", 50_010),
        (b"500.0", "RWF", 500),
        (b"70368744177664.01", "KES", 7_036_874_417_766_401),
    ],
)
def test_amounts_that_mean_one_thing(amount, currency, minor):
    assert read(_with_amount(amount, currency)).amount_minor == minor


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("500,00", "KES"),
        ("20.000,00", "KES"),
        ("1.500", "KES"),
        ("23.000", "RWF"),
        ("1 500", "RWF"),
        ("1'500", "RWF"),
        ("1,50,000", "RWF"),
        ("12.5", "RWF"),
        ("0.001", "KES"),
        ("-500", "RWF"),
        (-500, "RWF"),
        ("0", "RWF"),
        ("0.00", "KES"),
        (0, "RWF"),
        ("١٢", "RWF"),
        ("RWF 500", "RWF"),
        ("1e3", "RWF"),
        (b"1e3", "RWF"),
        (b"1E400", "RWF"),
        ("NaN", "RWF"),
        ("Infinity", "RWF"),
        ("0x1F", "RWF"),
        ("", "RWF"),
        (None, "RWF"),
        (True, "RWF"),
        (["500"], "RWF"),
        ({"value": "500"}, "RWF"),
        ("5" * 40, "RWF"),
        (10**18, "KES"),
        ("500", "XXX"),
        ("500", "rwf"),
        ("500", ""),
    ],
)
def test_amounts_that_could_mean_another_thing_or_none_are_parked(amount, currency):
    with pytest.raises(Unreadable, match=r"^bad_amount$"):
        read(_with_amount(amount, currency))


def _with_amount(amount, currency):
    if isinstance(amount, bytes):  # A number as it stands in the bytes.
        body = json.dumps(TOLD | {"amount": "HERE", "currency": currency}).encode()
        return body.replace(b'"HERE"', amount)
    return TOLD | {"amount": amount, "currency": currency}


@pytest.mark.parametrize(
    ("paid_at", "reason"),
    [
        ("2026-11-23T12:00:00", "bad_time"),
        ("2026-11-23", "bad_time"),
        ("2026-02-30T12:00:00+02:00", "bad_time"),
        ("23/11/2026 12:00", "bad_time"),
        ("1790000000", "bad_time"),
        (1790000000, "no_time"),
        (None, "no_time"),
        ("0001-01-01T00:00:00+14:00", "bad_time"),
        ("9999-12-31T23:59:59-12:00", "bad_time"),
        ("2026-11-23T12:00:00+02:00\x00", "bad_time"),
    ],
)
def test_a_time_that_is_no_moment_is_parked(paid_at, reason):
    with pytest.raises(Unreadable, match=f"^{reason}$"):
        read(TOLD | {"paid_at": paid_at})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no_json"),
        (b"\xff\xfe\x00", "no_json"),
        (b"[" * 200_000, "no_json"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "no_json"),
        (b'{"amount": NaN}', "no_json"),
        (b'{"amount": -Infinity}', "no_json"),
        (b'{"amount": ' + b"9" * 5000 + b"}", "no_json"),
        (b"{'id': 1}", "no_json"),
        (b"[]", "no_object"),
        (b'"BK1"', "no_object"),
        (b'{"id": "A", "amount": "500", "amount": "900"}', "said_twice"),
        (b'{"id": "A", "id": "A"}', "said_twice"),
        (b'{"more": {"x": 1, "x": 2}}', "said_twice"),
        ({"id": ""}, "no_id"),
        ({"id": True}, "no_id"),
        ({"id": ["BK1"]}, "no_id"),
        (TOLD | {"currency": None}, "no_currency"),
        (TOLD | {"currency": 404}, "no_currency"),
    ],
)
def test_what_is_no_notification_is_parked_in_one_word(body, reason):
    with pytest.raises(Unreadable, match=f"^{reason}$"):
        read(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*TOLD, "type"], json_values)))
def test_any_json_is_money_or_parked_and_never_breaks_the_reader(body):
    try:
        told = read(body)
    except Unreadable:
        return
    assert told.amount_minor > 0
    assert told.external_id
    assert told.occurred_at.tzinfo is not None


@given(st.binary(max_size=300))
def test_any_bytes_are_parked_or_read(body):
    for parse in (lambda data: parse_notification(data, HEARD_AT), parse_inquiry):
        with contextlib.suppress(Unreadable):
            parse(body)


@pytest.mark.parametrize(("asked", "typed"), [("8589 6132 6965", "8589 6132 6965"), (8589, "8589")])
def test_an_inquiry_repeats_what_was_typed(asked, typed):
    assert parse_inquiry(json.dumps({"reference": asked}).encode()) == typed


@pytest.mark.parametrize("asked", [None, True, ["1"], {}])
def test_an_inquiry_that_asks_nothing_is_told_so(asked):
    with pytest.raises(Unreadable, match=r"^no_reference$"):
        parse_inquiry(json.dumps({"reference": asked}).encode())
