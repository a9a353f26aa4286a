"""What M-Pesa's messages are read as: every habit of theirs, and nothing that they do not say."""

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from payments.gateways.base import Collection, Context, Debit, RefundTold, Told, Unreadable
from payments.gateways.mpesa import VENDOR, balance, express, inquiry, pull, results, reversal
from payments.states import Leg
from tests.payments.mpesa_words import (
    HANDLE,
    KEY,
    REFERENCE,
    SHORT_CODE,
    callback,
    page,
    pairs,
    payment,
    result,
    row,
    status,
)
from tests.payments.mpesa_words import reversal as reversal_words
from tests.world import NOON

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples" / "callbacks"
PAID_AT = datetime(2026, 11, 21, 9, 13, 25, tzinfo=UTC)  # 12:13:25 in Nairobi.


def sample(name: str) -> bytes:
    if not SAMPLES.is_dir():
        pytest.skip("the shared samples are not on this machine")
    return (SAMPLES / f"mpesa_{name}.json").read_bytes()


def context(hint: str = REFERENCE) -> Context:
    return Context(received_at=NOON, external_hint=hint)


def paid(**other: object) -> Collection:
    told: dict[str, object] = {
        "external_id": "SKL51ZDR4F",
        "reference": REFERENCE,
        "amount_minor": 500_00,
        "currency": "KES",
        "occurred_at": PAID_AT,
        **other,
    }
    return Collection(**told)  # type: ignore[arg-type]


# --- results


def test_a_result_keeps_its_parameters_in_order_and_twice() -> None:
    told = [
        {"Key": "DebitPartyName", "Value": "600310 - One"},
        {"Key": "DebitPartyName", "Value": "254708374149 - Two"},
        {"Key": "TransactionReason"},
        {"Key": "Amount", "Value": 300},
    ]
    read = results.read_result(result(told))
    assert read.values("DebitPartyName") == ("600310 - One", "254708374149 - Two")
    assert read.value("TransactionReason") == ""
    assert read.value("Amount") == "300"
    assert read.credited == "254708374149"


@pytest.mark.parametrize("code", [0, "0"])
def test_a_code_is_a_number_or_a_text(code: object) -> None:
    assert results.read_result(result(code=code)).code == "0"


@pytest.mark.parametrize("code", ["R000002", "SFC_IC0003", 2001, "2001"])
def test_a_code_may_be_a_word(code: object) -> None:
    assert results.read_result(result(code=code)).code == str(code)


@pytest.mark.parametrize(
    "nested",
    [
        {"ResultParameters": {"ResultParameter": pairs({"Amount": 5})}},
        {"ResultParameter": {"ResultParameters": pairs({"Amount": 5})}},
        {"ResultParameters": pairs({"Amount": 5})},
        {"ResultParameters": {"ResultParameter": {"Key": "Amount", "Value": 5}}},
    ],
)
def test_parameters_are_found_whichever_way_they_are_nested(nested: dict[str, object]) -> None:
    assert results.read_result(result(**nested)).value("Amount") == "5"


def test_names_are_read_with_their_spaces_too() -> None:
    told = [{"Key": "Originator Conversation ID", "Value": "1-2-3"}]
    assert results.read_result(result(told)).value("OriginatorConversationID") == "1-2-3"


@pytest.mark.parametrize(
    ("told", "handle"),
    [
        ({"OriginatorConversationID": "1-2-3", "ConversationID": "AG_1"}, "1-2-3"),
        ({"OriginatorCoversationID": "1-2-3", "ConversationID": "AG_1"}, "1-2-3"),
        ({"ConversationID": "AG_1"}, "AG_1"),
        ({"OriginatorConversationID": " ", "ConversationID": "AG_1"}, "AG_1"),
        ({}, ""),
    ],
)
def test_the_handle_is_the_same_in_answer_and_result(told: dict[str, str], handle: str) -> None:
    assert results.handle(told) == handle


@pytest.mark.parametrize(
    ("text", "minor"),
    [(5, 5_00), ("5", 5_00), ("5.00", 5_00), ("1,053.00", 1_053_00), ("10.50", 10_50), (1.0, 1_00)],
)
def test_amounts_are_kept_in_cents(text: object, minor: int) -> None:
    told = results.read_result(result(pairs({"Amount": text}))).value("Amount")
    assert results.amount_minor(told) == minor


@pytest.mark.parametrize(
    "text",
    [
        "0",
        0,
        "-5",
        -5,
        "5.005",
        "1.500",
        "5,00",
        "NaN",
        "1e3",
        1e18,
        10**18,
        "",
        None,
        True,
        [],
        {},
    ],
)
def test_what_is_no_amount_is_unreadable(text: object) -> None:
    with pytest.raises(Unreadable, match="bad_amount"):
        results.amount_minor(text)


@pytest.mark.parametrize("text", ["20261121121325", 20261121121325])
def test_times_are_nairobis(text: object) -> None:
    assert results.eat_time(text) == PAID_AT


@pytest.mark.parametrize(
    "text", ["20261321121325", "2026112112132", "", None, "٢٠٢٦١١٢١١٢١٣٢٥", "00010101000000"]
)
def test_what_is_no_time_is_unreadable(text: object) -> None:
    with pytest.raises(Unreadable):
        results.eat_time(text)


# --- a payment, proved by its status


def test_a_completed_payment_is_a_collection() -> None:
    assert inquiry.parse(status(), context()) == (paid(),)


def test_a_payment_that_answers_a_prompt_is_known_by_the_prompts_key() -> None:
    told = inquiry.parse(status(), context(str(KEY)))
    assert told == (paid(reference="", attempt_key=KEY),)


def test_a_receipt_is_read_in_capitals() -> None:
    [told] = inquiry.parse(status(ReceiptNo="skl51zdr4f"), context())
    assert told.external_id == "SKL51ZDR4F"


def test_a_fraction_that_came_in_is_kept_to_the_cent() -> None:
    [told] = inquiry.parse(status(Amount="500.25"), context())
    assert told.amount_minor == 500_25


def test_a_payment_without_its_end_is_dated_by_its_beginning() -> None:
    [told] = inquiry.parse(status(FinalisedTime="absent"), context())
    assert told.occurred_at == datetime(2026, 11, 21, 9, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize("word", ["Pending", "Authorized", "Failed", "Cancelled", "Reversed", ""])
def test_a_payment_that_is_not_completed_tells_of_no_money(word: str) -> None:
    assert inquiry.parse(status(TransactionStatus=word), context()) == ()


def test_a_question_that_failed_tells_of_no_money() -> None:
    assert inquiry.parse(status(code="R000002"), context()) == ()
    assert inquiry.parse(result(code=2001), context()) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"Result": []}',
        b'{"Result": {}}',
        status(ReceiptNo="absent"),
        status(ReceiptNo="SKL51 ZDR4F"),
        status(Amount="absent"),
        status(Amount="-5.00"),
        status(Amount="0"),
        status(Amount="five"),
        status(FinalisedTime="absent", InitiatedTime="absent"),
        status(CreditPartyName="absent"),
    ],
)
def test_a_completed_payment_that_lacks_what_money_needs_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        inquiry.parse(body, context())


def test_the_pages_own_example_is_of_money_that_left() -> None:
    read = results.read_result(sample("TransactionStatus_1"))
    assert read.credited == "254708374149"
    assert read.handle == HANDLE
    assert inquiry.status_of(read) == inquiry.COMPLETED


# --- the list


def test_each_row_of_the_list_is_a_collection() -> None:
    told = pull.parse(page(row(), row(transactionId="SKL51ZDR4G", amount=12)), context(""))
    assert told == (paid(), paid(external_id="SKL51ZDR4G", amount_minor=12_00))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-21T12:13:25", PAID_AT),
        ("2026-11-21 12:13:25", PAID_AT),
        ("2026-11-21T09:13:25Z", PAID_AT),
        ("2026-11-21T12:13:25+03:00", PAID_AT),
    ],
)
def test_a_time_without_a_zone_is_nairobis(written: str, meant: datetime) -> None:
    [told] = pull.parse(page(row(trxDate=written)), context(""))
    assert told.occurred_at == meant


def test_an_empty_list_tells_of_no_money() -> None:
    assert pull.parse(page(code="1001"), context("")) == ()
    assert pull.parse(b'{"ResponseCode": 1001, "Response": "[[]]"}', context("")) == ()
    assert pull.parse(page(), context("")) == ()


def test_a_list_that_is_not_nested_is_read_too() -> None:
    flat = json.dumps({"ResponseCode": "1000", "Response": [row()]}).encode()
    assert pull.parse(flat, context("")) == (paid(),)


def test_a_row_that_cannot_be_read_holds_up_no_other() -> None:
    assert pull.parse(page(row(amount="five"), row()), context("")) == (paid(),)


def test_a_row_of_another_kind_is_no_payment() -> None:
    assert pull.parse(page(row(transactiontype="b2c-payment"), row()), context("")) == (paid(),)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        page(code="500"),
        page(row(amount="five")),
        page(row(transactionId=None)),
        page(row(trxDate="yesterday")),
        page(row(trxDate=None)),
        page(row(trxDate="0001-01-01T00:00:00")),
    ],
)
def test_a_list_of_which_nothing_can_be_read_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        pull.parse(body, context(""))


def test_the_pages_own_list_is_read() -> None:
    [told] = pull.parse(sample("pull_query_response"), context(""))
    assert told == Collection(
        external_id="YZLYRESRG1",
        reference="37207636392",
        amount_minor=168_00,
        currency="KES",
        occurred_at=datetime(2020, 8, 5, 10, 13, tzinfo=UTC),
    )


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
