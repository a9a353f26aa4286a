"""
MTN MoMo Collections, with the shapes that MTN publishes.

Requesttopay (202 and an empty body), status, account holder, balance. Tokens and keys are checked
in `door.py`, refunds are in `refunds.py`, the portal is in `statement.py`; what the payer does is
in `sandbox/prompts.py`.
"""

import asyncio
import json
import re
import sqlite3
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import prompts
from sandbox.faults import SLOW_SECONDS
from sandbox.mtn import door, refunds, statement
from sandbox.population import digits
from sandbox.store import now
from sandbox.twins import Outgoing, Twin

_NOTE_LENGTH_MAX = 160
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


# --- what the merchant calls -----------------------------------------------------------------


async def request_to_pay(request: Request) -> Response:
    if refusal := door.refusal(request):
        return refusal
    reference_id = door.uuid4(request.headers.get("x-reference-id", ""))
    if reference_id is None:
        return door.error(400, "INVALID_REFERENCE_ID", "X-Reference-Id must be a UUID version 4.")
    callback_url = request.headers.get("x-callback-url", "")
    if callback_url and not _is_host_allowed(callback_url, request.app.state.settings.guichet_url):
        return door.error(400, "INVALID_CALLBACK_URL_HOST", "Callback URL host is not allowed.")
    try:
        asked = _asked(await request.json())
    except (KeyError, TypeError, ValueError):
        return door.error(400, "BAD_REQUEST", "The body is not a request to pay.")
    if asked["currency"] != request.app.state.world.network.currency:
        return door.error(500, "INVALID_CURRENCY", "Currency not supported.")
    store, state = request.app.state.store, request.app.state
    made = store.run(
        "INSERT INTO prompt (reference_id, msisdn, amount, currency, external_id, payer_message,"
        " payee_note, callback_url, status, at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', ?, ?) ON CONFLICT DO NOTHING",
        reference_id,
        asked["msisdn"],
        asked["amount"],
        asked["currency"],
        asked["external_id"],
        asked["payer_message"],
        asked["payee_note"],
        callback_url,
        now(),
        now() + state.settings.prompt_seconds,
    )
    if not made:
        return door.error(
            409,
            "RESOURCE_ALREADY_EXIST",
            "Duplicated reference id. Creation of resource failed.",
        )
    if not state.world.is_mtn(asked["msisdn"]):
        prompts.end(request.app, reference_id, status="FAILED", reason="PAYER_NOT_FOUND")
    if state.faults.is_on("mtn", "slow"):
        await asyncio.sleep(SLOW_SECONDS)
    return Response(status_code=202)


async def status(request: Request) -> Response:
    if refusal := door.refusal(request):
        return refusal
    if request.app.state.faults.is_on("mtn", "slow"):
        await asyncio.sleep(SLOW_SECONDS)
    row = prompts.find(request.app, request.path_params["reference_id"].lower())
    if row is None:
        return door.error(404, "RESOURCE_NOT_FOUND", "Requested resource was not found.")
    return JSONResponse(shape(row))


async def account_holder_active(request: Request) -> Response:
    if refusal := door.refusal(request):
        return refusal
    msisdn = digits(request.path_params["msisdn"])
    return JSONResponse({"result": request.app.state.world.is_mtn(msisdn)})


async def account_balance(request: Request) -> Response:
    """Return what the merchant has collected here since the sandbox began."""
    if refusal := door.refusal(request):
        return refusal
    total = statement.balance(request.app)
    currency = request.app.state.world.network.currency
    return JSONResponse({"availableBalance": str(total), "currency": currency})


# --- what the merchant is told ----------------------------------------------------------------


def shape(row: sqlite3.Row | dict[str, Any]) -> dict[str, Any]:
    """Return a payment as MTN tells it, in the status answer and in the callback alike."""
    told: dict[str, Any] = {
        "externalId": row["external_id"],
        "amount": row["amount"],
        "currency": row["currency"],
        "payer": {"partyIdType": "MSISDN", "partyId": row["msisdn"]},
        "payerMessage": row["payer_message"],
        "payeeNote": row["payee_note"],
        "status": row["status"],
    }
    if row["financial_id"]:
        told = {"financialTransactionId": row["financial_id"], **told}
    if row["reason"] == "PAYER_NOT_FOUND":
        # MTN's published examples have both: a reason as an object, and as a string.
        told["reason"] = {"code": row["reason"], "message": "Payee does not exist"}
    elif row["reason"]:
        told["reason"] = row["reason"]
    return told


def queue_callbacks(app: Starlette, row: sqlite3.Row) -> None:
    if not row["callback_url"]:
        return
    fault = app.state.faults.get("mtn.callback", "")
    body = json.dumps(_lie(row) if fault == "lies" else shape(row)).encode()
    late = app.state.settings.late_seconds if fault == "late" else 0
    for _ in range({"never": 0, "twice": 2}.get(fault, 1)):
        app.state.store.post(
            kind="mtn",
            subject=row["reference_id"],
            url=row["callback_url"],
            body=body,
            due_at=now() + late,
        )


def _lie(row: sqlite3.Row) -> dict[str, Any]:
    """Return the contrary of what happened, as a forger or a bug would tell it."""
    if row["status"] == "SUCCESSFUL":
        contrary = {"status": "FAILED", "reason": "APPROVAL_REJECTED", "financial_id": ""}
    else:
        contrary = {"status": "SUCCESSFUL", "reason": "", "financial_id": "9999999999"}
    return shape({**dict(row), **contrary})


# --- what it reads ---------------------------------------------------------------------------


def _asked(body: Any) -> dict[str, str]:
    """:raises KeyError, TypeError, ValueError: where the body is not what MTN publishes"""
    payer = body["payer"]
    asked = {
        "amount": body["amount"],
        "currency": body["currency"],
        "external_id": body["externalId"],
        "msisdn": payer["partyId"],
        "payer_message": body.get("payerMessage", ""),
        "payee_note": body.get("payeeNote", ""),
    }
    if not all(isinstance(value, str) for value in asked.values()):
        raise TypeError
    if not _AMOUNT.fullmatch(asked["amount"]) or Decimal(asked["amount"]) <= 0:
        raise ValueError
    if payer["partyIdType"] != "MSISDN" or not asked["msisdn"].isdigit():
        raise ValueError
    if not asked["external_id"] or " " in asked["external_id"]:
        raise ValueError
    if max(len(asked["payer_message"]), len(asked["payee_note"])) > _NOTE_LENGTH_MAX:
        raise ValueError
    return asked


def _is_host_allowed(url: str, guichet_url: str) -> bool:
    """The provider's callback host is Guichet's; one loopback name is as good as another."""
    asked, ours = urlsplit(url), urlsplit(guichet_url)
    if asked.scheme not in {"http", "https"}:
        return False
    return asked.hostname == ours.hostname or {asked.hostname, ours.hostname} <= _LOOPBACK


_V1 = "/mtn/collection/v1_0"
routes = [
    Route("/mtn/collection/token/", door.token, methods=["POST"]),
    Route(f"{_V1}/requesttopay", request_to_pay, methods=["POST"]),
    Route(f"{_V1}/requesttopay/{{reference_id}}", status, methods=["GET"]),
    Route(f"{_V1}/accountholder/msisdn/{{msisdn}}/active", account_holder_active, methods=["GET"]),
    Route(f"{_V1}/account/balance", account_balance, methods=["GET"]),
    *refunds.routes,
    *statement.routes,
]

TWIN = Twin(
    kind="mtn",
    routes=routes,
    schema=refunds.SCHEMA + statement.SCHEMA,
    faults={
        "mtn": frozenset({"down", "slow"}),
        "mtn.callback": frozenset({"twice", "never", "lies", "late"}),
        "mtn.refund": frozenset({"refused", "pending"}),
    },
    tries={"mtn": 1},
    outgoing=lambda app, row: Outgoing(method="PUT"),
    prompt_ended=queue_callbacks,
    acts={"reverse": statement.reverse, "sweep": statement.sweep},
)
