"""
Equity Bank's Jenga: payers pay an account by a reference that nobody checks, and we are told.

The form of 2026 for phones and the web, that of 2018 for a branch or an agent. How often Jenga
tells again is not published: here three times.
"""

import base64
import json
import secrets
import sqlite3
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette

from sandbox import accounts, acts, statements
from sandbox.store import now
from sandbox.twins import Answer, Order, Outgoing, Twin

TRIES = 3
# As in the published example: 5.25 of 150.
_CHARGE = Decimal("0.035")
_CENT = Decimal("0.01")


async def pay(app: Starlette, order: Order) -> Answer:
    """Take the money and tell; the payer types reference and amount, and nobody checks them."""
    value = accounts.value(order.amount)
    if value is None:
        return Answer("REFUSED", reason="amount")
    payment = accounts.Payment(
        bank="jenga",
        id=f"EQ{secrets.randbelow(9 * 10**9) + 10**9}",
        msisdn=order.msisdn,
        reference=order.reference[: accounts.REFERENCE_LENGTH_MAX],
        amount=value,
        currency=app.state.world.network.currency,
        channel=order.channel,
        service="",
        at=now(),
    )
    answer = await accounts.pay(app, payment, _tellings(app, payment))
    if answer.payment_id and _is_withheld(app) and order.channel != "branch":
        acts.withhold(app, "jenga", payment_id=payment.id, amount=_charge(value))
    return answer


def _tellings(app: Starlette, payment: accounts.Payment) -> list[accounts.Telling]:
    fault = app.state.faults.get("jenga.callback", "")
    zone = ZoneInfo(app.state.world.network.time_zone)
    at = datetime.fromtimestamp(payment.at, zone)
    told = _older(payment, at) if payment.channel == "branch" else _newer(payment, at)
    if fault == "failed":
        told["transaction"]["status"] = "FAILED"
    if fault == "wrong_amount":
        told["transaction"]["amount"] = _number(payment.amount + 100)
    telling = accounts.Telling(
        kind="jenga.forged" if fault == "forged" else "jenga",
        url=f"{app.state.settings.guichet_url}/callbacks/{accounts.rail(app, 'jenga').code}/ipn",
        body=json.dumps(told).encode(),
        late_seconds=app.state.settings.late_seconds if fault == "late" else 0,
    )
    return [telling] * {"twice": 2, "never": 0}.get(fault, 1)


def _newer(payment: accounts.Payment, at: datetime) -> dict[str, Any]:
    return {
        "callbackType": "IPN",
        "customer": {"name": "", "mobileNumber": payment.msisdn, "reference": payment.id},
        "transaction": {
            "date": f"{at:%Y-%m-%d %H:%M:%S}",
            "reference": payment.id,
            "paymentMode": "MPESA",
            "amount": _number(payment.amount),
            "currency": payment.currency,
            "billNumber": payment.reference,
            "servedBy": "EQ",
            "additionalInfo": "MPESA",
            "orderAmount": _number(payment.amount),
            "serviceCharge": float(_charge(payment.amount)),
            "orderCurrency": payment.currency,
            "status": "SUCCESS",
            "remarks": "00:Approved",
        },
        "bank": {"reference": payment.id, "transactionType": "C", "account": None},
    }


def _older(payment: accounts.Payment, at: datetime) -> dict[str, Any]:
    padded = f" {payment.id}"
    return {
        "callbackType": "IPN",
        "customer": {"name": "", "mobileNumber": "", "reference": None},
        "transaction": {
            "date": f"{at:%Y-%m-%d %H:%M:%S}.0",
            "reference": padded,
            "paymentMode": "TPG",
            "amount": f"{payment.amount:f}",
            "billNumber": payment.reference,
            "orderAmount": "",
            "serviceCharge": "",
            "servedBy": "EQ",
            "additionalInfo": "",
            "status": "SUCCESS",
            "remarks": "?",
        },
        "bank": {"reference": padded, "transactionType": "C", "account": "0111234241028"},
    }


def _number(amount: Decimal) -> int | float:
    return float(amount) if amount % 1 else int(amount)


def _charge(amount: Decimal) -> Decimal:
    return (amount * _CHARGE).quantize(_CENT)


def _is_withheld(app: Starlette) -> bool:
    return accounts.rail(app, "jenga").text("CHARGE_WITHHELD", "no").lower() == "yes"


def _outgoing(app: Starlette, row: sqlite3.Row) -> Outgoing:
    rail = accounts.rail(app, "jenga")
    password = rail.secret("PASSWORD", "jenga")
    if row["kind"] == "jenga.forged":
        password = secrets.token_hex(16)
    told = f"{rail.text('USERNAME', 'guichet')}:{password}"
    return Outgoing(headers={"Authorization": "Basic " + base64.b64encode(told.encode()).decode()})


TWIN = Twin(
    kind="jenga",
    routes=statements.routes("jenga"),
    schema=accounts.SCHEMA,
    faults={
        "jenga.callback": frozenset({"twice", "never", "late", "forged", "failed", "wrong_amount"})
    },
    tries={"jenga": TRIES, "jenga.forged": 1},
    outgoing=_outgoing,
    pay=pay,
    acts=acts.of("jenga"),
)
