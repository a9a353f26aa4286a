"""
KCB's Buni: asks what a reference is (bill validation), takes the money, and tells it signed.

A phone pays a till, a branch and the app pay the account: each has its own form. Times stand in
every form that KCB has been seen to write, one after the other. The key that signs is for
development only: everybody can read it in `keys/`.
"""

import base64
import json
import secrets
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from starlette.applications import Starlette

from sandbox import accounts, acts, statements
from sandbox.store import now
from sandbox.twins import Answer, Order, Outgoing, Twin

KEY_FILE = Path(__file__).parent / "keys" / "kcb-development-only.pem"
TRIES = 5
_EAT = timezone(timedelta(hours=3))
_OK = 200

# What KCB has written in the place of one time.
_FORMS: tuple[Callable[[datetime], str], ...] = (
    lambda at: f"{at:%Y%m%d%H%M%S}",
    lambda at: f"{at:%Y%m%d%H%M}{at.second % 10}",
    lambda at: f"{at:%Y%m%d%H%M}",
    lambda at: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
)


async def validate(app: Starlette, reference: str) -> dict[str, Any] | None:
    """Return what Guichet says of the reference; None if it says nothing that can be read."""
    asked = {
        "requestId": str(uuid4()),
        "customerReference": reference[: accounts.REFERENCE_LENGTH_MAX],
        "organizationReference": "522522",
    }
    body = json.dumps(asked).encode()
    headers = {"Content-Type": "application/json", "signature": _signature(_key(), body)}
    path = f"{accounts.rail(app, 'kcb').code}/validation"
    answer = await app.state.postman.ask(path, body=body, headers=headers)
    try:
        said = answer.json() if answer is not None and answer.status_code == _OK else None
    except ValueError:
        said = None
    return said if isinstance(said, dict) else None


async def pay(app: Starlette, order: Order) -> Answer:
    """Ask, take the money and tell; a FIXED bill takes no other amount than its own."""
    amount, currency = order.amount, app.state.world.network.currency
    service = ""
    if not order.blind:
        said = await validate(app, order.reference)
        if said is None:
            return Answer("REFUSED", reason="unreachable")
        if said.get("statusCode") != "0":
            return Answer("REFUSED", reason=str(said.get("statusMessage") or "not payable"))
        service, currency = str(said.get("CustomerName", "")), str(said.get("currency", ""))
        due = str(said.get("billAmount", "")).replace(",", "")
        amount = amount or due
        if said.get("billType") == "FIXED" and accounts.value(amount) != accounts.value(due):
            return Answer("REFUSED", reason="the amount is fixed")
    value = accounts.value(amount)
    if value is None:
        return Answer("REFUSED", reason="amount")
    payment = accounts.Payment(
        bank="kcb",
        id=f"FT{secrets.randbelow(9 * 10**9) + 10**9}",
        msisdn=order.msisdn,
        reference=order.reference[: accounts.REFERENCE_LENGTH_MAX],
        amount=value,
        currency=currency,
        channel=order.channel,
        service=service,
        at=now(),
    )
    return await accounts.pay(app, payment, _tellings(app, payment))


def _tellings(app: Starlette, payment: accounts.Payment) -> list[accounts.Telling]:
    fault = app.state.faults.get("kcb.callback", "")
    amount = payment.amount + (100 if fault == "wrong_amount" else 0)
    told = (_till if payment.channel == "ussd" else _account)(payment, f"{amount:,f}")
    code = accounts.rail(app, "kcb").code
    telling = accounts.Telling(
        kind="kcb.forged" if fault == "forged" else "kcb",
        url=f"{app.state.settings.guichet_url}/callbacks/{code}/notification",
        body=json.dumps(told).encode(),
        late_seconds=app.state.settings.late_seconds if fault == "late" else 0,
    )
    return [telling] * {"twice": 2, "never": 0}.get(fault, 1)


def _account(payment: accounts.Payment, amount: str) -> dict[str, Any]:
    at = datetime.fromtimestamp(payment.at, _EAT)
    form = _FORMS[int(payment.id[-2:]) % len(_FORMS)]
    return {
        "transactionReference": payment.id,
        "requestId": str(uuid4()),
        "channelCode": "202",
        "timestamp": form(at),
        "transactionAmount": amount,
        "currency": payment.currency,
        "customerReference": payment.reference,
        "customerName": "",
        "customerMobileNumber": payment.msisdn,
        "balance": "",
        "narration": "Payment for goods",
        "creditAccountIdentifier": "JD001",
        "organizationShortCode": "777777",
        "tillNumber": "150150",
    }


def _till(payment: accounts.Payment, amount: str) -> dict[str, Any]:
    at = datetime.fromtimestamp(payment.at, _EAT)
    return {
        "header": {
            "messageID": payment.id[2:],
            "originatorConversationID": secrets.token_hex(5).upper(),
            "channelCode": "202",
            "timeStamp": f"{at:%Y%m%d%H%M%S}",
        },
        "requestPayload": {
            "primaryData": {"businessKey": "1234567", "businessKeyType": "notifyBiller"},
            "additionalData": {
                "notificationData": {
                    "businessKey": payment.reference,
                    "businessKeyType": "BillReferenceNumber",
                    "debitMSISDN": payment.msisdn,
                    "transactionAmt": amount,
                    "transactionDate": f"{at:%a %b %d %H:%M:%S} EAT {at:%Y}",
                    "transactionID": payment.id,
                    "firstName": "",
                    "middleName": "",
                    "lastName": "",
                    "currency": payment.currency,
                    "narration": "Payment",
                    "transactionType": "MPESA",
                    "balance": "0",
                }
            },
        },
    }


def _outgoing(_app: Starlette, row: sqlite3.Row) -> Outgoing:
    key = _nobodys_key() if row["kind"] == "kcb.forged" else _key()
    return Outgoing(headers={"signature": _signature(key, bytes(row["body"]))})


def _signature(key: rsa.RSAPrivateKey, body: bytes) -> str:
    return base64.b64encode(key.sign(body, PKCS1v15(), hashes.SHA256())).decode()


@cache
def _key() -> rsa.RSAPrivateKey:
    key = load_pem_private_key(KEY_FILE.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the sandbox's key of KCB is not RSA")
    return key


@cache
def _nobodys_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


TWIN = Twin(
    kind="kcb",
    routes=statements.routes("kcb"),
    schema=accounts.SCHEMA,
    faults={"kcb.callback": frozenset({"twice", "never", "late", "forged", "wrong_amount"})},
    tries={"kcb": TRIES, "kcb.forged": 1},
    outgoing=_outgoing,
    pay=pay,
    acts=acts.of("kcb"),
)
