"""
Airtel's front: who calls, for which country, and whether the body is the one that was signed.

The token lives three minutes, as was seen in production. The key pair is made anew at each start:
whoever kept the public key of yesterday is told so (DP00800001026) and asks again.
"""

import base64
import binascii
import hmac
import secrets
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.store import now

TOKEN_SECONDS = 180
IN_PROCESS = "DP00800001006"
KEY_BITS = 1024  # Airtel's own size.

SCHEMA = "CREATE TABLE IF NOT EXISTS airtel_token (token TEXT PRIMARY KEY, expires_at REAL);"


async def token(request: Request) -> Response:
    if is_down(request):
        return down()
    rail, said = request.app.state.settings.rail("airtel"), await body_of(request)
    known = (
        _same(said.get("client_id"), rail.text("CLIENT_ID", "guichet-sandbox"))
        and _same(said.get("client_secret"), rail.secret("CLIENT_SECRET", "airtel"))
        and said.get("grant_type") == "client_credentials"
    )
    if not known:
        told = {"error": "invalid_client", "error_description": "Invalid client authentication"}
        return JSONResponse(told, status_code=401)
    made, store = secrets.token_urlsafe(24), request.app.state.store
    store.run("DELETE FROM airtel_token WHERE expires_at < ?", now())
    store.run("INSERT INTO airtel_token VALUES (?, ?)", made, now() + TOKEN_SECONDS)
    # The seconds are a text, as in Airtel's example.
    told = {"access_token": made, "expires_in": str(TOKEN_SECONDS), "token_type": "bearer"}  # nosec B105
    return JSONResponse(told)


async def encryption_keys(request: Request) -> Response:
    if refused := await refusal(request):
        return refused
    der = _private_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key = {"key_id": 1, "key": base64.b64encode(der).decode(), "valid_upto": "31-12-2099 00:00:00"}
    return success(key)


async def refusal(request: Request, *, is_signed: bool = False) -> Response | None:
    """Return what Airtel answers to a call that it does not take at all; None if it does."""
    if is_down(request):
        return down()
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    live = request.app.state.store.row(
        "SELECT 1 FROM airtel_token WHERE token = ? AND expires_at > ?", given, now()
    )
    if live is None:
        return JSONResponse({"error": "invalid_token"}, status_code=401)
    world = request.app.state.world
    if request.headers.get("x-country", "") != world.country.upper():
        return error(400, "ROUTER006", "Invalid Country")
    if request.headers.get("x-currency", "") != world.network.currency:
        return error(400, "ROUTER112", "Invalid Currency")
    if is_signed and not is_signed_by_key(request, await request.body()):
        return error(400, "DP00800001026", "Invalid signature")
    return None


def is_signed_by_key(request: Request, body: bytes) -> bool:
    """Say whether x-signature, opened with what x-key holds, is this body to the byte."""
    try:
        opener = _private_key().decrypt(_decoded(request.headers["x-key"]), PKCS1v15())
        key, iv = (_decoded(part.decode()) for part in opener.split(b":"))
        decryptor = Cipher(AES(key), CBC(iv)).decryptor()
        padded = decryptor.update(_decoded(request.headers["x-signature"])) + decryptor.finalize()
        unpadder = PKCS7(AES.block_size).unpadder()
        return hmac.compare_digest(unpadder.update(padded) + unpadder.finalize(), body)
    except (KeyError, ValueError):
        return False


async def body_of(request: Request) -> dict[str, Any]:
    try:
        said = await request.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def success(data: dict[str, Any], code: str = "DP00800001001") -> Response:
    status = {
        "code": "200",
        "message": "SUCCESS",
        "result_code": "ESB000010",
        "response_code": code,
        "success": True,
    }
    return JSONResponse({"data": data, "status": status})


def error(status: int, code: str, message: str) -> Response:
    """Return Airtel's frame with the code where its kind stands."""
    name = "response_code" if code.startswith("DP") else "result_code"
    told = {"code": str(status), "success": False, "message": message, name: code}
    return JSONResponse({"status": told}, status_code=status)


def ambiguous() -> Response:
    return error(500, "ESB000001", "Something went wrong")


def is_down(request: Request) -> bool:
    return bool(request.app.state.faults.is_on("airtel", "down"))


def down() -> Response:
    return error(503, "ESB000001", "Something went wrong")


@cache
def _private_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=KEY_BITS)  # nosec B505


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError from None


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())
