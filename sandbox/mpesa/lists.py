"""What was paid, as lists: Pull Transactions, and the statement of the organisation's portal."""

import csv
import io
import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.mpesa import door, telling
from sandbox.store import now

SCHEMA = "CREATE TABLE IF NOT EXISTS mpesa_puller (short_code TEXT PRIMARY KEY);"

_PAGE_ROWS = 50
_HORIZON_SECONDS = 48 * 3600
_FORM = "%Y-%m-%d %H:%M:%S"
_HEADER = (
    "Receipt No.",
    "Completion Time",
    "Initiation Time",
    "Details",
    "Transaction Status",
    "Paid In",
    "Withdrawn",
    "Balance",
    "Balance Confirmed",
    "Reason Type",
    "Other Party Info",
    "Linked Transaction ID",
    "A/C No.",
)
# By kind of movement: what Details begins with, and the reason type.
_WORDS = {
    "paybill": ("Pay Bill", "Pay Bill Online"),
    "express": ("Pay Bill Online", "Pay Bill Online"),
    "charge": ("Pay Bill Charge", "Pay Bill Charge"),
    "reversal": ("Pay Bill Reversal", "Pay Bill Reversal"),
    "sweep": ("Organization Settle to Bank", "Withdraw Funds to Bank"),
}


async def register(request: Request, words: door.Words) -> Response:
    if words.get("ShortCode") != door.short_code(request.app):
        return door.bad("ShortCode")
    if words.get("RequestType") != "Pull" or not door.takes_address(words.get("CallBackURL")):
        return door.bad("Request")
    made = request.app.state.store.run(
        "INSERT INTO mpesa_puller VALUES (?) ON CONFLICT DO NOTHING", words["ShortCode"]
    )
    return JSONResponse(
        {
            "ResponseRefID": door.request_id(),
            "ResponseStatus": "1000" if made else "1001",
            "ShortCode": words["ShortCode"],
            "ResponseDescription": "ShortCode Registered Successfully"
            if made
            else "ShortCode already Registered",
        }
    )


async def pull(request: Request, words: door.Words) -> Response:
    """List payments in, oldest first, at most 50 from a row on; nothing older than 48 hours."""
    try:
        since, until = (_read(words[name]) for name in ("StartDate", "EndDate"))
        offset = int(words["OffSetValue"])
    except (KeyError, TypeError, ValueError):
        return door.bad("Request")
    if words.get("ShortCode") != door.short_code(request.app) or offset < 0:
        return door.bad("ShortCode")
    rows = request.app.state.store.rows(
        "SELECT * FROM mpesa_movement WHERE kind IN ('paybill', 'express')"
        " AND status = 'Completed' AND at >= ? AND at < ? + 1 ORDER BY number LIMIT ? OFFSET ?",
        max(since, now() - _HORIZON_SECONDS),
        until,
        _PAGE_ROWS,
        offset,
    )
    found = [_listed(row) for row in rows]
    return JSONResponse(
        {
            "ResponseRefID": door.request_id(),
            "ResponseCode": "1000" if found else "1001",
            "ResponseMessage": "Success" if found else "No transactions found",
            "Response": [found],
        }
    )


async def statement(request: Request) -> Response:
    """Give the portal's CSV of one day in Nairobi: newest first, with charges, failures, totals."""
    day = request.query_params.get("day") or door.clock(now())[:8]
    try:
        begin = datetime.strptime(day.replace("-", ""), "%Y%m%d").replace(tzinfo=door.EAT)
    except ValueError:
        return Response("day=YYYY-MM-DD", status_code=400)
    rows = request.app.state.store.rows(
        "SELECT * FROM mpesa_movement WHERE at >= ? AND at < ? ORDER BY number DESC",
        begin.timestamp(),
        (begin + timedelta(days=1)).timestamp(),
    )
    text = _csv(request.app, rows, begin.strftime("%d-%m-%Y"))
    return Response(text, media_type="text/csv; charset=utf-8")


def _csv(app: Starlette, rows: list[sqlite3.Row], day: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["Organisation Name", "Guichet"])
    writer.writerow(["Short Code", door.short_code(app)])
    writer.writerow(["Statement Period", f"{day} to {day}"])
    writer.writerow(["", ""])
    writer.writerow(_HEADER)
    for row in rows:
        writer.writerow(_line(row))
    done = [Decimal(row["amount"]) for row in rows if row["status"] == "Completed"]
    paid_in = sum((amount for amount in done if amount > 0), Decimal(0))
    withdrawn = sum((amount for amount in done if amount < 0), Decimal(0))
    writer.writerow(["", "", "", "Totals", "", f"{paid_in:,.2f}", f"{withdrawn:,.2f}", ""])
    return out.getvalue()


def _line(row: sqlite3.Row) -> list[str]:
    amount = Decimal(row["amount"])
    details, reason = _WORDS[row["kind"]]
    party = f"{telling.masked(row['msisdn'])} - NYOTA" if row["msisdn"] else ""
    if row["reference"]:
        details = f"{details} from {party} Acc. {row['reference']}"
    return [
        row["receipt"],
        _shown(row["at"]),
        _shown(row["begun_at"]),
        details,
        row["status"],
        f"{amount:,.2f}" if amount > 0 else "",
        f"{amount:,.2f}" if amount < 0 else "",
        f"{Decimal(row['balance']):,.2f}",
        "true",
        reason,
        party,
        row["linked"],
        row["reference"],
    ]


def _listed(row: sqlite3.Row) -> dict[str, object]:
    return {
        "transactionId": row["receipt"],
        "trxDate": _shown(row["at"]).replace(" ", "T"),
        "msisdn": int(row["msisdn"][-9:]),
        "sender": "MPESA",
        "transactiontype": "c2b-pay-bill-debit",
        "billreference": row["reference"],
        "amount": row["amount"],
        "organizationname": "Guichet",
    }


def _shown(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(door.EAT).strftime(_FORM)


def _read(text: str) -> float:
    return datetime.strptime(text, _FORM).replace(tzinfo=door.EAT).timestamp()
