"""What M-Pesa answers to orders, and whatever else may come in their place."""

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from payments.gateways.base import Collection, Context, Debit, RefundTold, Told, Unreadable
from payments.gateways.mpesa import VENDOR, balance, express, reversal
from payments.states import Leg
from tests.payments.mpesa_words import (
    KEY,
    PAID_AT,
    SHORT_CODE,
    callback,
    context,
    pairs,
    payment,
    result,
    row,
    sample,
    status,
)
from tests.payments.mpesa_words import reversal as reversal_words
from tests.world import NOON

# --- a reversal


def test_a_reversal_of_ours_is_a_payout() -> None:
    assert reversal.read_told(reversal_words()) == RefundTold("done")
    assert reversal.parse(reversal_words(), context(str(KEY))) == (
        Debit(
            leg=Leg.PAYOUT,
            external_id="SKM52PAWR9",
            amount_minor=500_00,
            currency="KES",
            occurred_at=datetime(2026, 11, 22, 10, 27, 11, tzinfo=UTC),
            original_id="SKL51ZDR4F",
            key=KEY,
        ),
    )


def test_a_reversal_that_is_asked_after_tells_the_same_money() -> None:
    body = status(ReceiptNo="SKM52PAWR9", FinalisedTime="20261122132711")
    [told] = reversal.parse(body, context(str(KEY)))
    assert (told.leg, told.external_id, told.amount_minor) == (Leg.PAYOUT, "SKM52PAWR9", 500_00)
    assert told.key == KEY


def test_a_reversal_without_its_time_still_paid_back() -> None:
    [told] = reversal.parse(reversal_words(TransCompletedTime="absent"), context(str(KEY)))
    assert told.occurred_at == NOON


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("R000002", RefundTold("failed", "unknown_movement")),
        (1, RefundTold("failed", "not_enough_money")),
        ("21", RefundTold("failed", "not_permitted")),
        (2001, RefundTold("failed", "not_permitted")),
        ("R000001", RefundTold("undecided")),  # Somebody did: the statement shows who.
        ("R000099", RefundTold("undecided")),
        (9999, RefundTold("undecided")),
    ],
)
def test_what_did_not_go_back_is_no_payout(code: object, told: RefundTold) -> None:
    assert reversal.read_told(reversal_words(code=code)) == told
    assert reversal.parse(reversal_words(code=code), context(str(KEY))) == ()


@pytest.mark.parametrize(
    ("word", "outcome"),
    [("Completed", "done"), ("Failed", "failed"), ("Declined", "failed"), ("Pending", "undecided")],
)
def test_only_the_last_words_of_a_reversal_decide(word: str, outcome: str) -> None:
    assert reversal.read_told(status(TransactionStatus=word)).outcome == outcome


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"Result": 7}'])
def test_an_answer_that_is_none_decides_no_refund(body: bytes) -> None:
    assert reversal.read_told(body) == RefundTold("undecided")


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (reversal_words(), ""),
        (reversal_words(), "not a key"),
        (reversal_words(Amount="absent"), str(KEY)),
        (reversal_words(Amount=-5), str(KEY)),
        (reversal_words(OriginalTransactionID="absent"), str(KEY)),
        (result(pairs({"Amount": 5, "OriginalTransactionID": "A"}), TransactionID=""), str(KEY)),
    ],
)
def test_a_payout_that_lacks_what_money_needs_is_unreadable(body: bytes, hint: str) -> None:
    with pytest.raises(Unreadable):
        reversal.parse(body, context(hint))


def test_the_pages_own_reversals_are_read() -> None:
    [told] = reversal.parse(sample("Reversal_1"), context(str(KEY)))
    assert (told.external_id, told.original_id, told.amount_minor) == (
        "SKE52PAWR9",
        "SKC82PACB8",
        1_00,
    )
    assert reversal.read_told(sample("Reversal_2")) == RefundTold("failed", "unknown_movement")


# --- the balance


BALANCE = (
    "Working Account|KES|700.00|700.00|0.00|0.00&Float Account|KES|0.00|0.00|0.00|0.00"
    "&Utility Account|KES|228037.50|228037.50|0.00|0.00"
    "&Charges Paid Account|KES|-1540.00|-1540.00|0.00|0.00"
)


def balance_words(record: object = BALANCE, **other: object) -> bytes:
    told = {"AccountBalance": record, "BOCompletedTime": "20261121121325"}
    return result(pairs(told), **other)


def test_the_control_total_is_working_and_utility() -> None:
    told = balance.read_balance(balance_words())
    assert told.control_minor == 228_737_50
    assert dict(told.accounts)["Charges Paid Account"] == -1_540_00
    assert told.at == PAID_AT


@pytest.mark.parametrize(
    "body",
    [
        balance_words(code=2001),
        balance_words(None),
        balance_words("Working Account|KES|1.00"),
        balance_words(BALANCE.replace("KES|700", "USD|700")),
        balance_words(BALANCE.replace("700.00", "many")),
        balance_words(f"{BALANCE}&Utility Account|KES|1.00|1.00|0.00|0.00"),
    ],
)
def test_a_balance_that_cannot_be_added_up_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        balance.read_balance(body)


def test_the_pages_own_balance_is_read() -> None:
    assert balance.read_balance(sample("AccountBalance_1")).control_minor == 928_037_00


# --- a prompt's callback


def test_a_callback_claims_a_receipt_or_none() -> None:
    assert express.read_callback(callback()) == "SKL51ZDR4F"
    assert express.read_callback(callback("0")) == "SKL51ZDR4F"
    assert express.read_callback(callback(1032)) == ""
    assert express.read_callback(callback("SFC_IC0003")) == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 100_000,
        b'{"Body": []}',
        b'{"Body": {"stkCallback": {}}}',
        callback(items=[]),
        callback(items="x"),
        callback(items=[{"Name": "MpesaReceiptNumber"}]),
        callback(items=[{"Name": "MpesaReceiptNumber", "Value": "'; DROP TABLE"}]),
        callback(items=[{"Name": ["MpesaReceiptNumber"], "Value": "X"}]),
    ],
)
def test_a_callback_that_makes_no_sense_claims_nothing(body: bytes) -> None:
    assert express.read_callback(body) == ""


@pytest.mark.parametrize(
    ("name", "receipt"),
    [
        ("MpesaExpressSimulate_1", ""),
        ("MpesaExpressSimulate_2", "NLJ7RT61SV"),
        ("stk_success_balance_item_without_value", "LGR7OWQX0R"),
    ],
)
def test_callbacks_that_others_have_received_are_read(name: str, receipt: str) -> None:
    assert express.read_callback(sample(name)) == receipt


# --- anything at all

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
# Shaped like Daraja's, so that the readers come past their first line.
SHAPED = st.one_of(
    st.builds(
        lambda parameters, code, more: {
            "Result": {**more, "ResultCode": code, "ResultParameters": parameters}
        },
        st.fixed_dictionaries({"ResultParameter": ANYTHING})
        | st.builds(
            lambda told: {"ResultParameter": [{"Key": k, "Value": v} for k, v in told.items()]},
            st.fixed_dictionaries(
                {},
                optional={
                    name: ANYTHING | st.sampled_from(["Completed", "1.00", "20261121121325"])
                    for name in (
                        "TransactionStatus",
                        "CreditPartyName",
                        "ReceiptNo",
                        "Amount",
                        "FinalisedTime",
                        "OriginalTransactionID",
                        "AccountBalance",
                    )
                },
            ),
        ),
        st.sampled_from([0, "0", 1, "R000001"]) | ANYTHING,
        st.dictionaries(st.text(), ANYTHING),
    ),
    st.builds(
        lambda rows: {"ResponseCode": "1000", "Response": rows},
        ANYTHING | st.lists(st.lists(st.builds(lambda more: row(**more), st.just({})))),
    ),
)
BYTES = st.binary() | (ANYTHING | SHAPED).map(lambda told: json.dumps(told).encode())


@pytest.mark.parametrize("parse", VENDOR.parsers.values(), ids=list(VENDOR.parsers))
@hypothesis(deadline=None)
@given(body=BYTES, hint=st.text() | st.just(str(KEY)))
def test_whatever_comes_is_money_or_unreadable(
    parse: Callable[[bytes, Context], tuple[Told, ...]], body: bytes, hint: str
) -> None:
    with contextlib.suppress(Unreadable):
        for told in parse(body, context(hint)):
            assert isinstance(told, Collection | Debit)
            assert told.amount_minor > 0


@hypothesis(deadline=None)
@given(body=BYTES)
def test_whatever_comes_the_other_readers_do_not_break(body: bytes) -> None:
    assert isinstance(express.read_callback(body), str)
    assert isinstance(reversal.read_told(body), RefundTold)
    with contextlib.suppress(Unreadable):
        balance.read_balance(body)


def test_samples_of_a_confirmation_name_receipt_and_reference() -> None:
    told = json.loads(sample("CustomerToBusiness_1"))
    assert set(told) == set(json.loads(payment()))
    assert told["BusinessShortCode"] == SHORT_CODE
