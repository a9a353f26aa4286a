"""Customer to business: addresses are registered; the payer types reference and amount herself."""

from decimal import Decimal, InvalidOperation
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.mpesa import book, door, telling
from sandbox.store import NotEnoughFunds, now
from sandbox.twins import Answer, Order

SCHEMA = """
CREATE TABLE IF NOT EXISTS mpesa_address (
    short_code TEXT PRIMARY KEY, response_type TEXT NOT NULL, validation TEXT NOT NULL,
    confirmation TEXT NOT NULL
);
"""
_VALIDATION_SECONDS = 8.0
_REFERENCE_LENGTH_MAX = 20
_MOST = Decimal(250_000)


async def register(request: Request, words: door.Words) -> Response:
    """Take the addresses of the short code; a second time only after they were deleted."""
    addresses = [words.get("ValidationURL"), words.get("ConfirmationURL")]
    if words.get("ShortCode") != door.short_code(request.app):
        return door.bad("ShortCode")
    if words.get("ResponseType") not in {"Completed", "Cancelled"}:
        return door.bad("ResponseType")
    if not all(door.takes_address(address) for address in addresses):
        return door.bad("URL")
    made = request.app.state.store.run(
        "INSERT INTO mpesa_address VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        words["ShortCode"],
        words["ResponseType"],
        *addresses,
    )
    if not made:
        return door.error(500, "500.003.1001", "URLs are already registered")
    return JSONResponse(
        {
            "OriginatorCoversationID": door.request_id(),
            "ResponseCode": "0",
            "ResponseDescription": "Success",
        }
    )


async def pay(app: Starlette, order: Order) -> Answer:
    """Pay to the pay bill: asked before, told once afterwards."""
    try:
        amount = Decimal(order.amount)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount != amount.to_integral_value() or not 0 < amount <= _MOST:
        return Answer("REFUSED", reason="amount")
    reference, begun_at = order.reference[:_REFERENCE_LENGTH_MAX], now()
    where = _addresses(app)
    if not order.blind:
        code = await _validate(app, where, order.msisdn, reference, amount)
        if code != "0":
            return Answer("REFUSED", reason=code)
    store = app.state.store
    try:
        with store.transaction():
            store.take(order.msisdn, amount, app.state.world.opening_balance(order.msisdn))
            paid = book.pay_in(
                app,
                kind="paybill",
                msisdn=order.msisdn,
                reference=reference,
                amount=amount,
                begun_at=begun_at,
            )
            deliveries = telling.callback(
                app,
                subject=paid["receipt"],
                url=where["confirmation"],
                truth=telling.payment(app, paid),
                lie=telling.invented(app, paid),
            )
    except NotEnoughFunds:
        book.fail(app, msisdn=order.msisdn, reference=reference, amount=amount)
        return Answer("REFUSED", reason="not enough funds")
    if app.state.faults.is_on("mpesa.callback", "late"):
        return Answer("WAITING", payment_id=paid["receipt"])
    statuses = [await app.state.postman.deliver(delivery) for delivery in deliveries]
    is_told = any(200 <= status < 300 for status in statuses)
    return Answer("NOTIFIED" if is_told else "WAITING", payment_id=paid["receipt"])


async def _validate(
    app: Starlette, where: dict[str, str], msisdn: str, reference: str, amount: Decimal
) -> str:
    """Return what the merchant says before the money moves; "0" lets it."""
    fictional: dict[str, Any] = {
        "receipt": door.receipt(),
        "at": now(),
        "amount": f"{amount:.2f}",
        "reference": reference,
        "msisdn": msisdn,
    }
    # The balance of the short code is told with the confirmation only.
    told = {**telling.payment(app, fictional), "OrgAccountBalance": ""}  # type: ignore[arg-type]
    try:
        believed = app.state.settings.believed()
        async with httpx.AsyncClient(
            timeout=_VALIDATION_SECONDS, trust_env=False, verify=believed
        ) as client:
            said = (await client.post(where["validation"], json=told)).json()
        return str(said["ResultCode"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return "0" if where["response_type"] == "Completed" else "unreachable"


def _addresses(app: Starlette) -> dict[str, str]:
    """Return what was registered; where nobody did, what Guichet would have registered here."""
    known = app.state.store.row("SELECT * FROM mpesa_address")
    if known:
        return dict(known)
    ours = door.rail(app)
    name = ours.text("DOOR", ours.code)
    secret = ours.secret("CALLBACK_KEY", "mpesa-callback")
    base = f"{app.state.settings.guichet_url}/callbacks/{name}/{secret}"
    return {
        "response_type": "Completed",
        "validation": f"{base}/validation",
        "confirmation": f"{base}/confirmation",
    }
