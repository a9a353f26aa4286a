"""What we ask of phones by Daraja, and what each of its answers makes certain."""

import base64
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from payments.gateways import http
from payments.gateways.mpesa.express import MpesaExpress
from payments.gateways.prompt import (
    Failure,
    NotSent,
    Outcome,
    Prompt,
    Refused,
    Unclear,
    Unreachable,
)
from tests.payments.daraja_server import PROMPTED, Daraja, running
from tests.payments.mpesa_words import KEY, REFERENCE, SECRET, contract
from tests.world import NOON

HANDLE = PROMPTED["CheckoutRequestID"]
NOBODY_LISTENS = "http://127.0.0.1:9"
PROMPT = Prompt(
    key=KEY, reference=REFERENCE, phone="+254708374149", amount_minor=500_00, currency="KES"
)


@pytest.fixture
def daraja() -> Iterator[Daraja]:
    with running() as server:
        yield server


def held(url: str, **other: Any) -> dict[str, Any]:
    # Tokens are shared by consumer key: each test is its own.
    return contract(url, consumer_key=str(uuid4()), **other)


def express(url: str, **other: Any) -> MpesaExpress:
    return MpesaExpress(
        rail_code="mpesa-ke", contract=held(url, **other), clock=lambda: NOON.timestamp()
    )


def error(code: str, message: str = "words") -> dict[str, str]:
    return {"requestId": "1", "errorCode": code, "errorMessage": message}


# --- asking a phone


def test_a_prompt_is_asked_as_the_page_describes_it(daraja: Daraja) -> None:
    daraja.words = PROMPTED
    assert express(daraja.url).ask(PROMPT) == HANDLE
    assert daraja.asked[-1]["path"] == "/mpesa/stkpush/v1/processrequest"
    told = daraja.said
    # Noon in Kigali is one o'clock in Nairobi.
    assert told["Timestamp"] == "20261123130000"
    assert base64.b64decode(told["Password"]) == b"600966passkey20261123130000"
    assert told["Amount"] == "500"
    assert told["TransactionType"] == "CustomerPayBillOnline"
    assert (told["BusinessShortCode"], told["PartyB"]) == ("600966", "600966")
    assert (told["PartyA"], told["PhoneNumber"]) == ("254708374149", "254708374149")
    assert told["CallBackURL"] == (f"https://guichet.example/callbacks/mpesa-ke/{SECRET}/stk/{KEY}")
    assert told["AccountReference"] == REFERENCE
    assert len(told["AccountReference"]) <= 12
    assert 0 < len(told["TransactionDesc"]) <= 13


@pytest.mark.parametrize(
    "other", [{"amount_minor": 500_50}, {"amount_minor": 50}, {"currency": "USD"}]
)
def test_what_is_no_whole_shilling_is_not_asked_for(
    daraja: Daraja, other: dict[str, object]
) -> None:
    prompt = Prompt(
        **{  # type: ignore[arg-type]
            "key": KEY,
            "reference": REFERENCE,
            "phone": "+254708374149",
            "amount_minor": 500_00,
            "currency": "KES",
            **other,
        }
    )
    with pytest.raises(Refused):
        express(daraja.url).ask(prompt)
    assert daraja.asked == []


def test_one_token_serves_many_questions(daraja: Daraja) -> None:
    daraja.words = PROMPTED
    line = express(daraja.url)
    line.ask(PROMPT)
    line.ask(PROMPT)
    assert daraja.tokens_given == 1
    assert daraja.asked[0]["path"] == "/oauth/v1/generate?grant_type=client_credentials"
    assert daraja.asked[0]["headers"]["Authorization"].startswith("Basic ")


def test_a_token_that_somebody_else_ended_is_replaced_once(daraja: Daraja) -> None:
    daraja.words = PROMPTED
    line = express(daraja.url)
    line.ask(PROMPT)
    daraja.tokens_given += 1  # Somebody asked for one with our login.
    assert line.ask(PROMPT) == HANDLE
    assert daraja.tokens_given == 3
    assert len(daraja.questions) == 3  # The second was not admitted: two have been taken.


def test_a_login_that_daraja_does_not_admit_sends_nothing(daraja: Daraja) -> None:
    daraja.admits_nobody = True
    with pytest.raises(NotSent):
        express(daraja.url).ask(PROMPT)
    assert len(daraja.questions) == 2


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, error("400.008.01")),
        (200, {"access_token": ""}),
        (200, {"access_token": None}),
        (200, {"access_token": "t\u00f6ken"}),
        (200, {"access_token": "to\nken"}),
        (200, {"expires_in": "soon"}),
        (200, {"expires_in": None}),
        (500, {}),
    ],
)
def test_without_a_token_nothing_is_sent(
    daraja: Daraja, status: int, words: dict[str, object]
) -> None:
    daraja.token_status, daraja.token_words = status, words
    with pytest.raises(NotSent):
        express(daraja.url).ask(PROMPT)
    assert daraja.questions == []


def test_who_cannot_be_reached_was_certainly_not_asked() -> None:
    with pytest.raises(NotSent):
        express(NOBODY_LISTENS).ask(PROMPT)


def test_a_line_that_breaks_after_the_question_leaves_it_unclear(daraja: Daraja) -> None:
    daraja.hangs_up = True
    with pytest.raises(Unclear):
        express(daraja.url).ask(PROMPT)


def test_who_does_not_answer_in_time_leaves_it_unclear(
    daraja: Daraja, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", 0.2)
    daraja.slow_seconds = 0.6
    with pytest.raises(Unclear):
        express(daraja.url).ask(PROMPT)


@pytest.mark.parametrize(
    ("status", "words", "failure"),
    [
        (400, error("400.002.02", "Bad Request - Invalid PhoneNumber"), Failure.NOT_A_CUSTOMER),
        (400, error("400.002.02", "Bad Request - Invalid Amount"), Failure.NETWORK_TROUBLE),
        (404, error("404.001.01", "Resource not found"), Failure.NETWORK_TROUBLE),
        (405, error("405.001", "Method Not Allowed"), Failure.NETWORK_TROUBLE),
        (200, {"ResponseCode": "1", "ResponseDescription": "x"}, Failure.NOT_ENOUGH_MONEY),
        (200, {"ResponseCode": "17"}, Failure.NOT_COMPLETED),
        (200, {"ResponseCode": "77"}, Failure.NETWORK_TROUBLE),
    ],
)
def test_a_refusal_is_final_and_has_a_reason(
    daraja: Daraja, status: int, words: object, failure: Failure
) -> None:
    daraja.status, daraja.words = status, words
    with pytest.raises(Refused) as refusal:
        express(daraja.url).ask(PROMPT)
    assert refusal.value.failure is failure


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, error("500.001.1001", "Unable to lock subscriber, a transaction is already ...")),
        (500, error("500.001.1001", "Wrong credentials")),
        (503, error("500.003.02", "System is busy. Please try again in few minutes.")),
        (429, error("500.003.03", "Quota Violation")),
        (429, b"<html>"),
    ],
)
def test_who_has_too_much_to_do_has_not_taken_it(
    daraja: Daraja, status: int, words: object
) -> None:
    daraja.status, daraja.words = status, words
    with pytest.raises(NotSent):
        express(daraja.url).ask(PROMPT)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, error("500.003.1001", "Internal Server Error")),
        (502, b"<html>"),
        (200, b""),
        (200, b"[]"),
        (200, {"ResponseCode": "0"}),
        (302, b""),
    ],
)
def test_trouble_of_the_network_is_no_refusal(daraja: Daraja, status: int, words: object) -> None:
    daraja.status, daraja.words = status, words
    with pytest.raises(Unclear):
        express(daraja.url).ask(PROMPT)


# --- asking after a prompt


def queried(code: object, described: str = "words") -> dict[str, object]:
    return {
        "ResponseCode": "0",
        "ResponseDescription": "The service request has been accepted successfully",
        "MerchantRequestID": "22205-34066-1",
        "CheckoutRequestID": HANDLE,
        "ResultCode": code,
        "ResultDesc": described,
    }


def after(daraja: Daraja, words: object, status: int = 200) -> tuple[Outcome, Failure | None]:
    daraja.status, daraja.words = status, words
    told = express(daraja.url).status(key=KEY, handle=HANDLE)
    return told.outcome, told.failure


def test_a_prompt_is_asked_after_by_its_handle(daraja: Daraja) -> None:
    after(daraja, queried("1032"))
    assert daraja.asked[-1]["path"] == "/mpesa/stkpushquery/v1/query"
    assert daraja.said["CheckoutRequestID"] == HANDLE
    assert daraja.said["BusinessShortCode"] == "600966"


@pytest.mark.parametrize("code", [0, "0"])
def test_a_query_never_says_that_money_came(daraja: Daraja, code: object) -> None:
    assert after(daraja, queried(code)) == (Outcome.UNDECIDED, None)


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("1", Failure.NOT_ENOUGH_MONEY),
        (1, Failure.NOT_ENOUGH_MONEY),
        ("3", Failure.LIMIT_REACHED),
        ("4", Failure.LIMIT_REACHED),
        ("17", Failure.NOT_COMPLETED),
        ("1019", Failure.NOT_ANSWERED),
        ("1025", Failure.NETWORK_TROUBLE),
        ("1032", Failure.DECLINED),
        ("1037", Failure.NOT_ANSWERED),
        ("2001", Failure.DECLINED),
        ("2028", Failure.NETWORK_TROUBLE),
        ("8006", Failure.DECLINED),
        ("SFC_IC0003", Failure.NETWORK_TROUBLE),
    ],
)
def test_each_code_of_the_page_is_said_in_our_words(
    daraja: Daraja, code: object, failure: Failure
) -> None:
    assert after(daraja, queried(code)) == (Outcome.FAILED, failure)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, error("500.001.1001", "The transaction is being processed")),
        (200, queried("4999", "The transaction is still under processing")),
        (200, queried("1037", "The transaction is still under processing")),
        (200, queried("1", "The transaction is still under processing")),
        (200, queried("a code of next year")),
        (400, error("400.002.02", "Bad Request - Invalid CheckoutRequestID")),
    ],
)
def test_what_is_still_going_on_decides_nothing(daraja: Daraja, status: int, words: object) -> None:
    assert after(daraja, words, status) == (Outcome.UNDECIDED, None)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, error("500.001.1001", "Wrong credentials")),
        (503, error("500.003.02")),
        (429, error("500.003.03", "Quota Violation")),
        (400, b"<html>"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, {"ResponseCode": "0"}),
        (302, queried("1032")),
    ],
)
def test_an_answer_that_is_none_decides_nothing(daraja: Daraja, status: int, words: object) -> None:
    with pytest.raises(Unreachable):
        after(daraja, words, status)


def test_a_prompt_without_a_handle_cannot_be_asked_after_and_ends_by_its_time(
    daraja: Daraja,
) -> None:
    assert express(daraja.url).status(key=KEY, handle="").outcome is Outcome.UNDECIDED
    assert daraja.asked == []


def test_who_is_gone_decides_nothing() -> None:
    with pytest.raises(Unreachable):
        express(NOBODY_LISTENS).status(key=KEY, handle=HANDLE)
