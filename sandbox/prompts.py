"""
The payer's side: a prompt on the phone, answered with a PIN, refused, or left to expire.

The approval window is five minutes; `reason` is a word of MTN's, and each twin says it in its own.
"""

import hmac
import secrets
import sqlite3
from decimal import Decimal

from starlette.applications import Starlette

from sandbox.store import NotEnoughFunds, now

WRONG_PINS_MAX = 3


class AnsweredAlready(Exception):
    """The prompt is no longer pending."""


class WrongPin(Exception):
    """The PIN is not the wallet's."""


def find(app: Starlette, reference_id: str) -> sqlite3.Row | None:
    """Return the prompt as it is now, or None."""
    expire_due(app)
    found: sqlite3.Row | None = app.state.store.row(
        "SELECT * FROM prompt WHERE reference_id = ?", reference_id
    )
    return found


def accept(app: Starlette, *, reference_id: str, msisdn: str, pin: str) -> str:
    """
    Answer the prompt with a PIN and return the state that it is in now.

    :raises AnsweredAlready: if it is not pending any more, or another phone's
    :raises WrongPin: at each wrong PIN; the third refuses the payment
    """
    row = find(app, reference_id)
    if row is None or row["msisdn"] != msisdn or row["status"] != "PENDING":
        raise AnsweredAlready
    store = app.state.store
    if not hmac.compare_digest(pin.encode(), app.state.world.pin.encode()):
        wrong = row["wrong_pins"] + 1
        store.run("UPDATE prompt SET wrong_pins = ? WHERE reference_id = ?", wrong, reference_id)
        if wrong >= WRONG_PINS_MAX:
            end(app, reference_id, status="FAILED", reason="APPROVAL_REJECTED")
        raise WrongPin
    try:
        return end(app, reference_id, status="SUCCESSFUL", reason="")
    except NotEnoughFunds:
        return end(app, reference_id, status="FAILED", reason="NOT_ENOUGH_FUNDS")


def refuse(app: Starlette, *, reference_id: str, msisdn: str) -> str:
    """:raises AnsweredAlready: if it is not pending any more, or another phone's"""
    row = find(app, reference_id)
    if row is None or row["msisdn"] != msisdn or row["status"] != "PENDING":
        raise AnsweredAlready
    return end(app, reference_id, status="FAILED", reason="APPROVAL_REJECTED")


def end(app: Starlette, reference_id: str, *, status: str, reason: str) -> str:
    """
    End a pending prompt, move the money, queue the callback, and return its state.

    :raises NotEnoughFunds: the prompt is then still pending
    """
    store = app.state.store
    financial_id = str(secrets.randbelow(9 * 10**9) + 10**9) if status == "SUCCESSFUL" else ""
    with store.transaction():
        ended = store.run(
            "UPDATE prompt SET status = ?, reason = ?, financial_id = ?"
            " WHERE reference_id = ? AND status = 'PENDING'",
            status,
            reason,
            financial_id,
            reference_id,
        )
        row = store.row("SELECT * FROM prompt WHERE reference_id = ?", reference_id)
        if ended:
            if status == "SUCCESSFUL":
                opening = app.state.world.opening_balance(row["msisdn"])
                store.take(row["msisdn"], Decimal(row["amount"]), opening)
            twin = app.state.twins.get(row["network"])
            if twin is not None and twin.prompt_ended is not None:
                twin.prompt_ended(app, row)
    app.state.postman.hurry()
    return str(row["status"])


def expire_due(app: Starlette) -> None:
    """End what nobody answered within the approval window."""
    due = app.state.store.rows(
        "SELECT reference_id FROM prompt WHERE status = 'PENDING' AND expires_at <= ?", now()
    )
    for row in due:
        reason = "COULD_NOT_PERFORM_TRANSACTION"
        end(app, row["reference_id"], status="FAILED", reason=reason)
