"""
A payer's bank behind a GovStack payments building block: it inquires, pays, and marks as paid.

The mark carries no amount, and the account's statement is where the money shows. It is said again
until it is answered 2xx.
"""

import json
import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
from starlette.applications import Starlette

from sandbox import accounts, acts, statements
from sandbox.store import now
from sandbox.twins import Answer, Order, Outgoing, Twin

BILL_ID_MAX = 20
_ACCEPTED = 202
_TENANT = "guichet"


async def inquire(app: Starlette, bill_id: str) -> dict[str, Any] | None:
    """Return the bill's details; None if Guichet says nothing that can be read."""
    settings, code = app.state.settings, accounts.rail(app, "govstack").code
    url = f"{settings.guichet_url}/callbacks/{code}/bills/{quote(bill_id, safe='')}"
    try:
        async with httpx.AsyncClient(
            timeout=10, trust_env=False, verify=settings.believed()
        ) as client:
            answer = await client.get(url, headers=_headers(app))
            said = answer.json() if answer.status_code == _ACCEPTED else None
    except (httpx.HTTPError, ValueError):
        said = None
    return said if isinstance(said, dict) else None


async def pay(app: Starlette, order: Order) -> Answer:
    """Inquire, take the money, and mark the bill as paid."""
    bill_id = "".join(order.reference.split())[:BILL_ID_MAX]
    amount, currency, service = order.amount, app.state.world.network.currency, ""
    if not order.blind:
        said = await inquire(app, bill_id)
        if said is None:
            return Answer("REFUSED", reason="unreachable")
        if said.get("code") != "00":
            return Answer("REFUSED", reason=str(said.get("reason") or "not payable"))
        details = said.get("billDetails", {})
        amount = amount or str(details.get("amountonDueDate", ""))
        currency = str(details.get("currency") or currency)
        service = str(said.get("reason", ""))
    value = accounts.value(amount)
    if value is None:
        return Answer("REFUSED", reason="amount")
    payment = accounts.Payment(
        bank="govstack",
        id=f"GS{secrets.randbelow(9 * 10**9) + 10**9}",
        msisdn=order.msisdn,
        reference=bill_id,
        amount=value,
        currency=currency,
        channel=order.channel,
        service=service,
        at=now(),
    )
    return await accounts.pay(app, payment, _tellings(app, payment))


def _tellings(app: Starlette, payment: accounts.Payment) -> list[accounts.Telling]:
    fault = app.state.faults.get("govstack.callback", "")
    told = {
        "requestID": payment.id,
        "billId": payment.reference,
        "PaymentReferenceID": payment.id,
    }
    code = accounts.rail(app, "govstack").code
    telling = accounts.Telling(
        kind="govstack.forged" if fault == "forged" else "govstack",
        url=f"{app.state.settings.guichet_url}/callbacks/{code}/billTransferRequests",
        body=json.dumps(told).encode(),
        late_seconds=app.state.settings.late_seconds if fault == "late" else 0,
    )
    return [telling] * {"twice": 2, "never": 0}.get(fault, 1)


async def lie(app: Starlette, said: Mapping[str, Any]) -> dict[str, Any]:
    """Mark a bill as paid for which nobody has paid: {"reference"}."""
    # Whoever believed it would give a paper for nothing.
    nothing = accounts.Payment(
        bank="govstack",
        id=f"GS{secrets.randbelow(9 * 10**9) + 10**9}",
        msisdn="",
        reference=str(said.get("reference", ""))[:BILL_ID_MAX],
        amount=accounts.ZERO,
        currency="",
        channel="",
        service="",
        at=now(),
    )
    state = await accounts.tell(app, nothing.id, _tellings(app, nothing))
    return {"id": nothing.id, "state": state}


def _outgoing(app: Starlette, row: sqlite3.Row) -> Outgoing:
    token = secrets.token_hex(16) if row["kind"] == "govstack.forged" else None
    return Outgoing(headers=_headers(app, token))


def _headers(app: Starlette, token: str | None = None) -> dict[str, str]:
    token = token or accounts.rail(app, "govstack").secret("TOKEN", "govstack")
    return {
        "Authorization": f"Bearer {token}",
        "X-CorrelationID": secrets.token_hex(6),
        "X-Platform-TenantId": _TENANT,
    }


TWIN = Twin(
    kind="govstack",
    routes=statements.routes("govstack"),
    schema=accounts.SCHEMA,
    faults={"govstack.callback": frozenset({"twice", "never", "late", "forged"})},
    tries={"govstack": None, "govstack.forged": 1},
    outgoing=_outgoing,
    pay=pay,
    acts={**acts.of("govstack"), "lie": lie},
)
