"""
The state's own directory of its people, by OpenID Connect Core 1.0.

Authorization code with PKCE (RFC 7636), `state` and `nonce`; the ID token is signed, by a key that
the directory publishes. Off unless `DIRECTORY_ISSUER` is set.
"""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kernel import outgoing, parsing

_TIMEOUT = httpx.Timeout(connect=2, write=2, pool=2, read=5)
_ANSWER_BYTES_MAX = 256 * 1024
_KNOWN_SECONDS = 3600
# A stranger's tokens must not make us ask for keys again and again.
_KEYS_AGAIN_SECONDS = 10
_LEEWAY_SECONDS = 30
_TOKEN_AGE_SECONDS_MAX = 600
# Signed with a key of the directory's own; never "none", never with our secret.
_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
# RFC 8176: what of `amr` says that more than a password was asked for.
_SECOND = frozenset({"mfa", "otp", "hwk", "swk", "pop", "fpt", "face", "iris"})
_LENGTH_MAX = 255


class DirectoryUnavailable(Exception):
    """It does not answer, or not as a directory does."""


class NotVouched(Exception):
    """What came back proves nobody; `why` is a code for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Begun:
    """Where the browser goes, and what its session must keep until it comes back."""

    url: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Vouched:
    """Whom the directory means, and how she showed it there."""

    issuer: str
    subject: str = field(repr=False)
    verified_email: str = field(repr=False)  # "": none, or not verified there.
    has_second: bool


def is_configured() -> bool:
    return bool(settings.DIRECTORY["issuer"])


def directory() -> "Directory":
    """Return the directory named in the settings; its keys are kept between calls."""
    told = settings.DIRECTORY
    return _directory(
        told["issuer"], told["client_id"], told["client_secret"], tuple(told["second_acr"])
    )


@lru_cache(maxsize=4)
def _directory(
    issuer: str, client_id: str, client_secret: str, second_acr: tuple[str, ...]
) -> "Directory":
    return Directory(
        issuer=issuer, client_id=client_id, client_secret=client_secret, second_acr=second_acr
    )


class Directory:
    def __init__(
        self, *, issuer: str, client_id: str, client_secret: str, second_acr: tuple[str, ...] = ()
    ) -> None:
        """
        :param issuer: as the directory calls itself, to the letter
        :param second_acr: what its `acr` says where a second factor was asked for
        """
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._second_acr = frozenset(second_acr)
        self._known: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._asked_again = -float(_KEYS_AGAIN_SECONDS)

    def begin(self, *, back_to: str, anew: bool = False) -> Begun:
        """
        :param back_to: our address to which the browser comes back, as the directory knows it
        :param anew: it asks her who she is also where she is signed in there (Core 3.1.2.1)
        :raises DirectoryUnavailable:
        """
        begun = Begun(
            url="",
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
        )
        digest = hashlib.sha256(begun.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": back_to,
            "scope": "openid email",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if anew:
            asked |= {"prompt": "login", "max_age": "0"}
        return replace(begun, url=_with(self._endpoint("authorization_endpoint"), asked))

    def finish(
        self,
        *,
        code: str,
        nonce: str,
        verifier: str,
        back_to: str,
        now: datetime,
        since: datetime | None = None,
    ) -> Vouched:
        """
        Exchange the code and return whom the directory vouches for.

        :param since: she must have shown who she is after that, by its `auth_time`
        :raises DirectoryUnavailable:
        :raises NotVouched: if it refuses the code, or its token is not for us, now, this browser
        """
        answer = self._exchange(
            {
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier,
                "redirect_uri": back_to,
            }
        )
        claims = self._claims(str(answer.get("id_token", "")), nonce=nonce, now=now)
        if since is not None and not _is_anew(claims.get("auth_time"), since):
            raise NotVouched("not anew")
        email = claims.get("email") if claims.get("email_verified") is True else ""
        methods = claims.get("amr") if isinstance(claims.get("amr"), list) else []
        return Vouched(
            issuer=self._issuer,
            subject=str(claims["sub"]),
            verified_email=email if isinstance(email, str) else "",
            has_second=bool(
                _SECOND & {one for one in methods or () if isinstance(one, str)}
                or claims.get("acr") in self._second_acr
            ),
        )

    def end_url(self, *, back_to: str) -> str:
        """Return where she signs out of the directory too, "" where it has no such page."""
        try:
            endpoint = self._endpoint("end_session_endpoint")
        except DirectoryUnavailable:
            return ""
        return _with(endpoint, {"client_id": self._client_id, "post_logout_redirect_uri": back_to})

    def _exchange(self, told: dict[str, str]) -> dict[str, Any]:
        # RFC 6749, 2.3.1: both are encoded before they are joined.
        client = (quote(self._client_id, safe=""), quote(self._client_secret, safe=""))
        endpoint = self._endpoint("token_endpoint")
        try:
            with outgoing.client("directory", timeout=_TIMEOUT) as road:
                answer = road.post(endpoint, data=told, auth=client)
        except httpx.HTTPError as error:
            raise DirectoryUnavailable(type(error).__name__) from None
        if answer.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED):
            raise NotVouched("code")
        return _read(answer)

    def _claims(self, token: str, *, nonce: str, now: datetime) -> dict[str, Any]:
        seconds = int(now.timestamp())
        try:
            claims = self._decoded(token).claims
            rules = jwt.JWTClaimsRegistry(
                now=seconds,
                leeway=_LEEWAY_SECONDS,
                iss={"essential": True, "value": self._issuer},
                sub={"essential": True},
                aud={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            rules.validate(claims)
            parsing.require_keepable(claims)
        except (JoseError, ValueError) as error:
            raise NotVouched(type(error).__name__) from None
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if self._client_id not in audience:
            raise NotVouched("audience")
        # Core 3.1.3.7: of several audiences, the party it was issued to must be ours.
        if (len(audience) > 1 or "azp" in claims) and claims.get("azp") != self._client_id:
            raise NotVouched("authorized party")
        if claims["iat"] < seconds - _TOKEN_AGE_SECONDS_MAX:
            raise NotVouched("old")
        if not 0 < len(str(claims["sub"])) <= _LENGTH_MAX:
            raise NotVouched("subject")
        return dict(claims)

    def _decoded(self, token: str) -> jwt.Token:
        """Read a token under the keys that are known; under newer ones, asked for once."""
        try:
            return jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            if time.monotonic() - self._asked_again < _KEYS_AGAIN_SECONDS:
                raise
        self._asked_again = time.monotonic()
        self._keys = None
        return jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS)

    def _key_set(self) -> KeySet:
        if self._keys and time.monotonic() - self._keys[0] < _KNOWN_SECONDS:
            return self._keys[1]
        told = self._ask(self._endpoint("jwks_uri"))
        try:
            keys = KeySet.import_key_set(told)  # type: ignore[arg-type]
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise DirectoryUnavailable(type(error).__name__) from None
        self._keys = (time.monotonic(), keys)
        return keys

    def _endpoint(self, name: str) -> str:
        if self._known is None or time.monotonic() - self._known[0] > _KNOWN_SECONDS:
            told = self._ask(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if told.get("issuer") != self._issuer:
                raise DirectoryUnavailable("another issuer")
            self._known = (time.monotonic(), told)
        found = self._known[1].get(name)
        # Nothing of ours goes over an open road that the issuer itself does not use.
        if not isinstance(found, str) or urlsplit(found).scheme not in {
            "https",
            urlsplit(self._issuer).scheme,
        }:
            raise DirectoryUnavailable(name)
        return found

    def _ask(self, address: str) -> dict[str, Any]:
        try:
            with outgoing.client("directory", timeout=_TIMEOUT) as road:
                return _read(road.get(address))
        except httpx.HTTPError as error:
            raise DirectoryUnavailable(type(error).__name__) from None


def _is_anew(auth_time: object, since: datetime) -> bool:
    return (
        isinstance(auth_time, int)
        and not isinstance(auth_time, bool)
        and auth_time >= int(since.timestamp()) - _LEEWAY_SECONDS
    )


def _read(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code != httpx.codes.OK or len(answer.content) > _ANSWER_BYTES_MAX:
        raise DirectoryUnavailable(f"status {answer.status_code}")
    try:
        told = parsing.read_json(answer.content)
    except ValueError:
        raise DirectoryUnavailable("no JSON") from None
    if not isinstance(told, dict):
        raise DirectoryUnavailable("no object")
    return told


def _with(endpoint: str, query: dict[str, str]) -> str:
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}"
