import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from payments.gateways.airtel import AirtelCollections, AirtelRefunds, sealing
from payments.gateways.airtel.balance import AirtelBalance, read_balance
from payments.gateways.airtel.prompts import national, number
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
from payments.gateways.refund import RefundOrder
from tests.payments.airtel_server import KEY, Airtel, frame, opened, public_text, running

ATTEMPT = UUID("6f8f9b1a-6a55-4f7b-9c2b-0a6f1f3c5d7e")
PROMPT = Prompt(
    key=ATTEMPT, reference="407291853343", phone="+250730000119", amount_minor=500, currency="RWF"
)
ORDER = RefundOrder(
    key=uuid4(),
    movement_id="MP210603.1234.L06941",
    attempt_key=ATTEMPT,
    amount_minor=500,
    movement_minor=500,
    currency="RWF",
    reference="407291853343",
)
NOBODY_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def airtel() -> Iterator[Airtel]:
    with running() as server:
        yield server


def gateway(airtel: Airtel, **other: str) -> AirtelCollections:
    return AirtelCollections(rail_code="airtel-rw", contract=airtel.contract(**other))


def refunds(airtel: Airtel, **other: str) -> AirtelRefunds:
    return AirtelRefunds(rail_code="airtel-rw", contract=airtel.contract(**other))


# --- sealing


@given(body=st.binary(max_size=400))
def test_airtel_opens_exactly_what_was_sealed(body: bytes) -> None:
    assert opened(sealing.seal(body, KEY.public_key())) == body


def test_no_two_seals_are_alike() -> None:
    one, other = (sealing.seal(b"{}", KEY.public_key()) for _ in range(2))
    assert one["x-signature"] != other["x-signature"]
    assert one["x-key"] != other["x-key"]


def test_a_public_key_is_read_in_each_form_it_is_given_out_in() -> None:
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    spaced = public_text()[:40] + "\n" + public_text()[40:]
    for text in (public_text(), spaced, pem, pem.replace("\n", "\\n")):
        assert sealing.read_public_key(text).public_numbers() == KEY.public_key().public_numbers()


def test_what_is_no_rsa_key_is_said_so() -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    other = curve.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for text in ("", "not base64!", "AAAA", base64.b64encode(other).decode(), "-----BEGIN x"):
        with pytest.raises(sealing.NoKey):
            sealing.read_public_key(text)


# --- asking


def test_a_push_is_asked_as_airtel_describes_it(airtel: Airtel) -> None:
    assert gateway(airtel).ask(PROMPT) == ""
    [call] = airtel.calls("/payments/")
    assert call["path"] == "/merchant/v2/payments/"
    assert (call["headers"]["x-country"], call["headers"]["x-currency"]) == ("RW", "RWF")
    assert json.loads(call["body"]) == {
        "reference": "407291853343",
        "subscriber": {"country": "RW", "currency": "RWF", "msisdn": "730000119"},
        "transaction": {
            "amount": 500,
            "country": "RW",
            "currency": "RWF",
            "id": "6f8f9b1a6a554f7b9c2b0a6f1f3c5d7e",
        },
    }


def test_the_bytes_that_are_sent_are_the_bytes_that_were_signed(airtel: Airtel) -> None:
    gateway(airtel).ask(PROMPT)
    [call] = airtel.calls("/payments/")
    assert opened(call["headers"]) == call["body"]


def test_the_former_version_is_not_signed(airtel: Airtel) -> None:
    gateway(airtel, version="v1").ask(PROMPT)
    [call] = airtel.calls("/payments/")
    assert call["path"] == "/merchant/v1/payments/"
    assert "x-signature" not in call["headers"]
    assert airtel.calls("encryption-keys") == []


@pytest.mark.parametrize(
    ("phone", "said"), [("+250730000119", "730000119"), ("+254733000119", "733000119")]
)
def test_a_phone_loses_its_country(phone: str, said: str) -> None:
    assert national(phone) == said


@pytest.mark.parametrize(
    ("amount_minor", "currency", "said"),
    [(500, "RWF", "500"), (100_000, "KES", "1000"), (1250, "KES", "12.5"), (1, "KES", "0.01")],
)
def test_an_amount_is_written_as_the_number_it_is(
    amount_minor: int, currency: str, said: str
) -> None:
    assert json.dumps(number(amount_minor, currency)) == said


def test_token_and_key_are_fetched_once_for_many_pushes(airtel: Airtel) -> None:
    line = gateway(airtel)
    for _ in range(3):
        line.ask(PROMPT)
    assert airtel.tokens_given == 1
    assert len(airtel.calls("encryption-keys")) == 1


def test_a_token_that_is_about_to_die_is_not_kept(airtel: Airtel) -> None:
    airtel.token_seconds = "30"
    line = gateway(airtel, version="v1")
    line.ask(PROMPT)
    line.ask(PROMPT)
    assert airtel.tokens_given == 2


def test_a_token_that_airtel_forgot_is_replaced_once(airtel: Airtel) -> None:
    airtel.forgets_tokens = {"token-1"}
    gateway(airtel).ask(PROMPT)
    assert airtel.tokens_given == 2


def test_a_token_that_does_not_say_how_long_it_lives_is_used_once(airtel: Airtel) -> None:
    airtel.token_seconds = 0
    line = gateway(airtel, version="v1")
    line.ask(PROMPT)
    line.ask(PROMPT)
    assert airtel.tokens_given == 2


@pytest.mark.parametrize("seconds", ["soon", None, []])
def test_a_senseless_token_answer_sends_nothing(airtel: Airtel, seconds: object) -> None:
    airtel.token_seconds = seconds
    with pytest.raises(NotSent):
        gateway(airtel).ask(PROMPT)
    assert airtel.calls("/payments/") == []


@pytest.mark.parametrize("keys", [frame(), {"data": {"key": "none"}}, {"data": {"key": 7}}, b"<p>"])
def test_without_a_public_key_nothing_is_sent(airtel: Airtel, keys: object) -> None:
    airtel.keys = keys
    with pytest.raises(NotSent):
        gateway(airtel).ask(PROMPT)
    assert airtel.calls("/payments/") == []


def test_a_public_key_may_stand_in_the_settings(airtel: Airtel) -> None:
    gateway(airtel, encryption_key=public_text()).ask(PROMPT)
    assert airtel.calls("encryption-keys") == []
    with pytest.raises(NotSent):
        gateway(airtel, encryption_key="not a key").ask(PROMPT)
    assert len(airtel.calls("/payments/")) == 1


def test_a_seal_that_airtel_cannot_open_is_made_again_with_a_new_key(airtel: Airtel) -> None:
    line = gateway(airtel)
    taken = airtel.post_body
    airtel.post_status = 400
    airtel.post_body = frame(success=False, response_code="DP00800001026")
    with pytest.raises(NotSent):
        line.ask(PROMPT)

    new = generate_private_key(public_exponent=65537, key_size=1024)
    airtel.keys = {"data": {"key": public_text(new)}, **frame()}
    airtel.post_status, airtel.post_body = 200, taken
    line.ask(PROMPT)
    call = airtel.calls("/payments/")[-1]
    assert opened(call["headers"], new) == call["body"]


def test_a_network_that_cannot_be_reached_was_certainly_not_asked(airtel: Airtel) -> None:
    with pytest.raises(NotSent):
        gateway(airtel, url=NOBODY_LISTENS).ask(PROMPT)


def test_a_line_that_breaks_after_the_question_leaves_it_unclear(airtel: Airtel) -> None:
    airtel.hangs_up = True
    with pytest.raises(Unclear):
        gateway(airtel).ask(PROMPT)


def test_an_id_that_airtel_has_already_is_taken(airtel: Airtel) -> None:
    airtel.post_status = 400
    airtel.post_body = frame(success=False, result_code="ESB000041")
    gateway(airtel).ask(PROMPT)


@pytest.mark.parametrize(
    ("status", "codes", "failure"),
    [
        (400, {"response_code": "DP00800001005"}, Failure.NOT_A_CUSTOMER),
        (400, {"result_code": "ESB000033"}, Failure.NOT_A_CUSTOMER),
        (200, {"response_code": "DP00800001003"}, Failure.LIMIT_REACHED),
        (200, {"result_code": "ESB000011"}, Failure.NOT_COMPLETED),
        # The product's own word tells more than the general one.
        (
            200,
            {"result_code": "ESB000011", "response_code": "DP00800001007"},
            Failure.NOT_ENOUGH_MONEY,
        ),
        (400, {"result_code": "ROUTER006"}, Failure.NETWORK_TROUBLE),
    ],
)
def test_a_refusal_is_final_and_has_a_reason(
    airtel: Airtel, status: int, codes: dict[str, str], failure: Failure
) -> None:
    airtel.post_status, airtel.post_body = status, frame(success=False, **codes)
    with pytest.raises(Refused) as refusal:
        gateway(airtel).ask(PROMPT)
    assert refusal.value.failure is failure


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, frame(success=False, response_code="DP00800001005")),
        (200, frame(success=False, response_code="DP00800001000")),
        (200, frame(success=False, result_code="ESB000011", response_code="DP00800001000")),
        (400, frame(success=False, result_code="ESB000008")),
        (400, frame(success=False, response_code="DP00800009999")),
        (400, frame(success=False, response_code="a sentence about somebody")),
        (408, frame(success=False, result_code="ESB000011")),
        (200, {"status_code": "ROUTER117", "status_message": "Request Timeout"}),
        (504, b"<html>"),
        (404, b"<html>"),
        (200, b"[]"),
        (500, frame(result_code="ESB000010")),
        (200, {"status": {"success": "true"}}),
    ],
)
def test_what_is_not_certain_is_only_asked_after(airtel: Airtel, status: int, body: object) -> None:
    airtel.post_status, airtel.post_body = status, body
    with pytest.raises(Unclear):
        gateway(airtel).ask(PROMPT)


@pytest.mark.parametrize("status", [401, 403, 429])
def test_who_is_not_admitted_has_sent_nothing(airtel: Airtel, status: int) -> None:
    airtel.post_status, airtel.post_body = status, b""
    with pytest.raises(NotSent):
        gateway(airtel).ask(PROMPT)


# --- asking after


def test_the_status_is_asked_by_our_key_and_kept_to_the_byte(airtel: Airtel) -> None:
    airtel.get_body = b'{ "data" : {"transaction":{"status": "TS" }}}'
    answer = gateway(airtel).status(key=ATTEMPT, handle="")
    assert airtel.asked[-1]["path"] == f"/standard/v1/payments/{ATTEMPT.hex}"
    assert (answer.body, answer.outcome) == (airtel.get_body, Outcome.MONEY)


@pytest.mark.parametrize("code", ["ESB000045", "DP00800001025"])
@pytest.mark.parametrize("status", [200, 400, 404])
def test_an_id_that_airtel_never_heard_of_is_said_so(
    airtel: Airtel, status: int, code: str
) -> None:
    airtel.get_status, airtel.get_body = status, frame(success=False, response_code=code)
    with pytest.raises(NeverHeard):
        gateway(airtel).status(key=ATTEMPT)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"<html>"),  # A wrong address of ours is no word of Airtel's.
        (404, {}),
        (500, {"data": {"transaction": {"status": "TS"}}}),
        (200, frame(success=False, result_code="ESB000014")),
        (200, b"[]"),
        (200, b"\xff"),
        (200, {"data": {"transaction": {"status": "TS"}}, "x": "x" * 70_000}),
    ],
)
def test_an_answer_that_is_none_decides_nothing(airtel: Airtel, status: int, body: object) -> None:
    airtel.get_status, airtel.get_body = status, body
    with pytest.raises(Unreachable):
        gateway(airtel).status(key=ATTEMPT)


def test_the_balance_is_read_for_the_control_total(airtel: Airtel) -> None:
    airtel.get_body = {"data": {"balance": "37,600.00", "currency": "RWF"}, **frame()}
    line = AirtelBalance(rail_code="airtel-rw", contract=airtel.contract())
    assert read_balance(line.balance(key=uuid4()).body) == (37_600, "RWF")
    airtel.get_body = {"data": {"balance": "much", "currency": "RWF"}, **frame()}
    with pytest.raises(Unreachable):
        line.balance(key=uuid4())


# --- refunds


def test_a_refund_names_the_collection_and_is_signed(airtel: Airtel) -> None:
    airtel.post_body = {
        "data": {"transaction": {"airtel_money_id": "CI29", "status": "SUCCESS"}},
        **frame(),
    }
    assert refunds(airtel).send(ORDER) == "CI29"
    [call] = airtel.calls("/refund")
    assert call["path"] == "/standard/v2/payments/refund"
    assert json.loads(call["body"]) == {"transaction": {"airtel_money_id": "MP210603.1234.L06941"}}
    assert opened(call["headers"]) == call["body"]


def test_a_refund_that_could_never_be_asked_after_is_not_sent(airtel: Airtel) -> None:
    order = RefundOrder(
        key=uuid4(),
        movement_id="MP1",
        attempt_key=None,
        amount_minor=500,
        movement_minor=500,
        currency="RWF",
        reference="",
    )
    with pytest.raises(Refused):
        refunds(airtel).send(order)
    assert airtel.asked == []


def test_a_part_is_not_sent_because_the_order_names_no_amount(airtel: Airtel) -> None:
    with pytest.raises(Refused):
        refunds(airtel).send(replace(ORDER, amount_minor=300, movement_minor=800))
    assert airtel.asked == []


def test_an_ambiguous_answer_to_a_refund_is_no_refusal(airtel: Airtel) -> None:
    airtel.post_body = frame(success=False, result_code="ESB000001")
    with pytest.raises(Unclear):
        refunds(airtel).send(ORDER)
    airtel.post_body = frame(success=False, result_code="ESB000045")
    with pytest.raises(Refused):
        refunds(airtel).send(ORDER)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("TR", Outcome.MONEY), ("TS", Outcome.UNDECIDED), ("TA", Outcome.UNDECIDED)],
)
def test_only_a_reversed_collection_proves_its_refund(
    airtel: Airtel, status: str, outcome: Outcome
) -> None:
    airtel.get_body = {"data": {"transaction": {"status": status}}}
    answer = refunds(airtel).status(ORDER)
    assert airtel.asked[-1]["path"] == f"/standard/v1/payments/{ATTEMPT.hex}"
    assert answer.outcome is outcome


@pytest.mark.parametrize("code", ["ESB000045", "ESB000014"])
def test_an_enquiry_that_finds_no_collection_says_nothing_of_its_refund(
    airtel: Airtel, code: str
) -> None:
    airtel.get_body = frame(success=False, result_code=code)
    with pytest.raises(Unreachable):
        refunds(airtel).status(ORDER)
