"""What M-Pesa has booked for the short code: payments, charges, reversals, sweeps."""

import sqlite3
from decimal import Decimal
from typing import Any

from starlette.applications import Starlette

from sandbox.mpesa import door
from sandbox.store import NotEnoughFunds, now

SCHEMA = """
CREATE TABLE IF NOT EXISTS mpesa_movement (
    number INTEGER PRIMARY KEY, receipt TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    msisdn TEXT NOT NULL DEFAULT '', reference TEXT NOT NULL DEFAULT '',
    amount TEXT NOT NULL, balance TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'Completed',
    linked TEXT NOT NULL DEFAULT '', begun_at REAL NOT NULL, at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS mpesa_movement_by_time ON mpesa_movement (at);
"""

PAYMENTS = ("paybill", "express")
_FREE_UP_TO = Decimal(200)
_CHARGE = Decimal("0.005")  # The sandbox's own; what Safaricom takes stands in the contract.


class NothingToReverse(Exception):
    """There is no such payment, or it has been reversed; `code` is Daraja's word for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def find(app: Starlette, receipt: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = app.state.store.row(
        "SELECT * FROM mpesa_movement WHERE receipt = ?", receipt
    )
    return found


def balance(app: Starlette) -> Decimal:
    last = app.state.store.row("SELECT balance FROM mpesa_movement ORDER BY number DESC LIMIT 1")
    return Decimal(last["balance"]) if last else Decimal(0)


def pay_in(
    app: Starlette, *, kind: str, msisdn: str, reference: str, amount: Decimal, begun_at: float
) -> sqlite3.Row:
    """Book a payment and what M-Pesa takes for it; inside a transaction."""
    paid = _book(
        app, kind=kind, msisdn=msisdn, reference=reference, amount=amount, begun_at=begun_at
    )
    if amount > _FREE_UP_TO:
        charge = (amount * _CHARGE).quantize(Decimal("0.01"))
        _book(app, kind="charge", amount=-charge, linked=paid["receipt"], begun_at=begun_at)
    return paid


def fail(app: Starlette, *, msisdn: str, reference: str, amount: Decimal) -> None:
    """Book a payment that did not happen: the portal lists those too."""
    _book(app, kind="paybill", msisdn=msisdn, reference=reference, amount=amount, status="Failed")


def reverse(app: Starlette, receipt: str) -> sqlite3.Row:
    """
    Take a payment back from the short code and give it to the payer.

    :raises NothingToReverse: if there is none, or it has gone back already
    :raises sandbox.store.NotEnoughFunds: if the short code holds less
    """
    store = app.state.store
    with store.transaction():
        paid = find(app, receipt)
        if paid is None or paid["kind"] not in PAYMENTS or paid["status"] != "Completed":
            raise NothingToReverse("R000002")
        done = store.row(
            "SELECT 1 FROM mpesa_movement WHERE kind = 'reversal' AND linked = ?", receipt
        )
        if done:
            raise NothingToReverse("R000001")
        amount = Decimal(paid["amount"])
        if amount > balance(app):
            raise NotEnoughFunds
        wallet = store.balance(paid["msisdn"], app.state.world.opening_balance(paid["msisdn"]))
        store.run(
            "UPDATE wallet SET balance = ? WHERE msisdn = ?", str(wallet + amount), paid["msisdn"]
        )
        return _book(app, kind="reversal", msisdn=paid["msisdn"], amount=-amount, linked=receipt)


def sweep(app: Starlette, amount: Decimal) -> sqlite3.Row:
    """Move money of the short code to its bank account."""
    with app.state.store.transaction():
        return _book(app, kind="sweep", amount=-amount)


def _book(
    app: Starlette,
    *,
    kind: str,
    amount: Decimal,
    status: str = "Completed",
    begun_at: float | None = None,
    **more: Any,
) -> sqlite3.Row:
    moment, made = now(), door.receipt()
    after = balance(app) + (amount if status == "Completed" else 0)
    app.state.store.run(
        "INSERT INTO mpesa_movement"
        " (receipt, kind, msisdn, reference, amount, balance, status, linked, begun_at, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        made,
        kind,
        more.get("msisdn", ""),
        more.get("reference", ""),
        f"{amount:.2f}",
        f"{after:.2f}",
        status,
        more.get("linked", ""),
        begun_at or moment,
        moment,
    )
    booked: sqlite3.Row = app.state.store.row(
        "SELECT * FROM mpesa_movement WHERE receipt = ?", made
    )
    return booked
