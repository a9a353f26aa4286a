"""What a bank does that no payer asks for: it takes payments back, charges, and sweeps."""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from starlette.applications import Starlette

from sandbox import accounts
from sandbox.store import Store

Tell = Callable[[Starlette, sqlite3.Row], Sequence[accounts.Telling]]
Act = Callable[[Starlette, Mapping[str, Any]], Awaitable[dict[str, Any]]]


def of(kind: str, tell: Tell | None = None) -> dict[str, Act]:
    """
    Return the acts of a bank: reverse {"id"}, charge {"id"?, "amount"}, sweep {"amount"?}.

    :param tell: what the bank says of a booking that is no payment; the statement says all
    """
    return {
        "reverse": partial(_reverse, kind, tell),
        "charge": partial(_charge, kind, tell),
        "sweep": partial(_sweep, kind),
    }


async def _reverse(
    kind: str, tell: Tell | None, app: Starlette, said: Mapping[str, Any]
) -> dict[str, Any]:
    """Take a payment back, whole, and give the payer her money."""
    store: Store = app.state.store
    paid = accounts.payment_of(store, kind, str(said.get("id", "")))
    if paid is None:
        return {"error": "no such payment"}
    if accounts.is_reversed(store, kind, paid["external_id"]):
        return {"error": "reversed already"}
    with store.transaction():
        holder = store.row("SELECT msisdn FROM payment WHERE id = ?", paid["external_id"])
        if holder is not None:
            opening = app.state.world.opening_balance(holder["msisdn"])
            store.take(holder["msisdn"], -Decimal(paid["amount"]), opening)
        booking = accounts.book(
            store,
            bank=kind,
            what=accounts.REVERSAL,
            external_id=accounts.new_id("RV"),
            original_id=paid["external_id"],
            reference=paid["reference"],
            amount=-Decimal(paid["amount"]),
            currency=paid["currency"],
        )
        deliveries = _post_about(app, tell, booking, said)
    return {"id": booking["external_id"], "state": await accounts.deliver(app, deliveries)}


async def _charge(
    kind: str, tell: Tell | None, app: Starlette, said: Mapping[str, Any]
) -> dict[str, Any]:
    """Take a charge, for one payment or for none in particular."""
    amount, store = accounts.value(str(said.get("amount", ""))), app.state.store
    paid = accounts.payment_of(store, kind, str(said.get("id", "")))
    if amount is None or (said.get("id") and paid is None):
        return {"error": "an amount and, if any, the id of a payment are needed"}
    with store.transaction():
        booking = accounts.book(
            store,
            bank=kind,
            what=accounts.CHARGE,
            external_id=accounts.new_id("CH"),
            original_id=paid["external_id"] if paid else "",
            amount=-amount,
            currency=app.state.world.network.currency,
        )
        deliveries = _post_about(app, tell, booking, said)
    return {"id": booking["external_id"], "state": await accounts.deliver(app, deliveries)}


async def _sweep(kind: str, app: Starlette, said: Mapping[str, Any]) -> dict[str, Any]:
    """Move money to the treasury's account, all there is if no amount is said; never told."""
    store: Store = app.state.store
    held = accounts.balance(store, kind)
    amount = accounts.value(str(said.get("amount") or held))
    if amount is None or amount > held:
        return {"error": "no such amount is there"}
    with store.transaction():
        booking = accounts.book(
            store,
            bank=kind,
            what=accounts.SWEEP,
            external_id=accounts.new_id("SW"),
            amount=-amount,
            currency=app.state.world.network.currency,
        )
    return {"id": booking["external_id"], "amount": f"{amount:f}", "state": "BOOKED"}


def withhold(app: Starlette, kind: str, *, payment_id: str, amount: Decimal) -> None:
    """Book a charge that the bank keeps of a payment, silently."""
    store: Store = app.state.store
    with store.transaction():
        accounts.book(
            store,
            bank=kind,
            what=accounts.CHARGE,
            external_id=accounts.new_id("CH"),
            original_id=payment_id,
            amount=-amount,
            currency=app.state.world.network.currency,
        )


def _post_about(
    app: Starlette, tell: Tell | None, booking: sqlite3.Row, said: Mapping[str, Any]
) -> list[accounts.Delivery]:
    if tell is None or said.get("tell") is False:
        return []
    return accounts.post(app.state.store, booking["external_id"], tell(app, booking))
