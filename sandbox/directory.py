"""
The state's directory of its people: an OpenID provider whose people sign in by being chosen.

    GET  /directory/.well-known/openid-configuration
    GET  /directory/authorize   the page of people; each is a link back to Guichet
    POST /directory/token       the code against an ID token
    GET  /directory/jwks
    POST /directory/rotate      a new key signs from now on

Its faults are lies in the next ID tokens: "nonce", "none", "audience", "issuer", "expired", "key",
and "stale": she showed who she is an hour ago, whatever was asked.
"""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any
from urllib.parse import unquote, urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.pages import page
from sandbox.store import now

CLIENT_ID = "guichet"
_CODE_SECONDS = 60
_TOKEN_SECONDS = 300
# Whom the page offers: logins of the demonstration; any other address may be named in the query.
PEOPLE = (
    "rights@guichet.example",
    "officer.kimironko@guichet.example",
    "second.kimironko@guichet.example",
    "new.officer@guichet.example",
)


class State:
    """What the directory remembers; a restart forgets it all, and makes another key."""

    def __init__(self) -> None:
        self.keys = [_new_key()]
        self.codes: dict[str, dict[str, Any]] = {}


def state(app: Starlette) -> State:
    if not hasattr(app.state, "directory"):
        app.state.directory = State()  # Made when first asked for: a key takes a moment.
    found: State = app.state.directory
    return found


async def configuration(request: Request) -> Response:
    if request.app.state.faults.is_on("directory", "down"):
        return JSONResponse({"error": "maintenance"}, status_code=503)
    issuer = _issuer(request)
    return JSONResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "end_session_endpoint": f"{issuer}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


async def authorize(request: Request) -> Response:
    """Show whom to be; `email` in the query chooses at once, `second` with a second factor."""
    asked = dict(request.query_params)
    wrong = (
        asked.get("client_id") != CLIENT_ID
        or asked.get("response_type") != "code"
        or asked.get("code_challenge_method") != "S256"
        or not asked.get("redirect_uri", "").startswith(request.app.state.settings.guichet_url)
    )
    if wrong:
        return JSONResponse({"error": "invalid_request"}, status_code=400)
    if email := asked.get("email"):
        code = secrets.token_urlsafe(24)
        state(request.app).codes[code] = {**asked, "email": email, "at": now()}
        back = {"code": code, "state": asked.get("state", ""), "iss": _issuer(request)}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", status_code=302)
    people = [
        {
            "email": email,
            "password": f"?{urlencode({**asked, 'email': email})}",
            "second": f"?{urlencode({**asked, 'email': email, 'second': '1'})}",
        }
        for email in PEOPLE
    ]
    return page(request, "directory.html", {"people": people})


async def token(request: Request) -> Response:
    """Exchange a code, once, for whoever holds the secret and the verifier."""
    form = await request.form()
    code = state(request.app).codes.pop(str(form.get("code", "")), None)
    if not _is_guichet(request):
        return JSONResponse({"error": "invalid_client"}, status_code=401)
    digest = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if (
        code is None
        or now() - code["at"] > _CODE_SECONDS
        or not hmac.compare_digest(code.get("code_challenge", "").encode(), challenge.encode())
        or code["redirect_uri"] != form.get("redirect_uri")
    ):
        return JSONResponse({"error": "invalid_grant"}, status_code=400)
    return JSONResponse(
        {
            "access_token": secrets.token_urlsafe(24),
            "token_type": "Bearer",
            "expires_in": _TOKEN_SECONDS,
            "id_token": _id_token(request, code),
        }
    )


async def jwks(request: Request) -> Response:
    return JSONResponse(KeySet([*state(request.app).keys]).as_dict(private=False))


async def rotate(request: Request) -> Response:
    state(request.app).keys = [_new_key()]
    return JSONResponse({})


async def logout(request: Request) -> Response:
    back = request.query_params.get("post_logout_redirect_uri", "")
    ours = back.startswith(request.app.state.settings.guichet_url)
    return RedirectResponse(back if ours else "/", status_code=302)


def subject(email: str) -> str:
    """Return what the directory calls a person; her address may change, this does not."""
    return hashlib.sha256(email.encode()).hexdigest()[:20]


def _id_token(request: Request, code: dict[str, Any]) -> str:
    lie = request.app.state.faults.get("directory", "")
    issued = int(now()) - (3600 if lie == "expired" else 0)
    claims = {
        "iss": "https://elsewhere.example" if lie == "issuer" else _issuer(request),
        "sub": subject(code["email"]),
        "aud": "another" if lie == "audience" else CLIENT_ID,
        "iat": issued,
        "exp": issued + _TOKEN_SECONDS,
        "nonce": "another" if lie == "nonce" else code.get("nonce", ""),
        "auth_time": int(code["at"]) - (3600 if lie == "stale" else 0),
        "email": code["email"],
        "email_verified": code.get("unverified") != "1",
        "amr": ["pwd", "otp", "mfa"] if code.get("second") else ["pwd"],
    }
    if lie == "none":
        parts = [{"alg": "none", "typ": "JWT"}, claims]
        return ".".join(_base64(json.dumps(part).encode()) for part in parts) + "."
    key = state(request.app).keys[-1]
    # A key of a thief's, under the name of the directory's own.
    signing = _new_key(key.kid) if lie == "key" else key
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, signing)


def _new_key(kid: str | None = None) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid or secrets.token_hex(6), "use": "sig"})


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _is_guichet(request: Request) -> bool:
    kind, _, told = request.headers.get("authorization", "").partition(" ")
    try:
        name, _, secret = base64.b64decode(told).decode().partition(":")
    except ValueError:
        return False
    right = request.app.state.settings.directory_secret
    return (
        kind.lower() == "basic"
        and unquote(name) == CLIENT_ID
        and hmac.compare_digest(unquote(secret).encode(), right.encode())
    )


def _issuer(request: Request) -> str:
    return f"http://{request.headers.get('host', '127.0.0.1')}/directory"


routes = [
    Route("/directory/.well-known/openid-configuration", configuration),
    Route("/directory/authorize", authorize),
    Route("/directory/token", token, methods=["POST"]),
    Route("/directory/jwks", jwks),
    Route("/directory/rotate", rotate, methods=["POST"]),
    Route("/directory/logout", logout),
]
