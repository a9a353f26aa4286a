"""What M-Pesa tells the merchant by itself; each telling is tried once."""

import json
import secrets
import sqlite3
from typing import Any

from starlette.applications import Starlette

from sandbox.mpesa import book, door
from sandbox.store import now

TRIES = {"mpesa": 1}
FAULTS = {
    "mpesa.callback": frozenset({"twice", "never", "lies", "late"}),
    "mpesa.result": frozenset({"twice", "never", "late", "timeout", "forged"}),
}
_RESULT_SECONDS = 0.5  # A result never overtakes the answer to its command here.


def callback(app: Starlette, *, subject: str, url: str, truth: Any, lie: Any) -> list[int]:
    """Queue a callback or a confirmation and return the deliveries."""
    fault = app.state.faults.get("mpesa.callback", "")
    late = app.state.settings.late_seconds if fault == "late" else 0
    times = {"never": 0, "twice": 2}.get(fault, 1)
    told = lie if fault == "lies" else truth
    return [_post(app, subject=subject, url=url, told=told, wait=late) for _ in range(times)]


def result(app: Starlette, words: dict[str, Any], *, originator: str, told: dict[str, Any]) -> None:
    """Queue the result of a command, under the handle that its answer had."""
    fault = app.state.faults.get("mpesa.result", "")
    if fault == "never":
        return
    url = words["QueueTimeOutURL"] if fault == "timeout" else words["ResultURL"]
    if fault == "forged":
        told = {**told, "OriginatorConversationID": door.request_id()}
    wait = app.state.settings.late_seconds if fault == "late" else _RESULT_SECONDS
    for _ in range(2 if fault == "twice" else 1):
        _post(app, subject=originator, url=url, told={"Result": told}, wait=wait)
    app.state.postman.hurry()


def payment(app: Starlette, paid: sqlite3.Row) -> dict[str, Any]:
    """Return a payment as validation and confirmation tell it."""
    return {
        "TransactionType": "Pay Bill",
        "TransID": paid["receipt"],
        "TransTime": door.clock(paid["at"]),
        "TransAmount": paid["amount"],
        "BusinessShortCode": door.short_code(app),
        "BillRefNumber": paid["reference"],
        "InvoiceNumber": "",
        "OrgAccountBalance": f"{book.balance(app):.2f}",
        "ThirdPartyTransID": "",
        "MSISDN": masked(paid["msisdn"]),
        "FirstName": "NYOTA",
        "MiddleName": "",
        "LastName": "",
    }


def invented(app: Starlette, paid: sqlite3.Row) -> dict[str, Any]:
    """Return the word of a payment that never was, as a forger would have it."""
    return {**payment(app, paid), "TransID": door.receipt(), "TransAmount": "70000.00"}


def masked(msisdn: str) -> str:
    return f"{msisdn[:4]} ***** {msisdn[-3:]}"


def merchant_request() -> str:
    return f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(8)}"


def _post(app: Starlette, *, subject: str, url: str, told: Any, wait: float) -> int:
    posted: int = app.state.store.post(
        kind="mpesa", subject=subject, url=url, body=json.dumps(told).encode(), due_at=now() + wait
    )
    return posted
