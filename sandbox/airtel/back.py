"""
Money of Airtel's that goes back, by a refund or on a payer's complaint; and what is left.

Whole collections only. Nobody is told of it: the enquiry about the collection says TR ever after,
and the portal's statement shows it.
"""

import secrets
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from sandbox import portals
from sandbox.airtel import door
from sandbox.store import now

SCHEMA = """
CREATE TABLE IF NOT EXISTS airtel_reversal (
    reference_id TEXT PRIMARY KEY, id TEXT NOT NULL, at REAL NOT NULL
);
"""


async def refund(request: Request) -> Response:
    """Pay a whole collection back, at once."""
    is_signed = request.path_params["version"] != "v1"
    if refused := await door.refusal(request, is_signed=is_signed):
        return refused
    transaction = (await door.body_of(request)).get("transaction")
    wanted = transaction.get("airtel_money_id") if isinstance(transaction, dict) else None
    if request.app.state.faults.is_on("airtel", "lost"):
        return door.ambiguous()
    row = _collection(request.app, str(wanted or ""))
    if row is None:
        message = "No Transaction Found With Provided Transaction Id."
        return door.error(400, "ESB000045", message)
    reversal_id = _take_back(request.app, row)
    if not reversal_id:
        return door.error(400, "ESB000011", "Transaction has been reversed already.")
    if request.app.state.faults.is_on("airtel", "ambiguous"):
        return door.ambiguous()
    told = {"transaction": {"airtel_money_id": reversal_id, "status": "SUCCESS"}}
    return door.success(told, door.IN_PROCESS)


async def balance(request: Request) -> Response:
    """Return what the merchant holds here: what came in since the sandbox began, less what left."""
    if refused := await door.refusal(request):
        return refused
    held = request.app.state.store.rows(
        "SELECT amount FROM prompt WHERE network = 'airtel' AND status = 'SUCCESSFUL'"
        " AND reference_id NOT IN (SELECT reference_id FROM airtel_reversal)"
    )
    total = sum((Decimal(row["amount"]) for row in held), Decimal(0))
    currency = request.app.state.world.network.currency
    return door.success(
        {"balance": f"{total:,.2f}", "currency": currency, "account_status": "Active"}
    )


async def statement(request: Request) -> Response:
    entries = request.app.state.store.rows(
        "SELECT financial_id AS id, 'PAYMENT' AS type, '' AS original_id, external_id, amount, at"
        " FROM prompt WHERE network = 'airtel' AND status = 'SUCCESSFUL'"
        " UNION ALL SELECT r.id, 'REVERSAL', p.financial_id, p.external_id, '-' || p.amount, r.at"
        " FROM airtel_reversal r JOIN prompt p USING (reference_id) ORDER BY at, id"
    )
    return portals.statement(request, entries)


async def reverse(app: Starlette, said: Mapping[str, Any]) -> dict[str, Any]:
    """Take a collection back as Airtel does on a complaint: nobody is called, the enquiry tells."""
    row = _collection(app, str(said.get("id", "")))
    if row is None:
        return {"error": "no such payment"}
    reversal_id = _take_back(app, row)
    if not reversal_id:
        return {"error": "reversed already"}
    return {"id": reversal_id, "original": row["financial_id"], "amount": row["amount"]}


def is_taken_back(app: Starlette, reference_id: str) -> bool:
    found = app.state.store.row(
        "SELECT 1 FROM airtel_reversal WHERE reference_id = ?", reference_id
    )
    return found is not None


def money_id(kind: str) -> str:
    moment = datetime.fromtimestamp(now(), UTC)
    return f"{kind}{moment:%y%m%d.%H%M}.L{secrets.randbelow(10**8):08d}"


def _collection(app: Starlette, money_id: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = app.state.store.row(
        "SELECT * FROM prompt WHERE network = 'airtel' AND status = 'SUCCESSFUL'"
        " AND financial_id = ?",
        money_id,
    )
    return found


def _take_back(app: Starlette, row: sqlite3.Row) -> str:
    """Return the id of the reversal; "" if there was one before."""
    reversal_id, store = money_id("CI"), app.state.store
    with store.transaction():
        is_first = store.run(
            "INSERT INTO airtel_reversal VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            row["reference_id"],
            reversal_id,
            now(),
        )
        if is_first:
            opening = app.state.world.opening_balance(row["msisdn"])
            store.take(row["msisdn"], -Decimal(row["amount"]), opening)
    return reversal_id if is_first else ""
