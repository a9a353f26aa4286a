"""What an initiator orders: transaction status, account balance, reversal. Answered later."""

import hmac
import secrets
import sqlite3
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.mpesa import book, door, telling
from sandbox.store import NotEnoughFunds, now

SCHEMA = """
CREATE TABLE IF NOT EXISTS mpesa_command (
    originator TEXT PRIMARY KEY, conversation TEXT NOT NULL, receipt TEXT NOT NULL
);
"""
_DONE = "The service request is processed successfully."
_NOT_VALID = "The OriginalTransactionID is invalid."
_REASONS = {
    "R000001": "The transaction has already been reversed.",
    "R000002": _NOT_VALID,
    "1": "The balance is insufficient for the transaction.",
    "2001": "The initiator information is invalid.",
}
_REASON_TYPES = {"paybill": "Pay Bill", "express": "Pay Bill Online", "reversal": "Reversal"}


async def status(request: Request, words: door.Words) -> Response:
    app = request.app
    receipt, originator = str(words.get("TransactionID") or ""), ""
    if not receipt:
        originator = str(words.get("OriginalConversationID") or "")
        known = app.state.store.row(
            "SELECT receipt FROM mpesa_command WHERE originator = ?", originator
        )
        receipt = known["receipt"] if known else ""
    return _take(
        app,
        words,
        command="TransactionStatusQuery",
        outcome=lambda: _status(app, book.find(app, receipt), originator),
    )


async def balance(request: Request, words: door.Words) -> Response:
    return _take(
        request.app, words, command="AccountBalance", outcome=lambda: _balance(request.app)
    )


async def reverse(request: Request, words: door.Words) -> Response:
    app = request.app
    paid = book.find(app, str(words.get("TransactionID", "")))
    if words.get("RecieverIdentifierType") != "11":
        return door.bad("RecieverIdentifierType")
    try:
        amount = Decimal(str(words.get("Amount")))
    except InvalidOperation:
        return door.bad("Amount")
    if paid and amount != Decimal(paid["amount"]):
        return door.bad("Amount")  # No page tells of a reversal in part.
    party = {**words, "PartyA": words.get("ReceiverParty"), "IdentifierType": "4"}
    return _take(app, party, command="TransactionReversal", outcome=lambda: _reverse(app, words))


def _take(app: Starlette, words: door.Words, *, command: str, outcome: Any) -> Response:
    """Acknowledge a command, do it, and queue its result."""
    fits = {
        "CommandID": words.get("CommandID") == command,
        "PartyA": words.get("PartyA") == door.short_code(app),
        "IdentifierType": words.get("IdentifierType") == "4",
        "ResultURL": door.takes_address(words.get("ResultURL")),
        "QueueTimeOutURL": door.takes_address(words.get("QueueTimeOutURL")),
        "Remarks": 0 < len(str(words.get("Remarks", ""))) <= 100,
    }
    wrong = next((name for name, is_right in fits.items() if not is_right), "")
    if wrong:
        return door.bad(wrong)
    originator = telling.merchant_request()
    conversation = f"AG_{door.clock(now())[:8]}_{secrets.token_hex(10)}"
    code, receipt, parameters = outcome() if _is_initiator(app, words) else ("2001", "", [])
    told: dict[str, Any] = {
        "ResultType": 0,
        # A number where it is one, a word where it is not: both are met.
        "ResultCode": int(code) if code.isdigit() else code,
        "ResultDesc": _DONE if code == "0" else _REASONS[code],
        "OriginatorConversationID": originator,
        "ConversationID": conversation,
        "TransactionID": receipt or f"{door.receipt()[:3]}0000000",
        "ReferenceData": {"ReferenceItem": {"Key": "Occasion"}},
    }
    if parameters:
        told["ResultParameters"] = {"ResultParameter": parameters}
    app.state.store.run(
        "INSERT INTO mpesa_command VALUES (?, ?, ?)", originator, conversation, receipt
    )
    telling.result(app, words, originator=originator, told=told)
    return JSONResponse(
        {
            "OriginatorConversationID": originator,
            "ConversationID": conversation,
            "ResponseCode": "0",
            "ResponseDescription": "Accept the service request successfully.",
        }
    )


def _status(
    app: Starlette, row: sqlite3.Row | None, originator: str
) -> tuple[str, str, list[dict[str, Any]]]:
    if row is None or row["kind"] not in _REASON_TYPES:
        return "R000002", "", []
    payer, ours = f"{row['msisdn']} - NYOTA", f"{door.short_code(app)} - Guichet"
    is_in = not row["amount"].startswith("-")
    at = door.clock(row["at"])
    told: list[dict[str, Any]] = [
        {"Key": "DebitPartyName", "Value": payer if is_in else ours},
        {"Key": "CreditPartyName", "Value": ours if is_in else payer},
        {"Key": "OriginatorConversationID", "Value": originator or telling.merchant_request()},
        {"Key": "InitiatedTime", "Value": int(door.clock(row["begun_at"]))},
        {"Key": "DebitAccountType", "Value": "MMF Account For Customer"},
        {"Key": "TransactionReason"},
        {"Key": "ReasonType", "Value": _REASON_TYPES[row["kind"]]},
        {"Key": "TransactionStatus", "Value": row["status"]},
        {"Key": "FinalisedTime", "Value": int(at)},
        {"Key": "Amount", "Value": float(row["amount"].lstrip("-"))},
        {"Key": "ReceiptNo", "Value": row["receipt"]},
    ]
    return "0", "", told


def _balance(app: Starlette) -> tuple[str, str, list[dict[str, Any]]]:
    held = f"{book.balance(app):.2f}"
    names = {"Working Account": "0.00", "Float Account": "0.00", "Utility Account": held}
    record = "&".join(f"{name}|KES|{sum_}|{sum_}|0.00|0.00" for name, sum_ in names.items())
    return (
        "0",
        "",
        [
            {"Key": "AccountBalance", "Value": record},
            {"Key": "BOCompletedTime", "Value": door.clock(now())},
        ],
    )


def _reverse(app: Starlette, words: door.Words) -> tuple[str, str, list[dict[str, Any]]]:
    original = str(words.get("TransactionID"))
    try:
        done = book.reverse(app, original)
    except book.NothingToReverse as nothing:
        return nothing.code, "", []
    except NotEnoughFunds:
        return "1", "", []
    held, ours = f"{book.balance(app):.2f}", door.short_code(app)
    told: list[dict[str, Any]] = [
        {"Key": "DebitAccountBalance", "Value": f"Utility Account|KES|{held}|{held}|0.00|0.00"},
        {"Key": "Amount", "Value": float(done["amount"].lstrip("-"))},
        {"Key": "TransCompletedTime", "Value": int(door.clock(done["at"]))},
        {"Key": "OriginalTransactionID", "Value": original},
        {"Key": "Charge", "Value": 0.0},
        {"Key": "CreditPartyPublicName", "Value": f"{done['msisdn']} - NYOTA"},
        {"Key": "DebitPartyPublicName", "Value": f"{ours} - Guichet"},
    ]
    return "0", done["receipt"], told


def _is_initiator(app: Starlette, words: door.Words) -> bool:
    ours = door.rail(app)
    given = f"{words.get('Initiator')}:{words.get('SecurityCredential')}"
    credential = ours.secret("SECURITY_CREDENTIAL", "mpesa-initiator")
    held = f"{ours.text('INITIATOR', 'guichet')}:{credential}"
    return hmac.compare_digest(given.encode(), held.encode())
