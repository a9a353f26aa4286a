"""
The statement that a merchant downloads from a wallet's partner portal, as CSV.

Neither MTN nor Airtel publishes the form of its file: the columns are ours, and a contract settles
them (docs/providers). One line a movement of the collection account, oldest first, amounts negative
where money left.
"""

import csv
import io
import sqlite3
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

COLUMNS = (
    "Id",
    "External Id",
    "Date",
    "Status",
    "Type",
    "Original Id",
    "Amount",
    "Fee",
    "Currency",
    "Balance",
)


def statement(request: Request, entries: Iterable[sqlite3.Row]) -> Response:
    """
    Return one day's statement, by the country's clock: ?day=2026-11-23.

    :param entries: all movements since the sandbox began, oldest first: id, external_id, type,
        original_id, amount (signed decimal text), at (unix seconds)
    """
    network = request.app.state.world.network
    zone = ZoneInfo(network.time_zone)
    try:
        day = date.fromisoformat(request.query_params.get("day", ""))
    except ValueError:
        return JSONResponse({"error": "a day is needed, as 2026-11-23"}, status_code=400)
    written, held = io.StringIO(), Decimal(0)
    sheet = csv.writer(written)
    sheet.writerow(COLUMNS)
    for entry in entries:
        held += Decimal(entry["amount"])
        moment = datetime.fromtimestamp(entry["at"], zone)
        if moment.date() == day:
            sheet.writerow(
                (
                    entry["id"],
                    entry["external_id"],
                    f"{moment:%Y-%m-%d %H:%M:%S}",
                    "SUCCESSFUL",
                    entry["type"],
                    entry["original_id"],
                    entry["amount"],
                    "0",
                    network.currency,
                    f"{held:f}",
                )
            )
    return Response(written.getvalue(), media_type="text/csv")
