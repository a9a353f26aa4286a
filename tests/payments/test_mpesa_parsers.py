"""What M-Pesa says of payments: every habit of its own, and nothing that it does not say."""

import json
from datetime import UTC, datetime

import pytest

from payments.gateways.base import Collection, Unreadable
from payments.gateways.mpesa import inquiry, pull, results
from tests.payments.mpesa_words import (
    HANDLE,
    KEY,
    PAID_AT,
    context,
    page,
    paid,
    pairs,
    result,
    row,
    sample,
    status,
)

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
