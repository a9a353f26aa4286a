"""What M-Pesa's doors make of what they hear: hints, answers, a question; of forgers nothing."""

import json
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from config import environment
from payments.gateways.base import (
    Answered,
    Context,
    Heard,
    Hint,
    NoSuchDoor,
    Payable,
    Question,
    Verdict,
)
from payments.gateways.mpesa import VENDOR, addresses, registering
from payments.gateways.mpesa.addresses import BadAddress
from tests.payments.mpesa_words import (
    HANDLE,
    KEY,
    REFERENCE,
    SECRET,
    callback,
    contract,
    pairs,
    payment,
    result,
    reversal,
    status,
)
from tests.world import NOON

assert VENDOR.hear is not None
hear = VENDOR.hear

NO_CONTEXT = Context(received_at=NOON, external_hint="")


def heard(*path: str, body: bytes = b"{}", method: str = "POST", secret: str = SECRET) -> Heard:
    return Heard(method=method, path=(secret, *path), headers={}, body=body, at=NOON)


def at(*path: str, body: bytes = b"{}") -> Verdict:
    return hear(heard(*path, body=body), contract())


def payable(**other: object) -> Payable:
    told = {"reference": REFERENCE, "reason": "", "due_minor": 500_00, "currency": "KES", **other}
    return Payable(**told)  # type: ignore[arg-type]


def asked(body: bytes, known: Payable) -> dict[str, object]:
    question = at("validation", body=body)
    assert isinstance(question, Question)
    reply = question.reply(known)
    assert reply.status == 200
    told: dict[str, object] = json.loads(reply.body)
    assert set(told) == {"ResultCode", "ResultDesc"}
    return told


# --- who may come in


@pytest.mark.parametrize(
    "secret", ["", "wrong", SECRET[:-1], f"{SECRET}x", SECRET.upper(), "\udcff", "é"]
)
@pytest.mark.parametrize("door", ["validation", "confirmation", "list"])
def test_without_the_secret_there_is_no_door(secret: str, door: str) -> None:
    with pytest.raises(NoSuchDoor):
        hear(heard(door, secret=secret, body=payment()), contract())


@pytest.mark.parametrize("path", [(), ("",), (SECRET,)])
def test_an_address_without_a_door_is_none(path: tuple[str, ...]) -> None:
    with pytest.raises(NoSuchDoor):
        hear(Heard(method="POST", path=path, headers={}, body=b"", at=NOON), contract())


@pytest.mark.parametrize("keys", [[], [""]])
def test_without_a_secret_of_ours_nobody_comes_in(keys: list[str]) -> None:
    for secret in ("", SECRET):
        with pytest.raises(NoSuchDoor):
            hear(heard("confirmation", secret=secret), contract(callback_key=keys))


def test_while_a_secret_is_replaced_both_are_good() -> None:
    both = contract(callback_key=["the-newer-secret-of-two", SECRET])
    for secret in both["callback_key"]:
        assert isinstance(hear(heard("confirmation", secret=secret), both), Hint)
    assert "/the-newer-secret-of-two/" in addresses.of(both, "confirmation")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_the_doors_know_one_method(method: str) -> None:
    with pytest.raises(NoSuchDoor) as refused:
        hear(heard("confirmation", method=method), contract())
    assert refused.value.methods == ("POST",)


@pytest.mark.parametrize(
    "path",
    [
        ("confirmation", "more"),
        ("result", "inquiry"),
        ("result", "inquiry", "no-key"),
        ("result", "payout", str(KEY)),
        ("timeout", "inquiry", "no-key"),
        ("timeout", "payout", str(KEY)),
        ("stk", "no-key"),
        ("stk",),
        ("elsewhere",),
    ],
)
def test_other_addresses_are_none(path: tuple[str, ...]) -> None:
    with pytest.raises(NoSuchDoor):
        at(*path)


# --- before she pays


def test_a_payment_of_what_is_due_is_let_through() -> None:
    question = at("validation", body=payment())
    assert isinstance(question, Question)
    assert question.reference == REFERENCE
    assert asked(payment(), payable()) == {"ResultCode": "0", "ResultDesc": "Accepted"}


@pytest.mark.parametrize(
    ("known", "amount", "code"),
    [
        (payable(), "500", "0"),
        (payable(), 500, "0"),
        (payable(), "499.00", "C2B00013"),
        (payable(), "501.00", "C2B00013"),
        (payable(takes_parts=True), "100.00", "0"),
        (payable(takes_parts=True), "501.00", "C2B00013"),
        (payable(reason="unknown_reference"), "500.00", "C2B00012"),
        (payable(reason="not_a_reference"), "500.00", "C2B00012"),
        (payable(reason="already_paid"), "500.00", "C2B00016"),
        (payable(reason="expired"), "500.00", "C2B00016"),
        (payable(reason="cancelled"), "500.00", "C2B00016"),
        (payable(reason="replaced"), "500.00", "C2B00016"),
        (payable(currency="USD"), "500.00", "C2B00016"),
        (payable(), "0", "C2B00016"),
        (payable(), "-500", "C2B00016"),
        (payable(), 10**18, "C2B00016"),
        (payable(), "five", "C2B00016"),
        (payable(), None, "C2B00016"),
    ],
)
def test_validation_says_why_not(known: Payable, amount: object, code: str) -> None:
    assert asked(payment(TransAmount=amount), known)["ResultCode"] == code


def test_a_payment_to_another_short_code_is_not_ours_to_take() -> None:
    told = asked(payment(BusinessShortCode="600000"), payable())
    assert told == {"ResultCode": "C2B00015", "ResultDesc": "Rejected"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"a": 1, "a": 2}'])
def test_validation_always_answers(body: bytes) -> None:
    assert asked(body, payable(reason="not_a_reference"))["ResultCode"] == "C2B00016"


def test_the_reference_is_asked_for_as_it_was_typed() -> None:
    question = at("validation", body=payment(BillRefNumber=" 8589 6132 6965"))
    assert isinstance(question, Question)
    assert question.reference == "8589 6132 6965"


# --- hints


def test_a_confirmation_asks_after_its_receipt() -> None:
    hint = at("confirmation", body=payment())
    assert isinstance(hint, Hint)
    assert (hint.movement, hint.told, hint.attempt_key) == ("SKL51ZDR4F", REFERENCE, None)
    assert json.loads(hint.reply.body) == {"ResultCode": 0, "ResultDesc": "Success"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[" * 100_000,
        b"\xff",
        payment(BusinessShortCode="600000"),
        payment(BusinessShortCode=None),
        payment(TransID=""),
        payment(TransID="../../etc"),
        payment(TransID=["SKL51ZDR4F"]),
        payment(TransID="S" * 31),
    ],
)
def test_a_confirmation_that_makes_no_sense_is_kept_and_asks_nothing(body: bytes) -> None:
    hint = at("confirmation", body=body)
    assert isinstance(hint, Hint)
    assert (hint.movement, hint.attempt_key, hint.handle) == ("", None, "")
    assert hint.reply.status == 200


def test_a_prompt_that_was_paid_asks_after_receipt_and_attempt() -> None:
    hint = at("stk", str(KEY), body=callback())
    assert isinstance(hint, Hint)
    assert (hint.attempt_key, hint.movement, hint.told) == (KEY, "SKL51ZDR4F", str(KEY))


@pytest.mark.parametrize("body", [callback(1032), b"", b"\xff", callback(items=[])])
def test_a_prompt_that_was_not_asks_after_the_attempt(body: bytes) -> None:
    hint = at("stk", str(KEY), body=body)
    assert isinstance(hint, Hint)
    assert (hint.attempt_key, hint.movement, hint.told) == (KEY, "", "")


@pytest.mark.parametrize("what", ["inquiry", "refund", "refund-status", "balance"])
def test_a_question_that_timed_out_decides_nothing(what: str) -> None:
    hint = at("timeout", what, str(KEY), body=status())
    assert isinstance(hint, Hint)
    assert (hint.attempt_key, hint.movement, hint.handle) == (None, "", "")


# --- answers


def test_the_answer_about_a_receipt_is_taken_under_key_and_handle() -> None:
    answered = at("result", "inquiry", str(KEY), body=status())
    assert isinstance(answered, Answered)
    assert (answered.kind, answered.key, answered.handle) == ("mpesa.inquiry", KEY, HANDLE)


def test_an_answer_about_somebody_elses_money_is_kept_and_posts_nothing() -> None:
    for other in ({"CreditPartyName": "600000 - Another"}, {"CreditPartyName": "6009660 - Near"}):
        answered = at("result", "inquiry", str(KEY), body=status(**other))
        assert isinstance(answered, Answered)
        assert VENDOR.parsers[answered.kind](b"{}", NO_CONTEXT) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        status(code="R000002"),
        result(code=2001),
        status(TransactionStatus="Pending"),
        status(TransactionStatus="absent"),
        status(handle="").replace(b"AG_20261121_0000493344ae97d86f75", b""),
    ],
)
def test_an_answer_that_says_nothing_lasting_is_asked_for_again(body: bytes) -> None:
    assert isinstance(at("result", "inquiry", str(KEY), body=body), Hint)


def test_the_answer_to_a_reversal_is_taken_under_key_and_handle() -> None:
    for body in (reversal(), reversal(code="R000002")):
        answered = at("result", "refund", str(KEY), body=body)
        assert isinstance(answered, Answered)
        assert (answered.kind, answered.key, answered.handle) == ("mpesa.refund", KEY, HANDLE)


def test_an_answer_about_a_reversal_names_the_reversal_and_not_the_question() -> None:
    body = status(handle="of-the-question", OriginatorConversationID="of-the-reversal")
    answered = at("result", "refund-status", str(KEY), body=body)
    assert isinstance(answered, Answered)
    assert (answered.kind, answered.handle) == ("mpesa.refund", "of-the-reversal")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        result(code=2001),
        status(OriginatorConversationID="absent", ConversationID="absent"),
        result(pairs({"Amount": 5})),
    ],
)
def test_an_answer_that_names_no_reversal_is_nobodys(body: bytes) -> None:
    assert isinstance(at("result", "refund-status", str(KEY), body=body), Hint)


def test_a_balance_comes_under_its_key() -> None:
    answered = at("result", "balance", str(KEY), body=result(pairs({"AccountBalance": "x"})))
    assert isinstance(answered, Answered)
    assert answered.kind == "mpesa.balance"


# --- anything at all


@hypothesis(deadline=None)
@given(
    path=st.lists(
        st.sampled_from(
            ["validation", "confirmation", "list", "stk", "result", "timeout", "inquiry", "refund"]
        )
        | st.just(str(KEY))
        | st.text()
    ),
    body=st.binary(),
    secret=st.just(SECRET) | st.text(),
)
def test_whatever_comes_is_heard_or_finds_no_door(
    path: list[str], body: bytes, secret: str
) -> None:
    try:
        verdict = hear(heard(*path, body=body, secret=secret), contract())
    except NoSuchDoor:
        return
    assert secret == SECRET
    assert isinstance(verdict, Hint | Question)  # Such bytes answer nothing.


# --- addresses


def test_addresses_hold_the_secret_and_the_key() -> None:
    key = uuid4()
    told = addresses.of_result(contract(), "inquiry", key)
    base = f"https://guichet.example/callbacks/mpesa-ke/{SECRET}"
    assert told == {
        "ResultURL": f"{base}/result/inquiry/{key}",
        "QueueTimeOutURL": f"{base}/timeout/inquiry/{key}",
    }
    assert addresses.of_prompt(contract(), key) == f"{base}/stk/{key}"


def test_a_door_stands_for_a_rail_whose_code_daraja_would_not_take() -> None:
    with pytest.raises(BadAddress) as bad:
        registering.addresses_of(contract())
    assert bad.value.word == "mpesa"
    ours = registering.addresses_of(contract(door="till-1"))
    assert ours["confirmation"] == f"https://guichet.example/callbacks/till-1/{SECRET}/confirmation"


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("http://guichet.example/x", "http"),
        ("https://guichet.example/M-PESA", "M-PESA"),
        ("https://guichet.example/safaricom/x", "safaricom"),
        ("https://guichet.example/run.exe", "exe"),
        ("https://guichet.example/executive", "exec"),
        ("https://guichet.example/CMD", "CMD"),
        ("https://guichet.example/mysql", "sql"),
        ("https://guichet.example/x/Query", "Query"),
        ("https://abc.ngrok.io/x", "ngrok"),
    ],
)
def test_addresses_that_daraja_would_not_take_are_known(address: str, word: str) -> None:
    with pytest.raises(BadAddress) as bad:
        addresses.require_registrable(address)
    assert bad.value.word == word


KENYA = [environment.Rail(code="mpesa-ke", kind="mpesa", prefix="MPESA")]


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("MPESA_CALLBACK_KEY", "sixteen-letters-/x", "letters, digits"),
        ("MPESA_CALLBACK_KEY", "sixteen-letters-sql", "a word that Daraja refuses"),
        ("MPESA_DOOR", "a b", "letters, digits"),
        ("MPESA_DOOR", "mpesa-1", "a word that Daraja refuses"),
        ("MPESA_RESPONSE_TYPE", "Complete", "one of Completed, Cancelled"),
        ("MPESA_URL", "http://api.safaricom.co.ke", "https://"),
    ],
)
def test_production_does_not_start_on_what_daraja_would_refuse(
    name: str, value: str, wrong: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name} must [^.]*{wrong}"):
        environment.read({"GUICHET_ENV": "production", name: value}, rails=KENYA)


def test_production_starts_on_what_daraja_takes() -> None:
    good = {
        "MPESA_CALLBACK_KEY": "4f1d6c1be8a94bd0,an-older-secret-of-ours",
        "MPESA_DOOR": "till-1",
        "MPESA_RESPONSE_TYPE": "Cancelled",
        "MPESA_URL": "https://api.safaricom.co.ke",
    }
    with pytest.raises(ImproperlyConfigured) as missing:
        environment.read({"GUICHET_ENV": "production", **good}, rails=KENYA)
    assert not [name for name in good if name in str(missing.value)]


@pytest.mark.parametrize(
    "address", ["https://guichet.example/callbacks/till-1/x", "http://127.0.0.1:8000/mpesa"]
)
def test_other_addresses_may_be_registered(address: str) -> None:
    addresses.require_registrable(address)
