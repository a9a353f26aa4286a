"""
Airtel Money by its Open API: push, enquiry, and the callback with its hash.

Tokens and signatures are in `door.py`, refunds and reversals in `back.py`; what the payer does is
in `sandbox/prompts.py`. A push that is taken says "success" and means "in process";
the callback has no amount; what was reversed is TR for ever.
"""

import asyncio
import base64
import hmac
import json
import secrets
import sqlite3
from decimal import Decimal
from hashlib import sha256
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import prompts
from sandbox.airtel import back, door
from sandbox.faults import SLOW_SECONDS
from sandbox.store import now
from sandbox.twins import Twin

_ID_LENGTH_MAX = 64

# MTN's words for the end of a prompt (see `prompts.py`), in Airtel's.
_ENDS = {
    "APPROVAL_REJECTED": ("TF", "DP00800001008", "Transaction declined"),
    "NOT_ENOUGH_FUNDS": ("TF", "DP00800001007", "Insufficient balance"),
    "COULD_NOT_PERFORM_TRANSACTION": ("TE", "DP00800001029", "Transaction expired"),
}


# --- what the merchant calls ------------------------------------------------------------------


async def push(request: Request) -> Response:
    is_signed = request.path_params["version"] != "v1"
    if refused := await door.refusal(request, is_signed=is_signed):
        return refused
    world, faults = request.app.state.world, request.app.state.faults
    try:
        asked = _asked(await door.body_of(request))
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return door.error(400, "ROUTER003", "Missing header/body params")
    msisdn = world.network.calling_code + asked["msisdn"]
    if not world.is_phone(msisdn):
        return door.error(400, "ESB000033", "Invalid MSISDN Length")
    if asked["currency"] != world.network.currency:
        return door.error(400, "ESB000035", "Invalid Currency Code")
    if world.network_of(msisdn) != "airtel":
        return door.error(400, "DP00800001005", "Msisdn Not Found")
    if faults.is_on("airtel", "lost"):
        return door.ambiguous()
    made = request.app.state.store.run(
        "INSERT INTO prompt (reference_id, msisdn, amount, currency, external_id, payer_message,"
        " payee_note, callback_url, status, at, expires_at, network)"
        " VALUES (?, ?, ?, ?, ?, ?, '', ?, 'PENDING', ?, ?, 'airtel') ON CONFLICT DO NOTHING",
        asked["id"],
        msisdn,
        asked["amount"],
        asked["currency"],
        asked["reference"],
        asked["reference"],
        _callback_url(request.app),
        now(),
        now() + request.app.state.settings.prompt_seconds,
    )
    if not made:
        return door.error(400, "ESB000041", "External Transaction ID already exists.")
    await _dawdle(request)
    if faults.is_on("airtel", "ambiguous"):
        return door.ambiguous()
    return door.success({"transaction": {"id": asked["id"], "status": "SUCCESS"}}, door.IN_PROCESS)


async def enquiry(request: Request) -> Response:
    if refused := await door.refusal(request):
        return refused
    await _dawdle(request)
    row = prompts.find(request.app, request.path_params["id"])
    if row is None or row["network"] != "airtel":
        message = "No Transaction Found With Provided Transaction Id."
        return door.error(400, "ESB000045", message)
    status, code, message = _state(request.app, row)
    told = {"id": row["reference_id"], "message": message, "status": status}
    if row["financial_id"]:
        told = {"airtel_money_id": row["financial_id"], **told}
    return door.success({"transaction": told}, code)


# --- what the merchant is told ----------------------------------------------------------------


def prompt_ended(app: Starlette, row: sqlite3.Row) -> None:
    """Name the money as Airtel does, and queue the callback; inside the prompt's transaction."""
    if row["status"] == "SUCCESSFUL":
        app.state.store.run(
            "UPDATE prompt SET financial_id = ? WHERE reference_id = ?",
            back.money_id("MP"),
            row["reference_id"],
        )
    ended = app.state.store.row("SELECT * FROM prompt WHERE reference_id = ?", row["reference_id"])
    fault = app.state.faults.get("airtel.callback", "")
    late = app.state.settings.late_seconds if fault == "late" else 0
    for _ in range({"never": 0, "twice": 2}.get(fault, 1)):
        app.state.store.post(
            kind="airtel",
            subject=row["reference_id"],
            url=row["callback_url"],
            body=_callback(app, ended, fault),
            due_at=now() + late,
        )


def _callback(app: Starlette, row: sqlite3.Row, fault: str) -> bytes:
    status, _, message = _state(app, row)
    if fault == "lies":
        status = "TF" if status == "TS" else "TS"
    told = {"id": row["reference_id"], "message": message, "status_code": status}
    if row["financial_id"]:
        told["airtel_money_id"] = row["financial_id"]
    transaction = json.dumps(told, separators=(",", ":")).encode()
    key = app.state.settings.rail("airtel").secret("CALLBACK_KEY", "airtel-callback")
    if fault == "forged":
        key = secrets.token_hex(16)
    digest = base64.b64encode(hmac.new(key.encode(), transaction, sha256).digest())
    if fault == "unsigned":
        return b'{"transaction":' + transaction + b"}"
    return b'{"transaction":' + transaction + b',"hash":"' + digest + b'"}'


def _state(app: Starlette, row: sqlite3.Row) -> tuple[str, str, str]:
    """Return status, code and message as Airtel tells them now."""
    if row["status"] == "PENDING":
        return "TIP", door.IN_PROCESS, "Transaction in progress"
    if row["status"] != "SUCCESSFUL":
        return _ENDS[row["reason"]]
    if back.is_taken_back(app, row["reference_id"]):
        return "TR", "DP00800001001", "Transaction reversed"
    amount = f"{row['currency']} {Decimal(row['amount']):,f}"
    return "TS", "DP00800001001", f"Paid {amount} to GUICHET, Trans ID {row['financial_id']}."


# --- small things -----------------------------------------------------------------------------


def _asked(body: dict[str, Any]) -> dict[str, str]:
    """:raises KeyError, TypeError, ValueError, ArithmeticError: where it is not what Airtel asks"""
    transaction, subscriber = body["transaction"], body["subscriber"]
    amount = transaction["amount"]
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise TypeError
    value = Decimal(str(amount))
    if not value.is_finite() or value <= 0:
        raise ValueError
    asked = {
        "id": transaction["id"],
        "amount": f"{value:f}",
        "currency": transaction["currency"],
        "msisdn": subscriber["msisdn"],
        "reference": body["reference"],
    }
    if not all(isinstance(text, str) and text for text in asked.values()):
        raise TypeError
    if len(asked["id"]) > _ID_LENGTH_MAX or not asked["id"].isalnum():
        raise ValueError
    return asked


async def _dawdle(request: Request) -> None:
    if request.app.state.faults.is_on("airtel", "slow"):
        await asyncio.sleep(SLOW_SECONDS)


def _callback_url(app: Starlette) -> str:
    settings = app.state.settings
    return f"{settings.callbacks_url}/callbacks/{settings.rail('airtel').code}/callback"


_VERSION = "{version:str}"
routes = [
    Route("/airtel/auth/oauth2/token", door.token, methods=["POST"]),
    Route("/airtel/v1/rsa/encryption-keys", door.encryption_keys, methods=["GET"]),
    Route(f"/airtel/merchant/{_VERSION}/payments/", push, methods=["POST"]),
    Route("/airtel/portal/statement.csv", back.statement, methods=["GET"]),
    Route("/airtel/standard/v1/users/balance", back.balance, methods=["GET"]),
    Route(f"/airtel/standard/{_VERSION}/payments/refund", back.refund, methods=["POST"]),
    Route("/airtel/standard/v1/payments/{id}", enquiry, methods=["GET"]),
]

TWIN = Twin(
    kind="airtel",
    routes=routes,
    schema=door.SCHEMA + back.SCHEMA,
    faults={
        # Ambiguous: done, and the answer does not say so. Lost: not done, and it does not either.
        "airtel": frozenset({"down", "slow", "ambiguous", "lost"}),
        "airtel.callback": frozenset({"twice", "never", "lies", "late", "forged", "unsigned"}),
    },
    tries={"airtel": 1},
    prompt_ended=prompt_ended,
    acts={"reverse": back.reverse},
)
