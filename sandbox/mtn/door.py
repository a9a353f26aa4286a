"""
MTN's front: tokens, subscription keys and target environment, for each of its products.

Collections and disbursements are two products: no key and no token of one opens the other.
"""

import base64
import binascii
import hmac
import secrets
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.settings import RailSettings, Settings
from sandbox.store import now

TOKEN_SECONDS = 3600


async def token(request: Request) -> Response:
    product = _product(request)
    if refused := _down(request) or _no_subscription(request):
        return refused
    if not _basic_is(request, *_login(request.app.state.settings, product)):
        return JSONResponse({"error": "login_failed"}, status_code=401)
    made = f"{product}.{secrets.token_urlsafe(48)}"
    store = request.app.state.store
    store.run("DELETE FROM token WHERE expires_at < ?", now())
    store.run("INSERT INTO token VALUES (?, ?)", made, now() + TOKEN_SECONDS)
    told = {"access_token": made, "token_type": "access_token", "expires_in": TOKEN_SECONDS}  # nosec B105
    return JSONResponse(told)


def refusal(request: Request) -> Response | None:
    """Return what MTN answers to a call that it does not take at all; None if it does."""
    if refused := _down(request) or _no_subscription(request):
        return refused
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    live = request.app.state.store.row(
        "SELECT 1 FROM token WHERE token = ? AND expires_at > ?", given, now()
    )
    if live is None or not given.startswith(f"{_product(request)}."):
        return JSONResponse({"error": "invalid_token"}, status_code=401)
    if request.headers.get("x-target-environment") != request.app.state.settings.mtn_environment:
        return error(
            500, "NOT_ALLOWED_TARGET_ENVIRONMENT", "Access to target environment is forbidden."
        )
    return None


def error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"message": message, "code": code}, status_code=status)


def uuid4(text: str) -> str | None:
    try:
        value = UUID(text)
    except ValueError:
        return None
    return str(value) if value.version == 4 else None


def _product(request: Request) -> str:
    """Return "collection" or "disbursement": what follows /mtn/ in the address."""
    return str(request.url.path.split("/")[2])


def _login(settings: Settings, product: str) -> tuple[str, str]:
    if product == "collection":
        return settings.mtn_api_user, settings.mtn_api_key
    rail = _rail(settings)
    return (
        rail.text("DISBURSEMENT_API_USER", settings.mtn_api_user),
        rail.text("DISBURSEMENT_API_KEY", settings.mtn_api_key),
    )


def _subscription(settings: Settings, product: str) -> str:
    if product == "collection":
        return settings.mtn_subscription_key
    return _rail(settings).secret("DISBURSEMENT_SUBSCRIPTION_KEY", "mtn-disbursement")


def _rail(settings: Settings) -> RailSettings:
    return settings.rail("mtn")


def _down(request: Request) -> Response | None:
    if request.app.state.faults.is_on("mtn", "down"):
        return error(503, "SERVICE_UNAVAILABLE", "Service temporarily unavailable, try again.")
    return None


def _no_subscription(request: Request) -> Response | None:
    expected = _subscription(request.app.state.settings, _product(request))
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
