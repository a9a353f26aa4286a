"""
MTN MoMo Collections, with the shapes that MTN publishes.

Token, requesttopay (202 and an empty body), status, account holder, balance. What the payer does is
in `prompts.py`.
"""

import asyncio
import base64
import binascii
import hmac
import re
import secrets
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import prompts
from sandbox.faults import SLOW_SECONDS
from sandbox.population import digits
from sandbox.settings import Settings
from sandbox.store import now

TOKEN_SECONDS = 3600
_NOTE_LENGTH_MAX = 160
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


# --- what the merchant calls -----------------------------------------------------------------


async def token(request: Request) -> Response:
    if refusal := _down(request) or _no_subscription(request):
        return refusal
    settings: Settings = request.app.state.settings
    if not _basic_is(request, settings.mtn_api_user, settings.mtn_api_key):
        return JSONResponse({"error": "login_failed"}, status_code=401)
    made = secrets.token_urlsafe(48)
    store = request.app.state.store
    store.run("DELETE FROM token WHERE expires_at < ?", now())
    store.run("INSERT INTO token VALUES (?, ?)", made, now() + TOKEN_SECONDS)
    told = {"access_token": made, "token_type": "access_token", "expires_in": TOKEN_SECONDS}  # nosec B105
    return JSONResponse(told)


async def request_to_pay(request: Request) -> Response:
    if refusal := _refusal(request):
        return refusal
    reference_id = _uuid4(request.headers.get("x-reference-id", ""))
    if reference_id is None:
        return _error(400, "INVALID_REFERENCE_ID", "X-Reference-Id must be a UUID version 4.")
    callback_url = request.headers.get("x-callback-url", "")
    if callback_url and not _is_host_allowed(callback_url, request.app.state.settings.guichet_url):
        return _error(400, "INVALID_CALLBACK_URL_HOST", "Callback URL host is not allowed.")
    try:
        asked = _asked(await request.json())
    except (KeyError, TypeError, ValueError):
        return _error(400, "BAD_REQUEST", "The body is not a request to pay.")
    if asked["currency"] != request.app.state.world.network.currency:
        return _error(500, "INVALID_CURRENCY", "Currency not supported.")
    store, state = request.app.state.store, request.app.state
    made = store.run(
        "INSERT INTO prompt (reference_id, msisdn, amount, currency, external_id, payer_message,"
        " payee_note, callback_url, status, at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', ?, ?) ON CONFLICT DO NOTHING",
        reference_id,
        asked["msisdn"],
        asked["amount"],
        asked["currency"],
        asked["external_id"],
        asked["payer_message"],
        asked["payee_note"],
        callback_url,
        now(),
        now() + state.settings.prompt_seconds,
    )
    if not made:
        return _error(
            409,
            "RESOURCE_ALREADY_EXIST",
            "Duplicated reference id. Creation of resource failed.",
        )
    if not state.world.is_mtn(asked["msisdn"]):
        prompts.end(request.app, reference_id, status="FAILED", reason="PAYER_NOT_FOUND")
    if state.faults.is_on("mtn", "slow"):
        await asyncio.sleep(SLOW_SECONDS)
    return Response(status_code=202)


async def status(request: Request) -> Response:
    if refusal := _refusal(request):
        return refusal
    if request.app.state.faults.is_on("mtn", "slow"):
        await asyncio.sleep(SLOW_SECONDS)
    row = prompts.find(request.app, request.path_params["reference_id"].lower())
    if row is None:
        return _error(404, "RESOURCE_NOT_FOUND", "Requested resource was not found.")
    return JSONResponse(prompts.shape(row))


async def account_holder_active(request: Request) -> Response:
    if refusal := _refusal(request):
        return refusal
    msisdn = digits(request.path_params["msisdn"])
    return JSONResponse({"result": request.app.state.world.is_mtn(msisdn)})


async def account_balance(request: Request) -> Response:
    """Return what the merchant has collected here since the sandbox began."""
    if refusal := _refusal(request):
        return refusal
    paid = request.app.state.store.rows("SELECT amount FROM prompt WHERE status = 'SUCCESSFUL'")
    total = sum((Decimal(row["amount"]) for row in paid), Decimal(0))
    currency = request.app.state.world.network.currency
    return JSONResponse({"availableBalance": str(total), "currency": currency})


# --- at the door -----------------------------------------------------------------------------


def _refusal(request: Request) -> Response | None:
    if refusal := _down(request) or _no_subscription(request):
        return refusal
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    live = request.app.state.store.row(
        "SELECT 1 FROM token WHERE token = ? AND expires_at > ?", given, now()
    )
    if live is None:
        return JSONResponse({"error": "invalid_token"}, status_code=401)
    if request.headers.get("x-target-environment") != request.app.state.settings.mtn_environment:
        return _error(
            500, "NOT_ALLOWED_TARGET_ENVIRONMENT", "Access to target environment is forbidden."
        )
    return None


def _down(request: Request) -> Response | None:
    if request.app.state.faults.is_on("mtn", "down"):
        return _error(503, "SERVICE_UNAVAILABLE", "Service temporarily unavailable, try again.")
    return None


def _no_subscription(request: Request) -> Response | None:
    expected = request.app.state.settings.mtn_subscription_key
    given = request.headers.get("ocp-apim-subscription-key", "")
    if hmac.compare_digest(given.encode(), expected.encode()):
        return None
    message = "Access denied due to invalid subscription key."
    return JSONResponse({"statusCode": 401, "message": message}, status_code=401)


def _basic_is(request: Request, user: str, key: str) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Basic ")
    try:
        decoded = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(decoded, f"{user}:{key}".encode())


def _asked(body: Any) -> dict[str, str]:
    """:raises KeyError, TypeError, ValueError: where the body is not what MTN publishes"""
    payer = body["payer"]
    asked = {
        "amount": body["amount"],
        "currency": body["currency"],
        "external_id": body["externalId"],
        "msisdn": payer["partyId"],
        "payer_message": body.get("payerMessage", ""),
        "payee_note": body.get("payeeNote", ""),
    }
    if not all(isinstance(value, str) for value in asked.values()):
        raise TypeError
    if not _AMOUNT.fullmatch(asked["amount"]) or Decimal(asked["amount"]) <= 0:
        raise ValueError
    if payer["partyIdType"] != "MSISDN" or not asked["msisdn"].isdigit():
        raise ValueError
    if not asked["external_id"] or " " in asked["external_id"]:
        raise ValueError
    if max(len(asked["payer_message"]), len(asked["payee_note"])) > _NOTE_LENGTH_MAX:
        raise ValueError
    return asked


def _uuid4(text: str) -> str | None:
    try:
        value = UUID(text)
    except ValueError:
        return None
    return str(value) if value.version == 4 else None


def _is_host_allowed(url: str, guichet_url: str) -> bool:
    """The provider's callback host is Guichet's; one loopback name is as good as another."""
    asked, ours = urlsplit(url), urlsplit(guichet_url)
    if asked.scheme not in {"http", "https"}:
        return False
    return asked.hostname == ours.hostname or {asked.hostname, ours.hostname} <= _LOOPBACK


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"message": message, "code": code}, status_code=status)


_V1 = "/mtn/collection/v1_0"
routes = [
    Route("/mtn/collection/token/", token, methods=["POST"]),
    Route(f"{_V1}/requesttopay", request_to_pay, methods=["POST"]),
    Route(f"{_V1}/requesttopay/{{reference_id}}", status, methods=["GET"]),
    Route(f"{_V1}/accountholder/msisdn/{{msisdn}}/active", account_holder_active, methods=["GET"]),
    Route(f"{_V1}/account/balance", account_balance, methods=["GET"]),
]
