"""
Safaricom's Daraja, with the shapes of its portal pages: one pay bill number, in shillings.

`door` gives tokens, of which only the last is worth anything; `express` asks phones; `paybill` is
paid by reference; `commands` answers later, at the address it was given; `lists` has the list of
payments and the portal's statement. Whatever M-Pesa tells by itself, it tells once.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.mpesa import book, commands, door, express, lists, paybill, telling
from sandbox.store import NotEnoughFunds
from sandbox.twins import Twin


async def _reverse(app: Starlette, said: Mapping[str, Any]) -> dict[str, Any]:
    """Take a payment back as Safaricom does when the payer asks: nobody is told."""
    try:
        done = book.reverse(app, str(said.get("id", "")).upper())
    except book.NothingToReverse as nothing:
        return {"error": nothing.code}
    except NotEnoughFunds:
        return {"error": "1"}
    return {"id": done["receipt"], "original": done["linked"], "amount": done["amount"]}


async def _sweep(app: Starlette, said: Mapping[str, Any]) -> dict[str, Any]:
    """Move money of the short code to its bank: {"amount"?}, or all."""
    try:
        amount = Decimal(str(said.get("amount") or book.balance(app)))
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or not 0 < amount <= book.balance(app):
        return {"error": "amount"}
    done = book.sweep(app, amount)
    return {"id": done["receipt"], "amount": done["amount"]}


def _post(path: str, answer: door.Answer) -> Route:
    return Route(f"/mpesa{path}", door.admitted(answer), methods=["POST"])


TWIN = Twin(
    kind="mpesa",
    routes=[
        Route("/mpesa/oauth/v1/generate", door.token, methods=["GET"]),
        _post("/mpesa/c2b/v2/registerurl", paybill.register),
        _post("/mpesa/stkpush/v1/processrequest", express.push),
        _post("/mpesa/stkpushquery/v1/query", express.query),
        _post("/mpesa/transactionstatus/v1/query", commands.status),
        _post("/mpesa/accountbalance/v1/query", commands.balance),
        _post("/mpesa/reversal/v1/request", commands.reverse),
        _post("/pulltransactions/v1/register", lists.register),
        _post("/pulltransactions/v1/query", lists.pull),
        Route("/mpesa/portal/statement.csv", lists.statement, methods=["GET"]),
    ],
    schema=f"{door.SCHEMA}{book.SCHEMA}{paybill.SCHEMA}{commands.SCHEMA}{lists.SCHEMA}",
    faults={"mpesa": frozenset({"down", "slow"}), **telling.FAULTS},
    tries=telling.TRIES,
    prompt_ended=express.ended,
    pay=paybill.pay,
    acts={"reverse": _reverse, "sweep": _sweep},
)
