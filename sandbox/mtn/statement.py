"""What MTN's partner portal shows of the collection account; reversals are told only there."""

import secrets
import sqlite3
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import portals
from sandbox.store import now

SCHEMA = """
CREATE TABLE IF NOT EXISTS mtn_booking (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, original_id TEXT NOT NULL, external_id TEXT NOT NULL,
    amount TEXT NOT NULL, at REAL NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS mtn_reversed_once ON mtn_booking (original_id)
    WHERE type = 'REVERSAL';
"""


def entries(app: Starlette) -> list[sqlite3.Row]:
    """Return the movements of the collection account since the sandbox began, oldest first."""
    found: list[sqlite3.Row] = app.state.store.rows(
        "SELECT financial_id AS id, 'PAYMENT' AS type, '' AS original_id, external_id, amount, at"
        " FROM prompt WHERE network = 'mtn' AND status = 'SUCCESSFUL'"
        " UNION ALL SELECT id, type, original_id, external_id, amount, at FROM mtn_booking"
        " ORDER BY at, id"
    )
    return found


def balance(app: Starlette) -> Decimal:
    return sum((Decimal(entry["amount"]) for entry in entries(app)), Decimal(0))


async def statement(request: Request) -> Response:
    return portals.statement(request, entries(request.app))


async def reverse(app: Starlette, said: Mapping[str, Any]) -> dict[str, Any]:
    """Take a payment back by its financialTransactionId; its status stays SUCCESSFUL."""
    store = app.state.store
    row = store.row(
        "SELECT * FROM prompt WHERE network = 'mtn' AND status = 'SUCCESSFUL' AND financial_id = ?",
        str(said.get("id", "")),
    )
    if row is None:
        return {"error": "no such payment"}
    amount = Decimal(row["amount"])
    with store.transaction():
        made = _book(app, "REVERSAL", amount, row["financial_id"], row["external_id"])
        if made:
            store.take(row["msisdn"], -amount, app.state.world.opening_balance(row["msisdn"]))
    if not made:
        return {"error": "reversed already"}
    return {"id": made, "original": row["financial_id"], "amount": f"{amount:f}"}


async def sweep(app: Starlette, said: Mapping[str, Any]) -> dict[str, Any]:
    """Move money to the treasury's bank, all there is if no amount is said."""
    held = balance(app)
    try:
        amount = Decimal(str(said.get("amount") or held))
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or not 0 < amount <= held:
        return {"error": "no such amount is there"}
    return {"id": _book(app, "SWEEP", amount), "amount": f"{amount:f}"}


def _book(
    app: Starlette, kind: str, amount: Decimal, original_id: str = "", external_id: str = ""
) -> str:
    """Write what left the account and return its id; "" if it is a reversal and not the first."""
    made = str(secrets.randbelow(9 * 10**9) + 10**9)
    values = (made, kind, original_id, external_id, f"{-amount:f}", now())
    written = app.state.store.run(
        "INSERT INTO mtn_booking VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", *values
    )
    return made if written else ""


routes = [Route("/mtn/portal/statement.csv", statement, methods=["GET"])]
