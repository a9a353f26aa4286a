import json
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from payments.gateways.airtel import parse_refund, parse_status, read_answer
from payments.gateways.airtel.callback import digest, hear, span
from payments.gateways.base import (
    BadSignature,
    Collection,
    Context,
    Debit,
    Heard,
    NoSuchDoor,
    Unreadable,
)
from payments.gateways.prompt import Failure, Outcome, Unreachable
from payments.states import Leg
from tests.world import NOON

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples" / "callbacks"
KEY = UUID("6f8f9b1a-6a55-4f7b-9c2b-0a6f1f3c5d7e")
MONEY_ID = "MP210603.1234.L06941"
CONTEXT = Context(received_at=NOON, external_hint=str(KEY))
CONTRACT = {"rail_code": "airtel-rw", "callback_key": "callback-key", "callback_hash": "required"}
LENIENT = {**CONTRACT, "callback_hash": "logged"}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=10,
)


def sample(name: str) -> bytes:
    if not SAMPLES.is_dir():
        pytest.skip("the shared samples are not on this machine")
    return (SAMPLES / name).read_bytes()


def enquiry(status: object = "TS", *, code: str = "DP00800001001", **other: object) -> bytes:
    transaction = {"airtel_money_id": MONEY_ID, "id": KEY.hex, "status": status, **other}
    told = {name: value for name, value in transaction.items() if value != "absent"}
    frame = {"status": {"success": True, "response_code": code}}
    return json.dumps({"data": {"transaction": told}, **frame}).encode()


# --- what the enquiry says


@pytest.mark.parametrize(
    ("status", "code", "outcome", "failure"),
    [
        ("TS", "DP00800001001", Outcome.MONEY, None),
        ("TS", "DP00800001006", Outcome.MONEY, None),  # Seen beside TS: only the status counts.
        ("TR", "DP00800001001", Outcome.MONEY, None),
        ("TE", "DP00800001029", Outcome.FAILED, Failure.NOT_ANSWERED),
        ("TF", "DP00800001002", Outcome.FAILED, Failure.DECLINED),
        ("TF", "DP00800001003", Outcome.FAILED, Failure.LIMIT_REACHED),
        ("TF", "DP00800001005", Outcome.FAILED, Failure.NOT_ANSWERED),
        ("TF", "DP00800001007", Outcome.FAILED, Failure.NOT_ENOUGH_MONEY),
        ("TF", "DP00800001008", Outcome.FAILED, Failure.DECLINED),
        ("TF", "A_CODE_OF_NEXT_YEAR", Outcome.FAILED, Failure.NOT_COMPLETED),
        ("TIP", "DP00800001006", Outcome.UNDECIDED, None),
        ("TA", "DP00800001000", Outcome.UNDECIDED, None),
        ("ts", "DP00800001001", Outcome.UNDECIDED, None),
        ("SUCCESS", "DP00800001006", Outcome.UNDECIDED, None),
        (None, "DP00800001001", Outcome.UNDECIDED, None),
        (["TS"], "DP00800001001", Outcome.UNDECIDED, None),
    ],
)
def test_only_the_status_of_the_transaction_decides(
    status: object, code: str, outcome: Outcome, failure: Failure | None
) -> None:
    answer = read_answer(enquiry(status, code=code))
    assert (answer.outcome, answer.failure) == (outcome, failure)


def test_a_success_is_a_collection_of_what_was_asked_for() -> None:
    assert parse_status(enquiry(), CONTEXT) == (
        Collection(
            external_id=MONEY_ID,
            reference="",
            amount_minor=0,  # Airtel names no amount: the attempt does.
            currency="",
            occurred_at=NOON,
            attempt_key=KEY,
        ),
    )


def test_a_reversed_success_came_in_and_went_back() -> None:
    collection, reversal = parse_status(enquiry("TR"), CONTEXT)
    assert parse_status(enquiry("TS"), CONTEXT) == (collection,)
    assert reversal == Debit(
        leg=Leg.REVERSAL,
        external_id=MONEY_ID,
        amount_minor=0,
        currency="",
        occurred_at=NOON,
        original_id=MONEY_ID,
        key=KEY,  # Of the attempt: it says the amount.
    )


@pytest.mark.parametrize("status", ["TF", "TE", "TA", "TIP", None, 1, ["TS"]])
def test_any_other_status_tells_no_money(status: object) -> None:
    assert parse_status(enquiry(status), CONTEXT) == ()
    assert parse_refund(enquiry(status), CONTEXT) == ()


@pytest.mark.parametrize("said", [KEY.hex, str(KEY), KEY.hex.upper(), "absent", "", False, None])
def test_our_own_id_is_known_in_each_form(said: object) -> None:
    assert len(parse_status(enquiry(id=said), CONTEXT)) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"\xff",
        enquiry(airtel_money_id="absent"),
        enquiry(airtel_money_id="  "),
        enquiry(airtel_money_id=None),
        enquiry(id="00000000000040008000000000000000"),  # Somebody else's transaction.
        b'{"data": {"transaction": {"status": "TS"}}, "data": {}}',
    ],
)
def test_a_success_that_lacks_what_money_needs_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_status(body, CONTEXT)


@pytest.mark.parametrize("hint", ["", "no-key"])
def test_money_of_nobodys_attempt_is_unreadable(hint: str) -> None:
    context = Context(received_at=NOON, external_hint=hint)
    for parse in (parse_status, parse_refund):
        with pytest.raises(Unreadable):
            parse(enquiry("TR"), context)


def test_a_reversed_collection_pays_its_refund() -> None:
    assert parse_refund(enquiry("TR"), CONTEXT) == (
        Debit(
            leg=Leg.PAYOUT,
            external_id=MONEY_ID,
            amount_minor=0,
            currency="",
            occurred_at=NOON,
            key=KEY,
        ),
    )
    assert parse_refund(enquiry("TS"), CONTEXT) == ()


@given(told=anything)
def test_whatever_airtel_answers_is_read_or_refused_aloud(told: object) -> None:
    transaction = told if isinstance(told, dict) else {"status": told}
    for body in (
        json.dumps(told).encode(),
        json.dumps({"data": told, "status": told}).encode(),
        json.dumps({"data": {"transaction": {**transaction, "status": "TR"}}}).encode(),
    ):
        for parse in (parse_status, parse_refund):
            try:
                money = parse(body, CONTEXT)
            except Unreadable:
                continue
            assert all(part.external_id for part in money)
        try:
            read_answer(body)
        except Unreachable:
            continue


@given(raw=st.binary(max_size=200))
def test_bytes_that_are_no_json_are_refused_aloud(raw: bytes) -> None:
    for parse in (parse_status, parse_refund):
        try:
            assert parse(raw, CONTEXT) == ()
        except Unreadable:
            continue


@pytest.mark.parametrize(
    "name", ["airtel_payment_accepted_response.json", "airtel_refund_response.json"]
)
def test_an_order_that_was_taken_is_no_money_yet(name: str) -> None:
    body = sample(name)
    assert read_answer(body).outcome is Outcome.UNDECIDED
    assert parse_status(body, CONTEXT) == ()


# --- what the callback hints


def heard(body: bytes, *, method: str = "POST", path: tuple[str, ...] = ("callback",)) -> Heard:
    return Heard(method=method, path=path, headers={}, body=body, at=NOON)


def transaction(**other: object) -> bytes:
    told = {"id": KEY.hex, "message": "Paid RWF 5,000", "status_code": "TS", **other}
    return json.dumps({**told, "airtel_money_id": MONEY_ID}, indent=1).encode()


def signed(raw: bytes, key: str = "callback-key", over: bytes | None = None) -> bytes:
    proof = digest(key, raw if over is None else over)
    return b'{ "transaction" : ' + raw + b', "hash": "' + proof.encode() + b'"}'


def test_a_callback_is_a_hint_at_the_attempt_and_nothing_more() -> None:
    hint = hear(heard(signed(transaction())), CONTRACT)
    assert (hint.kind, hint.attempt_key) == ("airtel.callback", KEY)
    assert hint.reply.status == 200


def test_the_hash_is_over_the_bytes_as_they_came() -> None:
    raw = transaction(message="Wishyuye \\u0027RWF\\u0027 5,000 \u00e9")
    assert hear(heard(signed(raw)), CONTRACT).attempt_key == KEY
    with pytest.raises(BadSignature, match="forged"):
        hear(heard(signed(raw).replace(b"5,000", b"5,001")), CONTRACT)


def test_the_hash_may_be_over_the_same_without_white_space() -> None:
    raw = transaction()
    compact = json.dumps(json.loads(raw), separators=(",", ":")).encode()
    assert hear(heard(signed(raw, over=compact)), CONTRACT).attempt_key == KEY


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"transaction": {"id": "x"}}',
        b'{"transaction": {"id": "x"}, "hash": ""}',
        b'{"transaction": {"id": "x"}, "hash": 7}',
        b'{"hash": "zITVAAGYSlzl1WkUQJn81kbpT5drH3koffT8jCkcJJA="}',
        signed(transaction(), key="another key"),
        signed(transaction(), key=""),
        # Two transactions, of which the hash holds for one: nobody knows which is meant.
        signed(transaction()).replace(b"{ ", b'{ "transaction": {"id": "x"}, '),
    ],
)
def test_a_callback_that_proves_no_origin_is_refused_where_a_hash_is_required(
    body: bytes,
) -> None:
    with pytest.raises(BadSignature):
        hear(heard(body), CONTRACT)
    assert hear(heard(body), LENIENT).kind == "airtel.callback"


def test_without_a_key_no_hash_holds() -> None:
    nobodys = {**CONTRACT, "callback_key": ""}
    with pytest.raises(BadSignature):
        hear(heard(signed(transaction(), key="")), nobodys)


def test_a_wrong_hash_still_hints_while_it_is_only_logged() -> None:
    assert hear(heard(signed(transaction(), key="another key")), LENIENT).attempt_key == KEY


def test_a_callback_about_nothing_of_ours_names_an_attempt_that_nobody_made() -> None:
    for body in (b'{"transaction": {"id": "not ours"}}', b"{}", b"<html>"):
        hint = hear(heard(body), LENIENT)
        assert hint.attempt_key is None
        assert hint.handle  # Unknown to the house, which then keeps no evidence of it.


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", ()), ("POST", ("payments",)), ("GET", ("callback",)), ("POST", ("callback", "x"))],
)
def test_airtel_has_no_business_at_another_door(method: str, path: tuple[str, ...]) -> None:
    with pytest.raises(NoSuchDoor):
        hear(heard(signed(transaction()), method=method, path=path), CONTRACT)


@given(told=anything)
def test_the_span_of_a_value_is_the_value(told: object) -> None:
    body = json.dumps({"before": told, "transaction": told, "hash": "x"}, allow_nan=True).encode()
    found = span(body, "transaction")
    assert found in body
    assert json.dumps(json.loads(found)) == json.dumps(told)


@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_the_door(raw: bytes) -> None:
    for body in (raw, b'{"transaction":' + raw + b',"hash":"x"}'):
        assert hear(heard(body), LENIENT).kind == "airtel.callback"
        with pytest.raises(BadSignature):
            hear(heard(body), CONTRACT)


@given(position=st.integers(min_value=0, max_value=10_000), flip=st.integers(1, 255))
def test_one_byte_changed_anywhere_in_the_transaction_is_refused(position: int, flip: int) -> None:
    raw = transaction()
    at = position % len(raw)
    changed = raw[:at] + bytes([raw[at] ^ flip]) + raw[at + 1 :]
    body = signed(changed, over=raw)
    try:
        told = hear(heard(body), CONTRACT)
    except BadSignature:
        return
    # White space may differ where Airtel hashes without any: the words are the same.
    assert json.loads(changed) == json.loads(raw)
    assert told.attempt_key == KEY


def test_what_others_have_received_is_a_hint_when_hashes_are_only_logged() -> None:
    for path in sorted(SAMPLES.glob("airtel_callback_*.json")) or [SAMPLES / "none"]:
        body = sample(path.name)
        assert hear(heard(body), LENIENT).attempt_key is None  # Another team's id.
        assert b"MP210603.1234.L06941" in span(body, "transaction")
