"""
Pull Transactions: the list of what was paid to the pay bill in the last 48 hours.

Registered once for a short code. The page shows `trxDate` with a Z and practice without a zone:
with one it is read as written, without one it is East Africa Time. Only payments in are listed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from payments.gateways import http, reading, tokens
from payments.gateways.base import Collection, Context, Contract, Unreadable
from payments.gateways.mpesa import results
from payments.gateways.mpesa.line import Line, answer
from payments.gateways.prompt import Unreachable

log = structlog.get_logger()

PATH = "/pulltransactions/v1/query"
HORIZON = timedelta(hours=48)
PAGES_MAX = 500
PAGE_BYTES_MAX = 4 * 1024 * 1024
FOUND, NOTHING = "1000", "1001"


class MpesaPull:
    """Lists what was paid to one short code."""

    def __init__(self, *, rail_code: str, contract: Contract) -> None:
        self._rail_code = rail_code
        self._contract = contract
        self._line = Line(contract)

    def pull(self, *, since: datetime, until: datetime) -> Sequence[bytes]:
        """See `PullGateway.pull`. What is older than 48 hours is not asked for: none is told."""
        since = max(since, until - HORIZON)
        pages: list[bytes] = []
        last: list[dict[str, Any]] = []
        offset = 0
        while len(pages) < PAGES_MAX:
            body, rows = self._page(since, until, offset)
            # A list that does not mind the offset would go on for ever.
            if not rows or rows == last:
                return pages
            pages.append(body)
            offset, last = offset + len(rows), rows
        log.error("mpesa.list_too_long", rail=self._rail_code)
        raise Unreachable

    def _page(
        self, since: datetime, until: datetime, offset: int
    ) -> tuple[bytes, list[dict[str, Any]]]:
        words = {
            "ShortCode": self._contract["short_code"],
            "StartDate": _said(since),
            "EndDate": _said(until),
            "OffSetValue": str(offset),  # A row, not a page.
        }
        try:
            said = self._line.post(PATH, words, bytes_max=PAGE_BYTES_MAX)
        except (*http.NO_ANSWER, tokens.NoToken):
            raise Unreachable from None
        told = answer(said)
        code = reading.text(told.get("ResponseCode"))
        if said.status != 200 or code not in {FOUND, NOTHING}:
            log.warning("mpesa.not_listed", rail=self._rail_code, status=said.status)
            raise Unreachable
        return said.body, [] if code == NOTHING else _rows(told.get("Response"))


def parse(body: bytes, context: Context) -> tuple[Collection, ...]:
    """
    Return every payment of a page.

    A row that cannot be read does not hold up the others: it is told aloud, and the statement has
    it. `context` adds nothing.

    :raises Unreadable: if the page is none, or none of its rows can be read
    """
    told = reading.json_object(body)
    code = reading.text(told.get("ResponseCode"))
    if code not in {FOUND, NOTHING}:
        raise Unreadable("no_list")
    rows = [] if code == NOTHING else _rows(told.get("Response"))
    found: list[Collection] = []
    trouble: Unreadable | None = None
    for row in rows:
        # Payments alone are listed; what calls itself something else is not guessed at.
        if not reading.text(row.get("transactiontype")).lower().startswith("c2b"):
            log.warning("mpesa.row_of_another_kind")
            continue
        try:
            found.append(_payment(row))
        except Unreadable as unreadable:
            log.error("mpesa.row_unreadable", reason=unreadable.reason)  # noqa: TRY400
            trouble = unreadable
    if trouble is not None and not found:
        raise trouble
    return tuple(found)


def _payment(row: dict[str, Any]) -> Collection:
    return Collection(
        external_id=results.receipt(row.get("transactionId")),
        reference=reading.text(row.get("billreference")),
        amount_minor=results.amount_minor(row.get("amount")),
        currency=results.CURRENCY,
        occurred_at=_time(row.get("trxDate")),
    )


def _time(value: object) -> datetime:
    if not isinstance(value, str):
        raise Unreadable("no_time")
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        raise Unreadable("bad_time") from None
    return reading.in_utc(moment if moment.tzinfo else moment.replace(tzinfo=reading.EAT))


def _rows(told: object) -> list[dict[str, Any]]:
    """Return the rows of a list, or of a list of lists, as Daraja has it."""
    listed = told if isinstance(told, list) else []
    flat = [row for part in listed for row in (part if isinstance(part, list) else [part])]
    return [row for row in flat if isinstance(row, dict)]


def _said(moment: datetime) -> str:
    return moment.astimezone(reading.EAT).strftime("%Y-%m-%d %H:%M:%S")
