"""The phones as machines use them: the journey, tests, scripts. JSON in and out."""

from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import bank, faults, phones, prompts
from sandbox.population import digits
from sandbox.store import now
from sandbox.twins import Order

_TOP_UP_MAX = Decimal(10_000_000)


async def health(request: Request) -> Response:
    return JSONResponse({"status": "ok", "country": request.app.state.settings.country})


async def people(request: Request) -> Response:
    world = request.app.state.world
    # With what she knows of her own marriage, as she would type it.
    told = [{**world.marriage_facts(p["national_id"]), **p, "pin": world.pin} for p in world.people]
    return JSONResponse({"people": told})


async def inbox(request: Request) -> Response:
    messages = phones.messages(request.app, _msisdn(request))
    return JSONResponse(
        {"messages": [{"id": row["key"], "text": row["text"], "at": row["at"]} for row in messages]}
    )


async def prompt_list(request: Request) -> Response:
    rows = phones.prompts_of(request.app, _msisdn(request))
    return JSONResponse(
        {
            "prompts": [
                {
                    "id": row["reference_id"],
                    "amount": row["amount"],
                    "currency": row["currency"],
                    "note": row["payer_message"],
                    "state": row["status"],
                    "reason": row["reason"],
                    "at": row["at"],
                }
                for row in rows
            ]
        }
    )


async def answer(request: Request) -> Response:
    said = await _body(request)
    if "faults" in said and not faults.script(request.app, said["faults"]):
        return JSONResponse({"error": "no such fault"}, status_code=400)
    which = {"reference_id": request.path_params["id"], "msisdn": _msisdn(request)}
    try:
        if said.get("refuse") is True:
            state = prompts.refuse(request.app, **which)
        else:
            state = prompts.accept(request.app, **which, pin=str(said.get("pin", "")))
    except prompts.WrongPin:
        return JSONResponse({"error": "wrong pin"}, status_code=403)
    except prompts.AnsweredAlready:
        return JSONResponse({"error": "no such prompt is pending"}, status_code=409)
    return JSONResponse({"state": state})


async def inquiry(request: Request) -> Response:
    said = await _body(request)
    return JSONResponse(await bank.inquire(request.app, str(said.get("reference", ""))))


async def pay(request: Request) -> Response:
    """
    Pay a reference: {"reference", "pin", "network"?, "amount"?, "channel"?, "blind"?, "faults"?}.

    `faults` are of this payment alone.
    """
    said = await _body(request)
    if "faults" in said and not faults.script(request.app, said["faults"]):
        return JSONResponse({"error": "no such fault"}, status_code=400)
    msisdn, channel = _msisdn(request), str(said.get("channel", "ussd"))
    twin = request.app.state.twins.get(str(said.get("network", "bank")))
    if (
        not request.app.state.world.is_phone(msisdn)
        or channel not in bank.CHANNELS
        or twin is None
        or twin.pay is None
    ):
        return JSONResponse({"error": "no such phone, channel or network"}, status_code=400)
    if str(said.get("pin", "")) != request.app.state.world.pin:
        return JSONResponse({"error": "wrong pin"}, status_code=403)
    order = Order(
        msisdn=msisdn,
        reference=str(said.get("reference", "")),
        amount=str(said.get("amount") or ""),
        channel=channel,
        blind=said.get("blind") is True,
    )
    done = await twin.pay(request.app, order)
    return JSONResponse({"id": done.payment_id, "state": done.state, "reason": done.reason})


async def act(request: Request) -> Response:
    """Have a provider do what no payer asks for: take a payment back, sweep."""
    twin = request.app.state.twins.get(request.path_params["kind"])
    action = twin.acts.get(request.path_params["act"]) if twin else None
    if action is None:
        return JSONResponse({"error": "no such act"}, status_code=404)
    return JSONResponse(await action(request.app, await _body(request)))


async def balance(request: Request) -> Response:
    msisdn = _msisdn(request)
    return JSONResponse({"balance": str(phones.balance(request.app, msisdn))})


async def top_up(request: Request) -> Response:
    said = await _body(request)
    try:
        amount = Decimal(str(said.get("amount", "")))
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or not 0 < amount <= _TOP_UP_MAX:
        return JSONResponse({"error": "amount"}, status_code=400)
    msisdn = _msisdn(request)
    opening = request.app.state.world.opening_balance(msisdn)
    total = request.app.state.store.top_up(msisdn, amount, opening)
    return JSONResponse({"balance": str(total)})


async def deliveries(request: Request) -> Response:
    """Show what is still to be told to Guichet, and what was told last."""
    rows = request.app.state.store.rows(
        "SELECT kind, subject, tries, last_status, due_at, done_at FROM delivery"
        " ORDER BY id DESC LIMIT 100"
    )
    return JSONResponse({"now": now(), "deliveries": [dict(row) for row in rows]})


def _msisdn(request: Request) -> str:
    return digits(request.path_params["msisdn"])


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


routes = [
    Route("/health", health),
    Route("/people.json", people),
    Route("/deliveries.json", deliveries),
    Route("/phone/{msisdn}/inbox.json", inbox),
    Route("/phone/{msisdn}/prompts.json", prompt_list),
    Route("/phone/{msisdn}/prompts/{id}/answer", answer, methods=["POST"]),
    Route("/phone/{msisdn}/inquiry", inquiry, methods=["POST"]),
    Route("/phone/{msisdn}/pay", pay, methods=["POST"]),
    Route("/acts/{kind}/{act}", act, methods=["POST"]),
    Route("/phone/{msisdn}/balance.json", balance),
    Route("/phone/{msisdn}/top-up", top_up, methods=["POST"]),
]
