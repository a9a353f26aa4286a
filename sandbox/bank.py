"""
A bank or USSD aggregator that takes money by reference, as a contract would have it.

Before it takes money it asks Guichet (signed inquiry) and shows service and amount; afterwards it
tells (signed notification), again and again until it hears 200. What it takes back and charges it
tells by the same door; its statement of the day tells all.
"""

import hmac
import json
import secrets
import sqlite3
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from starlette.applications import Starlette

from sandbox import accounts, acts, statements
from sandbox.postman import Postman
from sandbox.store import now
from sandbox.twins import Answer, Order, Outgoing, Twin

OK = 200
CHANNELS = frozenset({"ussd", "branch", "app"})


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return "v1=<hex>": HMAC-SHA256 over the timestamp, a dot and the raw body."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


async def inquire(app: Starlette, reference: str) -> dict[str, Any]:
    """Return what Guichet says of the reference; not payable, if it says nothing."""
    postman: Postman = app.state.postman
    body = json.dumps({"reference": reference[: accounts.REFERENCE_LENGTH_MAX]}).encode()
    path = f"{app.state.settings.bank_rail}/inquiry"
    answer = await postman.ask(path, body=body, headers=_signed(app, body))
    try:
        said = answer.json() if answer is not None and answer.status_code == OK else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return {"reference": reference, "payable": False, "reason": "unreachable"}
    return said


async def pay(app: Starlette, order: Order) -> Answer:
    """Take the money from the wallet and tell Guichet."""
    reference, amount = order.reference, order.amount
    service, currency = "", app.state.world.network.currency
    if not order.blind:
        said = await inquire(app, reference)
        if said.get("payable") is not True:
            return Answer("REFUSED", reason=str(said.get("reason") or "not payable"))
        reference, currency = str(said["reference"]), str(said["currency"])
        amount, service = amount or str(said["amount"]), str(said.get("service", ""))
    value = accounts.value(amount)
    if value is None:
        return Answer("REFUSED", reason="amount")
    payment = accounts.Payment(
        bank="bank",
        id=f"BK{secrets.randbelow(9 * 10**9) + 10**9}",
        msisdn=order.msisdn,
        reference=reference[: accounts.REFERENCE_LENGTH_MAX],
        amount=value,
        currency=currency,
        channel=order.channel,
        service=service,
        at=now(),
    )
    return await accounts.pay(app, payment, _tellings(app, payment))


def _tellings(app: Starlette, payment: accounts.Payment) -> list[accounts.Telling]:
    fault, amount = app.state.faults.get("bank", ""), payment.amount
    told = {
        "id": payment.id,
        "reference": payment.reference,
        "amount": f"{amount + 100 if fault == 'wrong_amount' else amount:f}",
        "currency": "USD" if fault == "wrong_currency" else payment.currency,
        "paid_at": _moment(payment.at),
        "channel": payment.channel,
    }
    telling = accounts.Telling(
        kind="bank.forged" if fault == "forged" else "bank",
        url=_url(app),
        body=json.dumps(told).encode(),
        late_seconds=app.state.settings.late_seconds if fault == "late" else 0,
    )
    return [telling] * {"twice": 2, "never": 0}.get(fault, 1)


def _tell(app: Starlette, booking: sqlite3.Row) -> list[accounts.Telling]:
    """Tell of money that left: a payment taken back, a charge."""
    told = {
        "type": booking["what"],
        "id": booking["external_id"],
        "original_id": booking["original_id"],
        "amount": booking["amount"].removeprefix("-"),
        "currency": booking["currency"],
        "paid_at": _moment(booking["at"]),
    }
    return [accounts.Telling(kind="bank", url=_url(app), body=json.dumps(told).encode())]


def _url(app: Starlette) -> str:
    settings = app.state.settings
    return f"{settings.guichet_url}/callbacks/{settings.bank_rail}/notification"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _outgoing(app: Starlette, row: sqlite3.Row) -> Outgoing:
    secret = secrets.token_hex(16) if row["kind"] == "bank.forged" else None
    return Outgoing(headers=_signed(app, bytes(row["body"]), secret))


def _signed(app: Starlette, body: bytes, secret: str | None = None) -> dict[str, str]:
    timestamp = str(int(now()))
    return {
        "Content-Type": "application/json",
        "X-Timestamp": timestamp,
        "X-Signature": signature(secret or app.state.settings.bank_secret, timestamp, body),
    }


TWIN = Twin(
    kind="bank",
    routes=statements.routes("bank"),
    schema=accounts.SCHEMA,
    faults={
        "bank": frozenset({"twice", "never", "late", "forged", "wrong_amount", "wrong_currency"})
    },
    tries={"bank": None, "bank.forged": 1},
    outgoing=_outgoing,
    pay=pay,
    acts=acts.of("bank", _tell),
)
