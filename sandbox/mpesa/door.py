"""The token, and the errors that Daraja answers with."""

import asyncio
import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.faults import SLOW_SECONDS
from sandbox.settings import RailSettings, Settings
from sandbox.store import now

TOKEN_SECONDS = 3599
EAT = timezone(timedelta(hours=3), "EAT")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_FORBIDDEN = re.compile(r"m-?pesa|safaricom|exec?|cmd|sql|query|ngrok", re.IGNORECASE)

SCHEMA = """
CREATE TABLE IF NOT EXISTS mpesa_token (
    one INTEGER PRIMARY KEY CHECK (one = 1), token TEXT NOT NULL, expires_at REAL NOT NULL
);
"""

Words = dict[str, Any]
Answer = Callable[[Request, Words], Awaitable[Response]]


def rail(app: Starlette) -> RailSettings:
    settings: Settings = app.state.settings
    return settings.rail("mpesa")


def short_code(app: Starlette) -> str:
    return rail(app).text("SHORT_CODE", "600966")


async def token(request: Request) -> Response:
    """Give a token; from now on the former one is worth nothing."""
    if down := _down(request):
        return down
    if request.query_params.get("grant_type") != "client_credentials":
        return error(400, "400.008.02", "Invalid grant type passed")
    ours = rail(request.app)
    expected = (
        f"{ours.text('CONSUMER_KEY', 'guichet-sandbox')}:{ours.secret('CONSUMER_SECRET', 'mpesa')}"
    )
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        told = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        told = b""
    if scheme != "Basic" or not hmac.compare_digest(told, expected.encode()):
        return error(400, "400.008.01", "Invalid Authentication passed")
    made = secrets.token_urlsafe(21)
    store = request.app.state.store
    store.run("INSERT OR REPLACE INTO mpesa_token VALUES (1, ?, ?)", made, now() + TOKEN_SECONDS)
    return JSONResponse({"access_token": made, "expires_in": str(TOKEN_SECONDS)})


def admitted(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """Let a request with the token of the day through to `answer`, with its words."""

    async def endpoint(request: Request) -> Response:
        if refused := _down(request) or _no_token(request):
            return refused
        try:
            words = await request.json()
        except ValueError:
            words = None
        if not isinstance(words, dict):
            return error(400, "400.002.02", "Bad Request - Invalid Request Body")
        said = await answer(request, words)
        if request.app.state.faults.is_on("mpesa", "slow"):
            await asyncio.sleep(SLOW_SECONDS)  # It has been done; only the answer is late.
        return said

    return endpoint


def error(status: int, code: str, message: str) -> JSONResponse:
    told = {"requestId": request_id(), "errorCode": code, "errorMessage": message}
    return JSONResponse(told, status_code=status)


def bad(name: str) -> JSONResponse:
    return error(400, "400.002.02", f"Bad Request - Invalid {name}")


def request_id() -> str:
    return f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}-1"


def receipt() -> str:
    """Return a receipt number of the shape that M-Pesa has: SKL51ZDR4F."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    signs = letters + "0123456789"
    return secrets.choice(letters) + "".join(secrets.choice(signs) for _ in range(9))


def clock(at: float) -> str:
    """Return the moment as Daraja writes it, in Nairobi's time and without saying so."""
    return datetime.fromtimestamp(at, UTC).astimezone(EAT).strftime("%Y%m%d%H%M%S")


def takes_address(address: Any) -> bool:
    """Say whether Daraja would call this address; on this machine alone anything goes."""
    parts = urlsplit(address if isinstance(address, str) else "")
    if parts.hostname in _LOOPBACK:
        return parts.scheme in {"http", "https"}
    return parts.scheme == "https" and not _FORBIDDEN.search(str(address))


def _down(request: Request) -> Response | None:
    if request.app.state.faults.is_on("mpesa", "down"):
        return error(503, "500.003.02", "System is busy. Please try again in few minutes.")
    return None


def _no_token(request: Request) -> Response | None:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    live = request.app.state.store.row(
        "SELECT 1 FROM mpesa_token WHERE token = ? AND expires_at > ?", given, now()
    )
    return None if live else error(404, "404.001.03", "Invalid Access Token")
