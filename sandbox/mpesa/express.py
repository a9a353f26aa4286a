"""M-Pesa Express: the push, the prompt on the phone, the callback, the query."""

import base64
import hmac
import re
import secrets
import sqlite3
from decimal import Decimal
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox import prompts
from sandbox.mpesa import book, door, telling
from sandbox.population import digits
from sandbox.store import now

_AMOUNT = re.compile(r"[1-9]\d{0,5}", re.ASCII)
_MOST = 250_000
# MTN's words for the end of a prompt (see `sandbox.prompts`), in Daraja's.
_ENDS: dict[str, tuple[int | str, str]] = {
    "APPROVAL_REJECTED": (1032, "Request cancelled by user"),
    "NOT_ENOUGH_FUNDS": (1, "The balance is insufficient for the transaction."),
    "COULD_NOT_PERFORM_TRANSACTION": (1037, "DS timeout user cannot be reached"),
    "PAYER_NOT_FOUND": ("SFC_IC0003", "The operator does not exist."),
}
_DONE = "The service request is processed successfully."


async def push(request: Request, words: door.Words) -> Response:
    if wrong := _wrong_word(request.app, words):
        return door.bad(wrong)
    app, phone = request.app, str(words["PhoneNumber"])
    waiting = app.state.store.row(
        "SELECT 1 FROM prompt WHERE network = 'mpesa' AND msisdn = ? AND status = 'PENDING'"
        " AND expires_at > ?",
        phone,
        now(),
    )
    if waiting:
        return door.error(
            500,
            "500.001.1001",
            "Unable to lock subscriber, a transaction is already in process for the current"
            " subscriber",
        )
    checkout = f"ws_CO_{door.clock(now())}{secrets.randbelow(10**9):09}{phone[-9:]}"
    app.state.store.run(
        "INSERT INTO prompt (reference_id, msisdn, amount, currency, external_id, payer_message,"
        " payee_note, callback_url, status, at, expires_at, network)"
        " VALUES (?, ?, ?, 'KES', ?, ?, ?, ?, 'PENDING', ?, ?, 'mpesa')",
        checkout,
        phone,
        str(words["Amount"]),
        words["AccountReference"],
        f"{words['TransactionDesc']} {words['AccountReference']}",
        telling.merchant_request(),
        words["CallBackURL"],
        now(),
        now() + app.state.settings.prompt_seconds,
    )
    made = app.state.store.row("SELECT * FROM prompt WHERE reference_id = ?", checkout)
    if app.state.world.network_of(phone) != "mpesa":
        prompts.end(app, checkout, status="FAILED", reason="PAYER_NOT_FOUND")
    return JSONResponse(
        {
            "MerchantRequestID": made["payee_note"],
            "CheckoutRequestID": checkout,
            "ResponseCode": "0",
            "ResponseDescription": "Success. Request accepted for processing",
            "CustomerMessage": "Success. Request accepted for processing",
        }
    )


async def query(request: Request, words: door.Words) -> Response:
    """Tell what became of a push: neither amount nor receipt."""
    if not _password_fits(request.app, words):
        return door.error(500, "500.001.1001", "Wrong credentials")
    row = prompts.find(request.app, str(words.get("CheckoutRequestID", "")))
    if row is None or row["network"] != "mpesa":
        return door.bad("CheckoutRequestID")
    if row["status"] == "PENDING":
        return door.error(500, "500.001.1001", "The transaction is being processed")
    code, described = _end_of(row)
    return JSONResponse(
        {
            "ResponseCode": "0",
            "ResponseDescription": "The service request has been accepted successsfully",
            "MerchantRequestID": row["payee_note"],
            "CheckoutRequestID": row["reference_id"],
            "ResultCode": str(code),
            "ResultDesc": described,
        }
    )


def ended(app: Starlette, row: sqlite3.Row) -> None:
    """Book the money of a prompt that was approved, and tell; inside its transaction."""
    receipt = door.receipt()
    if row["status"] == "SUCCESSFUL":
        paid = book.pay_in(
            app,
            kind="express",
            msisdn=row["msisdn"],
            reference=row["external_id"],
            amount=Decimal(row["amount"]),
            begun_at=row["at"],
        )
        receipt = paid["receipt"]
        app.state.store.run(
            "UPDATE prompt SET financial_id = ? WHERE reference_id = ?",
            receipt,
            row["reference_id"],
        )
    success = _callback(row, 0, _DONE, receipt)
    failure = _callback(row, *(_end_of(row) if row["reason"] else (1032, "Request cancelled")))
    paid_for = row["status"] == "SUCCESSFUL"
    telling.callback(
        app,
        subject=row["reference_id"],
        url=row["callback_url"],
        truth=success if paid_for else failure,
        lie=failure if paid_for else success,
    )


def _callback(
    row: sqlite3.Row, code: int | str, described: str, receipt: str = ""
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "MerchantRequestID": row["payee_note"],
        "CheckoutRequestID": row["reference_id"],
        "ResultCode": code,
        "ResultDesc": described,
    }
    if receipt:
        told["CallbackMetadata"] = {
            "Item": [
                {"Name": "Amount", "Value": float(row["amount"])},
                {"Name": "MpesaReceiptNumber", "Value": receipt},
                {"Name": "Balance"},
                {"Name": "TransactionDate", "Value": int(door.clock(now()))},
                {"Name": "PhoneNumber", "Value": int(row["msisdn"])},
            ]
        }
    return {"Body": {"stkCallback": told}}


def _end_of(row: sqlite3.Row) -> tuple[int | str, str]:
    return (0, _DONE) if row["status"] == "SUCCESSFUL" else _ENDS[row["reason"]]


def _wrong_word(app: Starlette, words: door.Words) -> str:
    """Return the name of the first word that Daraja would not take, "" if it takes all."""
    phone, reference = str(words.get("PhoneNumber", "")), words.get("AccountReference")
    amount = str(words.get("Amount", ""))
    fits = {
        "BusinessShortCode": str(words.get("BusinessShortCode")) == door.short_code(app),
        "Password": _password_fits(app, words),
        "TransactionType": words.get("TransactionType") == "CustomerPayBillOnline",
        "Amount": bool(_AMOUNT.fullmatch(amount)) and int(amount) <= _MOST,
        "PartyA": str(words.get("PartyA")) == phone,
        "PartyB": str(words.get("PartyB")) == door.short_code(app),
        "PhoneNumber": phone == digits(phone) and app.state.world.is_phone(phone),
        "CallBackURL": door.takes_address(words.get("CallBackURL")),
        "AccountReference": isinstance(reference, str) and 0 < len(reference) <= 12,
        "TransactionDesc": 0 < len(str(words.get("TransactionDesc", ""))) <= 13,
    }
    return next((name for name, is_right in fits.items() if not is_right), "")


def _password_fits(app: Starlette, words: door.Words) -> bool:
    moment = str(words.get("Timestamp", ""))
    passkey = door.rail(app).secret("PASSKEY", "mpesa-passkey")
    expected = base64.b64encode(f"{door.short_code(app)}{passkey}{moment}".encode())
    # Daraja wants Nairobi's time; a clock that is wrong by hours is a time zone that is wrong.
    near = {door.clock(now() + step)[:10] for step in (-600, 0, 600)}
    return moment[:10] in near and hmac.compare_digest(
        expected, str(words.get("Password", "")).encode()
    )
