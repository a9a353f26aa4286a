from uuid import uuid4

import httpx
import pytest

from tests.sandbox.conftest import ListeningGuichet
from tests.sandbox_process import SandboxProcess

KEY = {"Ocp-Apim-Subscription-Key": "development-only-mtn-sub"}
PAYER = "250788000119"
POOR = "250788000135"
V1 = "/mtn/collection/v1_0"
# The names in MTN's published example of a successful request to pay.
PUBLISHED = {
    "financialTransactionId",
    "externalId",
    "amount",
    "currency",
    "payer",
    "payerMessage",
    "payeeNote",
    "status",
}


def token(sandbox: SandboxProcess) -> str:
    answer = sandbox.post(
        "/mtn/collection/token/", auth=("guichet-sandbox", "development-only-mtn"), headers=KEY
    )
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "access_token"
    assert answer.json()["expires_in"] == 3600
    return str(answer.json()["access_token"])


def headers(sandbox: SandboxProcess, **more: str) -> dict[str, str]:
    return {
        **KEY,
        "Authorization": f"Bearer {token(sandbox)}",
        "X-Target-Environment": "sandbox",
        **more,
    }


def ask(
    sandbox: SandboxProcess,
    *,
    payer: str = PAYER,
    reference: str = "",
    callback: str = "",
    **change: object,
) -> tuple[str, httpx.Response]:
    reference = reference or str(uuid4())
    body = {
        "amount": "500",
        "currency": "RWF",
        "externalId": "attempt-1",
        "payer": {"partyIdType": "MSISDN", "partyId": payer},
        "payerMessage": "Birth certificate",
        "payeeNote": "8589 6132 6965",
        **change,
    }
    more = {"X-Reference-Id": reference}
    if callback:
        more["X-Callback-Url"] = callback
    return reference, sandbox.post(f"{V1}/requesttopay", body, headers=headers(sandbox, **more))


def status(sandbox: SandboxProcess, reference: str) -> dict[str, object]:
    answer = sandbox.get(f"{V1}/requesttopay/{reference}", headers=headers(sandbox))
    assert answer.status_code == 200
    return dict(answer.json())


def press(sandbox: SandboxProcess, phone: str, reference: str, **said: object) -> httpx.Response:
    return sandbox.post(f"/phone/{phone}/prompts/{reference}/answer", said)


def test_a_request_is_accepted_with_an_empty_body_and_stands_on_the_phone(
    sandbox: SandboxProcess,
) -> None:
    reference, answer = ask(sandbox)
    assert (answer.status_code, answer.content) == (202, b"")
    newest = sandbox.get(f"/phone/{PAYER}/prompts.json").json()["prompts"][0]
    assert newest["id"] == reference
    assert (newest["amount"], newest["currency"], newest["state"]) == ("500", "RWF", "PENDING")
    assert status(sandbox, reference)["status"] == "PENDING"


def test_a_reused_reference_is_refused(sandbox: SandboxProcess) -> None:
    reference, _ = ask(sandbox)
    _, again = ask(sandbox, reference=reference)
    assert again.status_code == 409
    assert again.json()["code"] == "RESOURCE_ALREADY_EXIST"


def test_the_success_has_the_published_shape_and_is_told_once(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    reference, _ = ask(sandbox, callback=f"{guichet.url}/callbacks/mtn-rw/requesttopay/x")
    assert press(sandbox, PAYER, reference, pin="1234").json() == {"state": "SUCCESSFUL"}
    told = guichet.wait_for(1, "requesttopay")[0]
    assert told.method == "PUT"
    assert told.body == status(sandbox, reference)
    assert set(told.body) == PUBLISHED
    assert len(guichet.quiet("requesttopay")) == 1


def test_the_one_callback_is_not_repeated_when_nobody_hears_it(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    guichet.status = 503
    reference, _ = ask(sandbox, callback=f"{guichet.url}/callbacks/mtn-rw/requesttopay/x")
    press(sandbox, PAYER, reference, pin="1234")
    assert len(guichet.quiet("requesttopay", 1.6)) == 1


def test_a_refusal_gives_its_reason_as_text(sandbox: SandboxProcess) -> None:
    reference, _ = ask(sandbox)
    assert press(sandbox, PAYER, reference, refuse=True).json() == {"state": "FAILED"}
    told = status(sandbox, reference)
    assert (told["status"], told["reason"]) == ("FAILED", "APPROVAL_REJECTED")
    assert "financialTransactionId" not in told


def test_an_unknown_payer_fails_with_a_reason_as_an_object(sandbox: SandboxProcess) -> None:
    reference, answer = ask(sandbox, payer="250728000001")
    assert answer.status_code == 202
    told = status(sandbox, reference)
    assert told["status"] == "FAILED"
    assert told["reason"] == {"code": "PAYER_NOT_FOUND", "message": "Payee does not exist"}


def test_a_wallet_that_is_too_small_fails_and_keeps_its_money(sandbox: SandboxProcess) -> None:
    poor = next(
        person["phone"].lstrip("+")
        for person in sandbox.get("/people.json").json()["people"]
        if person["balance"] < 500
    )
    before = sandbox.get(f"/phone/{poor}/balance.json").json()
    reference, _ = ask(sandbox, payer=poor)
    assert press(sandbox, poor, reference, pin="1234").json() == {"state": "FAILED"}
    assert status(sandbox, reference)["reason"] == "NOT_ENOUGH_FUNDS"
    assert sandbox.get(f"/phone/{poor}/balance.json").json() == before


def test_a_success_takes_the_money_once(sandbox: SandboxProcess) -> None:
    before = int(sandbox.get(f"/phone/{PAYER}/balance.json").json()["balance"])
    reference, _ = ask(sandbox)
    press(sandbox, PAYER, reference, pin="1234")
    assert press(sandbox, PAYER, reference, pin="1234").status_code == 409
    assert int(sandbox.get(f"/phone/{PAYER}/balance.json").json()["balance"]) == before - 500


def test_the_third_wrong_pin_ends_the_prompt(sandbox: SandboxProcess) -> None:
    reference, _ = ask(sandbox)
    for _ in range(3):
        assert press(sandbox, PAYER, reference, pin="0000").status_code == 403
    assert status(sandbox, reference)["status"] == "FAILED"


def test_another_phone_cannot_answer(sandbox: SandboxProcess) -> None:
    reference, _ = ask(sandbox)
    assert press(sandbox, "250788000120", reference, pin="1234").status_code == 409
    assert status(sandbox, reference)["status"] == "PENDING"


def test_a_prompt_that_nobody_answers_expires_and_says_so(own_sandbox, guichet) -> None:  # type: ignore[no-untyped-def]
    sandbox = own_sandbox(SANDBOX_PROMPT_SECONDS="0.3")
    reference, _ = ask(sandbox, callback=f"{guichet.url}/callbacks/mtn-rw/requesttopay/x")
    told = guichet.wait_for(1, "requesttopay")[0].body
    assert (told["status"], told["reason"]) == ("FAILED", "COULD_NOT_PERFORM_TRANSACTION")
    assert press(sandbox, PAYER, reference, pin="1234").status_code == 409


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"currency": "EUR"}, "INVALID_CURRENCY"),
        ({"amount": "0"}, "BAD_REQUEST"),
        ({"amount": "-5"}, "BAD_REQUEST"),
        ({"amount": 500}, "BAD_REQUEST"),
        ({"externalId": "two words"}, "BAD_REQUEST"),
        ({"payerMessage": "x" * 161}, "BAD_REQUEST"),
        ({"payer": {"partyIdType": "EMAIL", "partyId": "a@b"}}, "BAD_REQUEST"),
    ],
)
def test_what_mtn_would_not_take_is_not_taken(
    sandbox: SandboxProcess, change: dict[str, object], code: str
) -> None:
    _, answer = ask(sandbox, **change)
    assert answer.json()["code"] == code


def test_the_door_is_shut_to_wrong_keys(sandbox: SandboxProcess) -> None:
    wrong = sandbox.post("/mtn/collection/token/", auth=("guichet-sandbox", "no"), headers=KEY)
    assert wrong.status_code == 401
    keyless = sandbox.post("/mtn/collection/token/", auth=("guichet-sandbox", "x"))
    assert keyless.status_code == 401
    stale = {**headers(sandbox), "Authorization": "Bearer stale", "X-Reference-Id": str(uuid4())}
    assert sandbox.post(f"{V1}/requesttopay", {}, headers=stale).status_code == 401
    elsewhere = headers(sandbox, **{"X-Target-Environment": "mtnuganda"})
    answer = sandbox.get(f"{V1}/requesttopay/{uuid4()}", headers=elsewhere)
    assert answer.json()["code"] == "NOT_ALLOWED_TARGET_ENVIRONMENT"


def test_a_reference_must_be_a_random_uuid_and_a_callback_must_be_ours(
    sandbox: SandboxProcess,
) -> None:
    _, answer = ask(sandbox, reference="00000000-0000-1000-8000-000000000000")
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REFERENCE_ID")
    _, answer = ask(sandbox, callback="https://example.org/callbacks")
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_CALLBACK_URL_HOST")


def test_an_unknown_reference_is_not_found(sandbox: SandboxProcess) -> None:
    answer = sandbox.get(f"{V1}/requesttopay/{uuid4()}", headers=headers(sandbox))
    assert (answer.status_code, answer.json()["code"]) == (404, "RESOURCE_NOT_FOUND")


def test_faults_of_the_callback(sandbox: SandboxProcess, guichet: ListeningGuichet) -> None:
    def paid(where: str) -> str:
        reference, _ = ask(sandbox, callback=f"{guichet.url}/callbacks/{where}")
        press(sandbox, PAYER, reference, pin="1234")
        return reference

    sandbox.faults(mtn_callback="twice")
    paid("twice")
    assert len(guichet.wait_for(2, "twice")) == 2

    sandbox.faults(mtn_callback="never")
    silent = paid("never")
    assert guichet.quiet("never") == []
    assert status(sandbox, silent)["status"] == "SUCCESSFUL"

    sandbox.faults(mtn_callback="lies")
    truth = status(sandbox, paid("lies"))["status"]
    assert (truth, guichet.wait_for(1, "lies")[0].body["status"]) == ("SUCCESSFUL", "FAILED")

    sandbox.faults(mtn_callback="late")
    paid("late")
    assert guichet.quiet("late", 0.5) == []
    assert guichet.wait_for(1, "late")


def test_mtn_can_be_down(sandbox: SandboxProcess) -> None:
    sandbox.faults(mtn="down")
    answer = sandbox.post(
        "/mtn/collection/token/", auth=("guichet-sandbox", "development-only-mtn"), headers=KEY
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
