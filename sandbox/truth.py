"""
Everything that the providers have booked, one row a movement: what Guichet's ledger must come to.

`GET /truth.json?since=<unix seconds>` also says how many deliveries still wait to be told.
"""

from decimal import Decimal
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

# `what`: payment, reversal, refund, charge, sweep. `amount`: signed decimal text, negative is out.
# `reference` is what the payer typed or was asked for; `original_id` the payment it is about.
_BOOKED = """
SELECT bank AS twin, what, external_id AS id, original_id, reference, amount, currency, at
FROM bank_booking
UNION ALL
SELECT 'mpesa', CASE WHEN kind IN ('paybill', 'express') THEN 'payment' ELSE kind END,
       receipt, linked, reference, amount, 'KES', at
FROM mpesa_movement WHERE status = 'Completed'
UNION ALL
SELECT network, 'payment', financial_id, '', external_id, amount, currency, at
FROM prompt WHERE status = 'SUCCESSFUL' AND network IN ('mtn', 'airtel')
UNION ALL
SELECT 'mtn', lower(type), id, original_id, external_id, amount, '', at FROM mtn_booking
UNION ALL
SELECT 'mtn', 'refund', r.financial_id, p.financial_id, p.external_id, '-' || r.amount, r.currency,
       r.at
FROM mtn_refund r JOIN prompt p ON p.reference_id = r.to_refund WHERE r.status = 'SUCCESSFUL'
UNION ALL
SELECT 'airtel', 'reversal', r.id, p.financial_id, p.external_id, '-' || p.amount, p.currency, r.at
FROM airtel_reversal r JOIN prompt p USING (reference_id)
ORDER BY at, twin, id
"""
# The rails of the country packs are named for the provider, where twins are for its protocol.
_RAILS = {"jenga": "equity"}


async def truth(request: Request) -> Response:
    since = float(request.query_params.get("since") or 0)
    waiting = request.app.state.store.row("SELECT count(*) n FROM delivery WHERE done_at IS NULL")
    rows = request.app.state.store.rows(_BOOKED)
    told = [_row(request.app, dict(row)) for row in rows if row["at"] >= since]
    return JSONResponse({"booked": told, "waiting": waiting["n"]})


def _row(app: Starlette, row: dict[str, Any]) -> dict[str, Any]:
    twin = row.pop("twin")
    settings = app.state.settings
    code = settings.bank_rail if twin == "bank" else settings.rail(_RAILS.get(twin, twin)).code
    return {
        **row,
        "rail": code,
        "amount": f"{Decimal(row['amount']):f}",
        "currency": row["currency"] or app.state.world.network.currency,
    }


routes = [Route("/truth.json", truth, methods=["GET"])]
