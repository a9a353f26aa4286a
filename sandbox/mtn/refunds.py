"""
MTN MoMo Disbursements, the part that pays a request to pay back: POST refund, and its status.

The money comes out of a float of its own, which is bottomless here; in part or whole, and never
more than was paid.
"""

import secrets
import sqlite3
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.mtn import door
from sandbox.store import now

SCHEMA = """
CREATE TABLE IF NOT EXISTS mtn_refund (
    reference_id TEXT PRIMARY KEY, to_refund TEXT NOT NULL, msisdn TEXT NOT NULL,
    amount TEXT NOT NULL, currency TEXT NOT NULL, external_id TEXT NOT NULL, status TEXT NOT NULL,
    reason TEXT NOT NULL, financial_id TEXT NOT NULL, at REAL NOT NULL
);
"""


async def refund(request: Request) -> Response:
    if refused := door.refusal(request):
        return refused
    reference_id = door.uuid4(request.headers.get("x-reference-id", ""))
    if reference_id is None:
        return door.error(400, "INVALID_REFERENCE_ID", "X-Reference-Id must be a UUID version 4.")
    try:
        asked = _asked(await request.json())
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return door.error(400, "BAD_REQUEST", "The body is not a refund.")
    paid = request.app.state.store.row(
        "SELECT * FROM prompt WHERE network = 'mtn' AND status = 'SUCCESSFUL' AND reference_id = ?",
        asked["to_refund"],
    )
    if paid is None or asked["currency"] != paid["currency"]:
        return door.error(404, "RESOURCE_NOT_FOUND", "Requested resource was not found.")
    if not _make(request.app, reference_id, asked, paid):
        return door.error(
            409, "RESOURCE_ALREADY_EXIST", "Duplicated reference id. Creation of resource failed."
        )
    return Response(status_code=202)


async def status(request: Request) -> Response:
    if refused := door.refusal(request):
        return refused
    row = request.app.state.store.row(
        "SELECT * FROM mtn_refund WHERE reference_id = ?",
        request.path_params["reference_id"].lower(),
    )
    if row is None:
        return door.error(404, "RESOURCE_NOT_FOUND", "Requested resource was not found.")
    told = {
        "externalId": row["external_id"],
        "amount": row["amount"],
        "currency": row["currency"],
        "payee": {"partyIdType": "MSISDN", "partyId": row["msisdn"]},
        "status": row["status"],
    }
    if row["financial_id"]:
        told = {"financialTransactionId": row["financial_id"], **told}
    if row["reason"]:
        told["reason"] = row["reason"]
    return JSONResponse(told)


def _make(app: Starlette, reference_id: str, asked: dict[str, str], paid: sqlite3.Row) -> int:
    """Write the refund, carry it out if it can be, and return 0 if this key was used before."""
    state, reason = _outcome(app, asked, paid)
    is_done = state == "SUCCESSFUL"
    store = app.state.store
    with store.transaction():
        made = store.run(
            "INSERT INTO mtn_refund VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            reference_id,
            asked["to_refund"],
            paid["msisdn"],
            asked["amount"],
            asked["currency"],
            asked["external_id"],
            state,
            reason,
            str(secrets.randbelow(9 * 10**9) + 10**9) if is_done else "",
            now(),
        )
        if made and is_done:
            opening = app.state.world.opening_balance(paid["msisdn"])
            store.take(paid["msisdn"], -Decimal(asked["amount"]), opening)
    return int(made)


def _outcome(app: Starlette, asked: dict[str, str], paid: sqlite3.Row) -> tuple[str, str]:
    if app.state.faults.is_on("mtn.refund", "pending"):
        return "PENDING", ""
    if app.state.faults.is_on("mtn.refund", "refused"):
        return "FAILED", "NOT_ENOUGH_FUNDS"
    before = app.state.store.rows(
        "SELECT amount FROM mtn_refund WHERE to_refund = ? AND status = 'SUCCESSFUL'",
        paid["reference_id"],
    )
    gone = sum((Decimal(row["amount"]) for row in before), Decimal(asked["amount"]))
    if gone > Decimal(paid["amount"]):
        return "FAILED", "INTERNAL_PROCESSING_ERROR"
    return "SUCCESSFUL", ""


def _asked(body: Any) -> dict[str, str]:
    """:raises KeyError, TypeError, ValueError, InvalidOperation: where it is not what MTN asks"""
    asked = {
        "amount": body["amount"],
        "currency": body["currency"],
        "external_id": body["externalId"],
        "to_refund": body["referenceIdToRefund"],
    }
    if not all(isinstance(value, str) and value for value in asked.values()):
        raise TypeError
    value = Decimal(asked["amount"])
    if not value.is_finite() or value <= 0 or " " in asked["external_id"]:
        raise ValueError
    return asked


_V1 = "/mtn/disbursement/v1_0"
routes = [
    Route("/mtn/disbursement/token/", door.token, methods=["POST"]),
    Route(f"{_V1}/refund", refund, methods=["POST"]),
    Route(f"{_V1}/refund/{{reference_id}}", status, methods=["GET"]),
]
