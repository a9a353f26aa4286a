"""An SMS gateway: takes a message once by its id, shows it on the phone, sends a receipt."""

import asyncio
import hmac
import json
import secrets

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.faults import SLOW_SECONDS
from sandbox.population import digits
from sandbox.store import now

_TEXT_LENGTH_MAX = 1600
_ID_LENGTH_MAX = 80


async def take(request: Request) -> Response:
    """POST {"to", "text", "id"} -> 202 {"id"}; 409 with the first answer's id to a repeat."""
    if refusal := _refusal(request):
        return refusal
    message = await _message(request)
    if message is None:
        return JSONResponse({"error": "to, text and id are needed"}, status_code=400)
    key, msisdn, text = message
    if not request.app.state.world.is_phone(msisdn):
        return JSONResponse({"error": "no such number"}, status_code=400)
    store, state = request.app.state.store, request.app.state
    if known := store.row("SELECT provider_id FROM message WHERE key = ?", key):
        return JSONResponse({"id": known["provider_id"]}, status_code=409)
    provider_id = f"sm-{secrets.token_hex(8)}"
    with store.transaction():
        store.run(
            "INSERT INTO message VALUES (?, ?, ?, ?, 'delivered', ?)",
            key,
            provider_id,
            msisdn,
            text,
            now(),
        )
        store.post(
            kind="receipt",
            subject=key,
            url=f"{state.settings.guichet_url}/callbacks/sms/receipts",
            body=json.dumps({"id": key, "status": "DELIVERED"}).encode(),
            due_at=now() + 0.5,
        )
    if state.faults.is_on("sms", "silent"):
        await asyncio.sleep(SLOW_SECONDS)
    return JSONResponse({"id": provider_id}, status_code=202)


async def tell(request: Request) -> Response:
    """GET the state of one message by the id that its sender gave it."""
    if refusal := _refusal(request):
        return refusal
    key = request.path_params["key"]
    found = request.app.state.store.row("SELECT * FROM message WHERE key = ?", key)
    if found is None:
        return JSONResponse({"error": "not found"}, status_code=404)
    return JSONResponse({"id": found["provider_id"], "status": found["status"]})


def send(app: Starlette, *, msisdn: str, text: str) -> None:
    """Carry a text from a phone to Guichet, as the gateway does with whatever its number gets."""
    key = f"st-{secrets.token_hex(8)}"
    app.state.store.post(
        kind="receipt",  # By the same door, so with the same token.
        subject=key,
        url=f"{app.state.settings.guichet_url}/callbacks/sms/texts",
        body=json.dumps({"id": key, "from": f"+{msisdn}", "text": text}).encode(),
        due_at=now(),
    )


def _refusal(request: Request) -> Response | None:
    if request.app.state.faults.is_on("sms", "down"):
        return JSONResponse({"error": "maintenance"}, status_code=503)
    expected = f"Bearer {request.app.state.settings.sms_token}"
    given = request.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        return JSONResponse({"error": "unauthorised"}, status_code=401)
    return None


async def _message(request: Request) -> tuple[str, str, str] | None:
    try:
        body = await request.json()
        key, to, text = body["id"], body["to"], body["text"]
    except (KeyError, TypeError, ValueError):
        return None
    if not all(isinstance(value, str) and value for value in (key, to, text)):
        return None
    if len(key) > _ID_LENGTH_MAX or len(text) > _TEXT_LENGTH_MAX:
        return None
    return key, digits(to), text


routes = [
    Route("/sms/messages", take, methods=["POST"]),
    Route("/sms/messages/{key}", tell, methods=["GET"]),
]
