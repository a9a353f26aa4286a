import json
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from payments.gateways import http
from payments.gateways.base import Collection, Context, Unreadable
from payments.gateways.mtn import MtnCollections, parse_status, read_answer
from payments.gateways.prompt import (
    Failure,
    NeverHeard,
    NotSent,
    Outcome,
    Prompt,
    Refused,
    Unclear,
    Unreachable,
)
from tests.payments.mtn_server import Mtn, running
from tests.world import NOON

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples" / "callbacks"
KEY = UUID("6f8f9b1a-6a55-4f7b-9c2b-0a6f1f3c5d7e")
PROMPT = Prompt(
    key=KEY, reference="407291853343", phone="+250788000101", amount_minor=500, currency="RWF"
)
NOBODY_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def mtn() -> Iterator[Mtn]:
    with running() as server:
        yield server


def gateway(base_url: str) -> MtnCollections:
    contract = {
        "url": base_url,
        "api_user": str(uuid4()),  # Tokens are shared by user: each test is its own.
        "api_key": "key",
        "subscription_key": "subscription",
        "environment": "mtnrwanda",
        "callback_base": "https://guichet.example/",
    }
    return MtnCollections(rail_code="mtn-rw", contract=contract)


# --- asking


def test_a_prompt_is_asked_as_mtn_describes_it(mtn: Mtn) -> None:
    gateway(mtn.base_url).ask(PROMPT)
    [call] = mtn.prompts
    assert call["path"] == "/collection/v1_0/requesttopay"
    assert call["headers"]["X-Reference-Id"] == str(KEY)
    assert call["headers"]["X-Target-Environment"] == "mtnrwanda"
    assert call["headers"]["Ocp-Apim-Subscription-Key"] == "subscription"
    assert call["headers"]["X-Callback-Url"] == (
        f"https://guichet.example/callbacks/mtn-rw/requesttopay/{KEY}"
    )
    told = json.loads(call["body"])
    assert told["amount"] == "500"
    assert told["currency"] == "RWF"
    assert told["externalId"] == "407291853343"
    assert told["payer"] == {"partyIdType": "MSISDN", "partyId": "250788000101"}


def test_a_token_is_asked_for_with_user_and_key_and_then_shared(mtn: Mtn) -> None:
    line = gateway(mtn.base_url)
    line.ask(PROMPT)
    line.status(key=KEY)
    token_call = mtn.asked[0]
    assert token_call["path"] == "/collection/token/"
    assert token_call["headers"]["Authorization"].startswith("Basic ")
    assert mtn.tokens_given == 1
    assert mtn.asked[-1]["headers"]["Authorization"] == "Bearer token-1"


def test_a_token_that_is_about_to_die_is_not_used(mtn: Mtn) -> None:
    mtn.token_seconds = 30
    line = gateway(mtn.base_url)
    line.status(key=KEY)
    line.status(key=KEY)
    assert mtn.tokens_given == 2


def test_many_threads_fetch_one_token(mtn: Mtn) -> None:
    mtn.token_slow_seconds = 0.1
    line = gateway(mtn.base_url)
    threads = [threading.Thread(target=line.status, kwargs={"key": KEY}) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mtn.tokens_given == 1


def test_a_token_that_mtn_forgot_is_replaced_once(mtn: Mtn) -> None:
    mtn.forgets_tokens = {"token-1"}
    gateway(mtn.base_url).ask(PROMPT)
    assert mtn.tokens_given == 2
    assert len(mtn.prompts) == 2  # The first was not admitted: only one has been taken.


def test_keys_that_mtn_does_not_know_send_nothing(mtn: Mtn) -> None:
    mtn.token_status = 401
    with pytest.raises(NotSent):
        gateway(mtn.base_url).ask(PROMPT)
    assert mtn.prompts == []


@pytest.mark.parametrize("seconds", ["soon", None, []])
def test_a_senseless_token_answer_sends_nothing(mtn: Mtn, seconds: object) -> None:
    mtn.token_seconds = seconds
    with pytest.raises(NotSent):
        gateway(mtn.base_url).ask(PROMPT)


def test_a_network_that_cannot_be_reached_was_certainly_not_asked() -> None:
    with pytest.raises(NotSent):
        gateway(NOBODY_LISTENS).ask(PROMPT)


def test_a_line_that_breaks_after_the_question_leaves_it_unclear(mtn: Mtn) -> None:
    mtn.hangs_up = True
    with pytest.raises(Unclear):
        gateway(mtn.base_url).ask(PROMPT)


def test_a_network_that_does_not_answer_in_time_leaves_it_unclear(
    mtn: Mtn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", 0.2)
    mtn.slow_seconds = 0.6
    with pytest.raises(Unclear):
        gateway(mtn.base_url).ask(PROMPT)


def test_a_key_that_mtn_has_already_is_taken(mtn: Mtn) -> None:
    mtn.pay_status, mtn.pay_body = 409, {"code": "RESOURCE_ALREADY_EXIST", "message": "Duplicated"}
    gateway(mtn.base_url).ask(PROMPT)


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (400, {"code": "PAYER_NOT_FOUND", "message": "x"}, Failure.NOT_A_CUSTOMER),
        (500, {"code": "PAYER_NOT_FOUND", "message": "x"}, Failure.NOT_A_CUSTOMER),
        (500, {"code": "NOT_ALLOWED_TARGET_ENVIRONMENT"}, Failure.NETWORK_TROUBLE),
        (400, None, Failure.NETWORK_TROUBLE),
    ],
)
def test_a_refusal_is_final_and_has_a_reason(
    mtn: Mtn, status: int, body: object, failure: Failure
) -> None:
    mtn.pay_status, mtn.pay_body = status, body
    with pytest.raises(Refused) as refusal:
        gateway(mtn.base_url).ask(PROMPT)
    assert refusal.value.failure is failure


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"code": "SERVICE_UNAVAILABLE"}),
        (503, None),
        (502, b"<html>"),
        (302, None),
        (403, b"<html>"),  # Of a proxy: nobody knows whether MTN has it.
        (408, None),
    ],
)
def test_trouble_of_the_network_is_no_refusal(mtn: Mtn, status: int, body: object) -> None:
    mtn.pay_status, mtn.pay_body = status, body
    with pytest.raises(Unclear):
        gateway(mtn.base_url).ask(PROMPT)


def test_a_network_that_has_too_much_to_do_has_not_taken_it(mtn: Mtn) -> None:
    mtn.pay_status = 429
    with pytest.raises(NotSent):
        gateway(mtn.base_url).ask(PROMPT)


# --- asking after


def test_the_status_is_asked_by_our_key_and_kept_to_the_byte(mtn: Mtn) -> None:
    mtn.status_body = b'{ "status" : "SUCCESSFUL",\n "amount":"500" }'
    answer = gateway(mtn.base_url).status(key=KEY)
    assert mtn.asked[-1]["path"] == f"/collection/v1_0/requesttopay/{KEY}"
    assert answer.body == mtn.status_body
    assert answer.outcome is Outcome.MONEY


def test_a_key_that_mtn_never_heard_of_is_said_so(mtn: Mtn) -> None:
    mtn.status_status, mtn.status_body = 404, {"code": "RESOURCE_NOT_FOUND"}
    with pytest.raises(NeverHeard):
        gateway(mtn.base_url).status(key=KEY)


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, {"status": "SUCCESSFUL"}), (200, b"<html>"), (200, b"[]"), (200, b"\xff"), (401, None)],
)
def test_an_answer_that_is_none_decides_nothing(mtn: Mtn, status: int, body: object) -> None:
    mtn.status_status, mtn.status_body = status, body
    with pytest.raises(Unreachable):
        gateway(mtn.base_url).status(key=KEY)


def test_an_endless_answer_is_not_read_as_one(mtn: Mtn) -> None:
    mtn.status_body = {"status": "SUCCESSFUL", "payerMessage": "x" * 70_000}
    with pytest.raises(Unreachable):
        gateway(mtn.base_url).status(key=KEY)


def test_a_network_that_is_gone_decides_nothing() -> None:
    with pytest.raises(Unreachable):
        gateway(NOBODY_LISTENS).status(key=KEY)


@pytest.mark.parametrize(
    ("reason", "failure"),
    [
        ("NOT_ENOUGH_FUNDS", Failure.NOT_ENOUGH_MONEY),
        ({"code": "NOT_ENOUGH_FUNDS", "message": "x"}, Failure.NOT_ENOUGH_MONEY),
        ("APPROVAL_REJECTED", Failure.DECLINED),
        ("rejected", Failure.DECLINED),
        ("COULD_NOT_PERFORM_TRANSACTION", Failure.NOT_ANSWERED),
        ("EXPIRED", Failure.NOT_ANSWERED),
        ("PAYER_LIMIT_REACHED", Failure.LIMIT_REACHED),
        ("INTERNAL_PROCESSING_ERROR", Failure.NOT_COMPLETED),
        ({"code": "PAYER_NOT_FOUND"}, Failure.NOT_A_CUSTOMER),
        ("PAYEE_NOT_FOUND", Failure.NETWORK_TROUBLE),
        ("A_REASON_OF_NEXT_YEAR", Failure.NETWORK_TROUBLE),
        ({"message": "no code"}, Failure.NETWORK_TROUBLE),
        (7, Failure.NETWORK_TROUBLE),
        (None, Failure.NETWORK_TROUBLE),
    ],
)
def test_each_reason_of_mtn_is_said_in_our_words(reason: object, failure: Failure) -> None:
    answer = read_answer(json.dumps({"status": "FAILED", "reason": reason}).encode())
    assert answer.outcome is Outcome.FAILED
    assert answer.failure is failure


@pytest.mark.parametrize("status", ["PENDING", "CREATED", "ONGOING", "successful", None, 1, ""])
def test_only_the_two_last_words_decide(status: object) -> None:
    assert read_answer(json.dumps({"status": status}).encode()).outcome is Outcome.UNDECIDED


# --- the proof


def context(hint: str = str(KEY)) -> Context:
    return Context(received_at=NOON, external_hint=hint)


def successful(**other: object) -> bytes:
    body = {
        "financialTransactionId": "529186712",
        "externalId": "407291853343",
        "amount": "500",
        "currency": "RWF",
        "payer": {"partyIdType": "MSISDN", "partyId": "250788000101"},
        "status": "SUCCESSFUL",
        **other,
    }
    return json.dumps({name: value for name, value in body.items() if value != "absent"}).encode()


def test_a_successful_status_is_a_collection() -> None:
    assert parse_status(successful(), context()) == (
        Collection(
            external_id="529186712",
            reference="407291853343",
            amount_minor=500,
            currency="RWF",
            occurred_at=NOON,
            attempt_key=KEY,
        ),
    )


def test_the_amount_is_the_one_that_mtn_tells_and_not_the_one_we_asked_for() -> None:
    [told] = parse_status(successful(amount="5"), context())
    assert told.amount_minor == 5


@pytest.mark.parametrize("status", ["PENDING", "FAILED"])
def test_a_status_without_money_is_no_collection(status: str) -> None:
    assert parse_status(successful(status=status), context()) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[1]",
        b"\xff\xfe",
        successful(financialTransactionId="absent"),
        successful(financialTransactionId="  "),
        successful(amount="five"),
        successful(amount="NaN"),
        successful(amount="0.5"),
        successful(currency=None),
    ],
)
def test_a_success_that_lacks_what_money_needs_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_status(body, context())


@pytest.mark.parametrize(
    ("sample", "external_id", "amount_minor", "currency"),
    [
        ("mtn_requesttopay_successful.json", "529186712", 500, "EUR"),
        ("mtn_requesttopay_failed_reason_object.json", None, None, None),
    ],
)
def test_what_others_have_received_from_mtn_is_read(
    sample: str, external_id: str | None, amount_minor: int | None, currency: str | None
) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the shared samples are not on this machine")
    body = (SAMPLES / sample).read_bytes()
    told = parse_status(body, context())
    answer = read_answer(body)
    if external_id is None:
        assert told == ()
        assert answer.failure is Failure.NOT_A_CUSTOMER
    else:
        [money] = told
        assert (money.external_id, money.amount_minor, money.currency) == (
            external_id,
            amount_minor,
            currency,
        )
        assert answer.outcome is Outcome.MONEY


def test_a_currency_that_nobody_knows_is_not_guessed_at() -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the shared samples are not on this machine")
    body = (SAMPLES / "mtn_requesttopay_successful_ghs_callback.json").read_bytes()
    with pytest.raises(Unreadable, match="bad_amount"):
        parse_status(body.replace(b"GHS", b"XQZ"), context())
