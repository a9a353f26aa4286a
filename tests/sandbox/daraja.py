"""Guichet as Daraja sees it, and what is said to the sandbox in its place."""

import base64
import csv
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sandbox_process import SandboxProcess

LOGIN = ("guichet-sandbox", "development-only-mpesa")
SECRET = "development-only-mpesa-callback"
SHORT_CODE = "600966"
REFERENCE = "858961326965"
PAYER = "254708374149"
POOR = "254708374150"


class Guichet:
    """Keeps what it is told by path; answers validations with `code`."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []
        self.code = "0"
        self.url = ""

    def wait(self, where: str, count: int = 1, seconds: float = 60.0) -> list[Any]:
        give_up_at = time.monotonic() + seconds
        while time.monotonic() < give_up_at:
            found = [body for path, body in self.told if where in path]
            if len(found) >= count:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{len(found)} of {count} calls to {where}")

    def never(self, where: str) -> bool:
        time.sleep(1.0)
        return not [path for path, _ in self.told if where in path]


def token(sandbox: SandboxProcess) -> str:
    answer = sandbox.get("/mpesa/oauth/v1/generate?grant_type=client_credentials", auth=LOGIN)
    assert answer.json()["expires_in"] == "3599"
    return str(answer.json()["access_token"])


def say(sandbox: SandboxProcess, path: str, words: dict[str, Any], *, by: str = "") -> Any:
    headers = {"Authorization": f"Bearer {by or token(sandbox)}"}
    return sandbox.post(f"/mpesa{path}", words, headers=headers)


def nairobi() -> str:
    return (datetime.now(UTC) + timedelta(hours=3)).strftime("%Y%m%d%H%M%S")


def push_words(url: str, **other: Any) -> dict[str, Any]:
    moment = nairobi()
    secret = f"{SHORT_CODE}development-only-mpesa-passkey{moment}"
    return {
        "BusinessShortCode": SHORT_CODE,
        "Password": base64.b64encode(secret.encode()).decode(),
        "Timestamp": moment,
        "TransactionType": "CustomerPayBillOnline",
        "Amount": "500",
        "PartyA": PAYER,
        "PartyB": SHORT_CODE,
        "PhoneNumber": PAYER,
        "CallBackURL": url,
        "AccountReference": REFERENCE,
        "TransactionDesc": "Guichet",
        **other,
    }


def push(sandbox: SandboxProcess, guichet: Guichet, where: str, **other: Any) -> str:
    answer = say(
        sandbox,
        "/mpesa/stkpush/v1/processrequest",
        push_words(f"{guichet.url}/{where}", **other),
    ).json()
    assert answer["ResponseCode"] == "0", answer
    return str(answer["CheckoutRequestID"])


def press(sandbox: SandboxProcess, checkout: str, **how: Any) -> Any:
    return sandbox.post(f"/phone/{PAYER}/prompts/{checkout}/answer", how or {"pin": "1234"}).json()


def query(sandbox: SandboxProcess, checkout: str) -> Any:
    words = {**push_words(""), "CheckoutRequestID": checkout}
    return say(sandbox, "/mpesa/stkpushquery/v1/query", words).json()


def pay(sandbox: SandboxProcess, payer: str = PAYER, **how: Any) -> Any:
    order = {"network": "mpesa", "pin": "1234", "reference": REFERENCE, "amount": "500", **how}
    return sandbox.post(f"/phone/{payer}/pay", order).json()


def command(sandbox: SandboxProcess, guichet: Guichet, path: str, **words: Any) -> Any:
    usual = {
        "Initiator": "guichet",
        "SecurityCredential": "development-only-mpesa-initiator",
        "PartyA": SHORT_CODE,
        "IdentifierType": "4",
        "ResultURL": f"{guichet.url}/result",
        "QueueTimeOutURL": f"{guichet.url}/timeout",
        "Remarks": "words",
    }
    return say(sandbox, path, {**usual, **words}).json()


def status(sandbox: SandboxProcess, guichet: Guichet, **words: Any) -> Any:
    usual = {"CommandID": "TransactionStatusQuery", **words}
    return command(sandbox, guichet, "/mpesa/transactionstatus/v1/query", **usual)


def reverse(sandbox: SandboxProcess, guichet: Guichet, receipt: str, **words: Any) -> Any:
    order = {
        "CommandID": "TransactionReversal",
        "TransactionID": receipt,
        "Amount": "500",
        "ReceiverParty": SHORT_CODE,
        "RecieverIdentifierType": "11",
        **words,
    }
    return command(sandbox, guichet, "/mpesa/reversal/v1/request", **order)


def told_of(result: Any) -> dict[str, Any]:
    listed = result["Result"]["ResultParameters"]["ResultParameter"]
    return {one["Key"]: one.get("Value") for one in listed}


def statement(sandbox: SandboxProcess) -> list[list[str]]:
    text = sandbox.get(f"/mpesa/portal/statement.csv?day={nairobi()[:8]}").text
    return list(csv.reader(text.splitlines()))
