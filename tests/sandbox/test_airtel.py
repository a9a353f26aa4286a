import base64
import csv
import hmac
import io
import json
import secrets
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.sandbox.conftest import ListeningGuichet
from tests.sandbox_process import SandboxProcess

PAYER = "250730000119"
MTN_PAYER = "250788000119"
CALLBACK = "/callbacks/airtel-rw/callback"
LOGIN = {
    "client_id": "guichet-sandbox",
    "client_secret": "development-only-airtel",
    "grant_type": "client_credentials",
}


def headers(sandbox: SandboxProcess, **more: str) -> dict[str, str]:
    answer = sandbox.post("/airtel/auth/oauth2/token", LOGIN)
    assert answer.status_code == 200
    return {
        "Authorization": f"Bearer {answer.json()['access_token']}",
        "X-Country": "RW",
        "X-Currency": "RWF",
        "Content-Type": "application/json",
        **more,
    }


def sealed(sandbox: SandboxProcess, body: bytes) -> dict[str, str]:
    """Sign as Airtel's page says, in words of this test's own."""
    told = sandbox.get("/airtel/v1/rsa/encryption-keys", headers=headers(sandbox)).json()
    public = load_der_public_key(base64.b64decode(told["data"]["key"]))
    assert isinstance(public, RSAPublicKey)
    key, iv = secrets.token_bytes(32), secrets.token_bytes(16)
    missing = 16 - len(body) % 16
    cipher = Cipher(AES(key), CBC(iv)).encryptor()
    encrypted = cipher.update(body + bytes([missing]) * missing) + cipher.finalize()
    pair = f"{base64.b64encode(key).decode()}:{base64.b64encode(iv).decode()}".encode()
    return {
        "x-signature": base64.b64encode(encrypted).decode(),
        "x-key": base64.b64encode(public.encrypt(pair, PKCS1v15())).decode(),
    }


def post(sandbox: SandboxProcess, path: str, said: object) -> httpx.Response:
    body = json.dumps(said).encode()
    all_headers = headers(sandbox, **sealed(sandbox, body))
    return httpx.post(
        f"{sandbox.url}/airtel{path}", content=body, headers=all_headers, trust_env=False
    )


def ask(
    sandbox: SandboxProcess, *, name: str = "", payer: str = PAYER, **change: object
) -> tuple[str, httpx.Response]:
    name = name or secrets.token_hex(16)
    transaction = {"amount": 500, "country": "RW", "currency": "RWF", "id": name, **change}
    said = {
        "reference": "858961326965",
        "subscriber": {"country": "RW", "currency": "RWF", "msisdn": payer.removeprefix("250")},
        "transaction": transaction,
    }
    return name, post(sandbox, "/merchant/v2/payments/", said)


def press(sandbox: SandboxProcess, name: str, **said: object) -> httpx.Response:
    return sandbox.post(f"/phone/{PAYER}/prompts/{name}/answer", said)


def enquiry(sandbox: SandboxProcess, name: str) -> dict[str, str]:
    answer = sandbox.get(f"/airtel/standard/v1/payments/{name}", headers=headers(sandbox))
    assert answer.status_code == 200
    return dict(answer.json()["data"]["transaction"])


def paid(sandbox: SandboxProcess) -> tuple[str, str]:
    """Return the id of a paid push, ours and Airtel's."""
    name, _ = ask(sandbox)
    press(sandbox, name, pin="1234").raise_for_status()
    return name, enquiry(sandbox, name)["airtel_money_id"]


def balance(sandbox: SandboxProcess) -> int:
    return int(sandbox.get(f"/phone/{PAYER}/balance.json").json()["balance"])


def code(answer: httpx.Response) -> str:
    status = answer.json()["status"]
    return str(status.get("response_code") or status.get("result_code"))


def test_a_push_is_taken_in_the_published_shape_and_stands_on_the_phone(
    sandbox: SandboxProcess,
) -> None:
    name, answer = ask(sandbox)
    assert answer.json() == {
        "data": {"transaction": {"id": name, "status": "SUCCESS"}},
        "status": {
            "code": "200",
            "message": "SUCCESS",
            "result_code": "ESB000010",
            "response_code": "DP00800001006",
            "success": True,
        },
    }
    newest = sandbox.get(f"/phone/{PAYER}/prompts.json").json()["prompts"][0]
    assert (newest["id"], newest["amount"], newest["state"]) == (name, "500", "PENDING")
    assert enquiry(sandbox, name)["status"] == "TIP"
    assert "airtel_money_id" not in enquiry(sandbox, name)


def test_a_pin_pays_and_the_callback_carries_a_hash_over_its_transaction(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    name, money_id = paid(sandbox)
    [told] = guichet.wait_for(1, CALLBACK, about=name)
    assert told.method == "POST"
    raw = told.raw.removeprefix(b'{"transaction":').split(b',"hash":')[0]
    key = b"development-only-airtel-callback"
    assert told.body["hash"] == base64.b64encode(hmac.new(key, raw, sha256).digest()).decode()
    assert told.body["transaction"]["id"] == name
    assert told.body["transaction"]["status_code"] == "TS"
    assert told.body["transaction"]["airtel_money_id"] == money_id
    assert "amount" not in told.body["transaction"]
    assert enquiry(sandbox, name)["status"] == "TS"


def test_a_body_that_differs_from_what_was_signed_is_refused(sandbox: SandboxProcess) -> None:
    name = secrets.token_hex(16)
    transaction = {"amount": 500, "country": "RW", "currency": "RWF", "id": name}
    body = json.dumps(
        {"reference": "x", "subscriber": {"msisdn": "730000119"}, "transaction": transaction}
    ).encode()
    url = f"{sandbox.url}/airtel/merchant/v2/payments/"
    good = headers(sandbox, **sealed(sandbox, body))
    for other, with_headers in (
        (body.replace(b"500", b"501"), good),
        (body + b" ", good),
        (body, {**good, "x-key": "AAAA"}),
        (body, {**good, "x-signature": good["x-signature"][:-8]}),
        (body, headers(sandbox)),
    ):
        answer = httpx.post(url, content=other, headers=with_headers, trust_env=False)
        assert (answer.status_code, code(answer)) == (400, "DP00800001026")
    answer = httpx.post(url, content=body, headers=good, trust_env=False)
    assert answer.json()["status"]["success"] is True


def test_an_id_is_used_once(sandbox: SandboxProcess) -> None:
    name, _ = ask(sandbox)
    _, again = ask(sandbox, name=name)
    assert code(again) == "ESB000041"


def test_a_refusal_a_thin_wallet_and_an_unknown_number_fail_with_airtels_codes(
    sandbox: SandboxProcess,
) -> None:
    declined, _ = ask(sandbox)
    press(sandbox, declined, refuse=True)
    poor, _ = ask(sandbox, amount=999_999_999)
    press(sandbox, poor, pin="1234")
    for name in (declined, poor):
        assert enquiry(sandbox, name)["status"] == "TF"
    _, answer = ask(sandbox, payer=MTN_PAYER)
    assert (answer.status_code, code(answer)) == (400, "DP00800001005")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"amount": 0}, "ROUTER003"),
        ({"amount": "500"}, "ROUTER003"),
        ({"amount": True}, "ROUTER003"),
        ({"currency": "UGX"}, "ESB000035"),
        ({"id": "with-dashes"}, "ROUTER003"),
        ({"id": "x" * 65}, "ROUTER003"),
    ],
)
def test_what_airtel_would_not_take_is_not_taken(
    sandbox: SandboxProcess, change: dict[str, object], expected: str
) -> None:
    _, answer = ask(sandbox, **change)
    assert code(answer) == expected


def test_the_door_is_shut_to_wrong_keys_and_wrong_countries(sandbox: SandboxProcess) -> None:
    wrong = sandbox.post("/airtel/auth/oauth2/token", {**LOGIN, "client_secret": "no"})
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    path = "/airtel/standard/v1/users/balance"
    stale = {**headers(sandbox), "Authorization": "Bearer stale"}
    assert sandbox.get(path, headers=stale).status_code == 401
    elsewhere = sandbox.get(path, headers=headers(sandbox, **{"X-Country": "KE"}))
    assert code(elsewhere) == "ROUTER006"


def test_an_unknown_id_is_not_found(sandbox: SandboxProcess) -> None:
    answer = sandbox.get("/airtel/standard/v1/payments/unknown", headers=headers(sandbox))
    assert code(answer) == "ESB000045"


def test_a_prompt_that_nobody_answers_expires(own_sandbox, guichet) -> None:  # type: ignore[no-untyped-def]
    sandbox = own_sandbox(SANDBOX_PROMPT_SECONDS="0.3")
    name, _ = ask(sandbox)
    [told] = guichet.wait_for(1, CALLBACK, about=name)
    assert told.body["transaction"]["status_code"] == "TE"
    assert enquiry(sandbox, name)["status"] == "TE"


def test_a_refund_pays_all_back_once_and_the_enquiry_says_so(sandbox: SandboxProcess) -> None:
    before = balance(sandbox)
    name, money_id = paid(sandbox)
    assert balance(sandbox) == before - 500
    said = {"transaction": {"airtel_money_id": money_id}}
    answer = post(sandbox, "/standard/v2/payments/refund", said).json()
    assert answer["status"]["success"] is True
    assert answer["data"]["transaction"]["airtel_money_id"] != money_id
    assert balance(sandbox) == before
    assert enquiry(sandbox, name) | {"message": ""} == {
        "airtel_money_id": money_id,
        "id": name,
        "message": "",
        "status": "TR",
    }
    assert code(post(sandbox, "/standard/v2/payments/refund", said)) == "ESB000011"
    assert balance(sandbox) == before


def test_airtel_takes_a_payment_back_and_tells_nobody(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    name, money_id = paid(sandbox)
    guichet.wait_for(1, CALLBACK, about=name)
    held = sandbox.get("/airtel/standard/v1/users/balance", headers=headers(sandbox)).json()
    done = sandbox.post("/acts/airtel/reverse", {"id": money_id}).json()
    assert (done["original"], done["amount"]) == (money_id, "500")
    again = sandbox.post("/acts/airtel/reverse", {"id": money_id}).json()
    assert again == {"error": "reversed already"}
    assert enquiry(sandbox, name)["status"] == "TR"
    assert len([told for told in guichet.quiet(CALLBACK) if name.encode() in told.raw]) == 1
    left = sandbox.get("/airtel/standard/v1/users/balance", headers=headers(sandbox)).json()
    amounts = [float(one["data"]["balance"].replace(",", "")) for one in (held, left)]
    assert amounts[0] - amounts[1] == 500


def test_an_ambiguous_answer_says_nothing_of_what_was_done(sandbox: SandboxProcess) -> None:
    sandbox.faults(airtel="ambiguous")
    done, answer = ask(sandbox)
    assert code(answer) == "ESB000001"
    assert enquiry(sandbox, done)["status"] == "TIP"

    sandbox.faults(airtel="lost")
    lost, answer = ask(sandbox)
    assert code(answer) == "ESB000001"
    path = f"/airtel/standard/v1/payments/{lost}"
    assert code(sandbox.get(path, headers=headers(sandbox))) == "ESB000045"


def test_faults_of_the_callback(sandbox: SandboxProcess, guichet: ListeningGuichet) -> None:
    sandbox.faults(airtel_callback="twice")
    name, _ = paid(sandbox)
    assert len(guichet.wait_for(2, CALLBACK, about=name)) == 2

    sandbox.faults(airtel_callback="never")
    silent, _ = paid(sandbox)
    assert [told for told in guichet.quiet(CALLBACK) if silent.encode() in told.raw] == []

    sandbox.faults(airtel_callback="lies")
    name, _ = paid(sandbox)
    [told] = guichet.wait_for(1, CALLBACK, about=name)
    assert told.body["transaction"]["status_code"] == "TF"

    sandbox.faults(airtel_callback="unsigned")
    name, _ = paid(sandbox)
    [told] = guichet.wait_for(1, CALLBACK, about=name)
    assert "hash" not in told.body


def test_the_portal_shows_what_came_and_what_was_taken_back(sandbox: SandboxProcess) -> None:
    _, money_id = paid(sandbox)
    done = sandbox.post("/acts/airtel/reverse", {"id": money_id}).json()
    today = datetime.now(ZoneInfo("Africa/Kigali")).date()
    text = sandbox.get(f"/airtel/portal/statement.csv?day={today}").text
    rows = list(csv.DictReader(io.StringIO(text)))

    [payment] = [row for row in rows if row["Id"] == money_id]
    [reversal] = [row for row in rows if row["Id"] == done["id"]]
    assert (payment["Type"], payment["Original Id"]) == ("PAYMENT", "")
    assert (reversal["Type"], reversal["Original Id"]) == ("REVERSAL", money_id)
    assert int(reversal["Amount"]) == -int(payment["Amount"])
    held = sandbox.get("/airtel/standard/v1/users/balance", headers=headers(sandbox)).json()
    assert int(rows[-1]["Balance"]) == float(held["data"]["balance"].replace(",", ""))
    assert sandbox.get("/airtel/portal/statement.csv").status_code == 400


def test_airtel_errs_whether_it_has_acted_or_not(sandbox: SandboxProcess) -> None:
    sandbox.faults(airtel="errs")
    logins = [sandbox.post("/airtel/auth/oauth2/token", LOGIN) for _ in range(60)]
    portal = sandbox.get("/airtel/portal/statement.csv?day=2020-01-01")

    assert {answer.status_code for answer in logins} == {200, 500}
    assert portal.status_code == 200
    assert all(answer.content == b"" for answer in logins if answer.status_code == 500)


def test_airtel_can_be_down(sandbox: SandboxProcess) -> None:
    sandbox.faults(airtel="down")
    assert sandbox.post("/airtel/auth/oauth2/token", LOGIN).status_code == 503
