"""
The wire to one country's Airtel: token, public key, signed requests, and the frame of its answers.

A token was seen to live for 180 seconds and says so itself; nothing here supposes a length.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import structlog
from babel.numbers import get_territory_currencies
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from payments.gateways import http, reading, tokens
from payments.gateways.airtel import sealing
from payments.gateways.base import Contract, Unreadable

log = structlog.get_logger()

# Airtel dates its key ("valid_upto") in a form that no page states: it is asked for again often.
KEY_SECONDS = 3600.0
PLAIN = "v1"
SEALED = "v2-pkcs1"
# Nothing else is taken for a code: codes are logged, and other words may speak of a person.
_CODE = re.compile(r"[A-Z]{0,8}[0-9]{1,14}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The frame around each of Airtel's answers."""

    is_success: bool  # That the request was taken: says nothing of money.
    codes: frozenset[str]
    data: dict[str, Any]

    @property
    def transaction(self) -> dict[str, Any]:
        return reading.part(self.data, "transaction")

    @property
    def state(self) -> str:
        """Return the transaction's status: "TS", "TF", "TA", "TIP", "TE", "TR", or ""."""
        return reading.text(self.transaction.get("status"))


class Line:
    """
    Airtel of the country that the rail's code ends in, under one contract.

    `get` and `post` raise what `http.call` raises, and NoToken where nothing has been asked because
    there was no token or no public key.
    """

    def __init__(self, *, rail_code: str, contract: Contract) -> None:
        """:param contract: with `url`, `client_id`, `client_secret`, `encryption_key`, `version`"""
        self.country = rail_code.rpartition("-")[2].upper()
        self.currency = next(iter(get_territory_currencies(self.country)), "")
        self.version = contract["version"].partition("-")[0]
        self._is_sealed = contract["version"] == SEALED
        self._contract = contract
        self._base = contract["url"].rstrip("/")
        self._token_name = f"airtel:{self._base}:{contract['client_id']}"
        self._used_key = ""
        self._key_name = f"airtel-key:{self._base}:{contract['client_id']}"

    def get(self, path: str) -> http.Said:
        with http.client() as client:
            return self._call(client, "GET", path)

    def post(self, path: str, told: Mapping[str, Any]) -> http.Said:
        """Send JSON, signed where the version is one that is signed."""
        body = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        with http.client() as client:
            if self._is_sealed:
                headers |= sealing.seal(body, self._public_key(client))
            return self._call(client, "POST", path, headers=headers, content=body)

    def forget_key(self) -> None:
        """Have the public key asked for anew: Airtel could not open what was sealed with it."""
        tokens.forget(self._key_name, self._used_key)

    def _call(
        self,
        client: httpx.Client,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> http.Said:
        fetch = partial(_fetch_token, client, self._base, self._contract)
        token = tokens.get(self._token_name, fetch)
        said = self._send(client, method, path, token, headers=headers, content=content)
        if said.status == 401:
            tokens.forget(self._token_name, token)
            token = tokens.get(self._token_name, fetch)
            said = self._send(client, method, path, token, headers=headers, content=content)
        return said

    def _send(
        self,
        client: httpx.Client,
        method: str,
        path: str,
        token: str,
        *,
        headers: Mapping[str, str] | None,
        content: bytes | None,
    ) -> http.Said:
        every = {
            "Accept": "*/*",
            "Authorization": f"Bearer {token}",
            "X-Country": self.country,
            "X-Currency": self.currency,
        }
        url = self._base + path
        return http.call(client, method, url, headers={**every, **(headers or {})}, content=content)

    def _public_key(self, client: httpx.Client) -> RSAPublicKey:
        text = self._contract["encryption_key"]
        if not text:
            text = tokens.get(self._key_name, partial(self._fetch_key, client))
            self._used_key = text
        try:
            return sealing.read_public_key(text)
        except sealing.NoKey:
            log.error("airtel.bad_key")  # noqa: TRY400 - of a setting; its text says nothing more.
            raise tokens.NoToken from None

    def _fetch_key(self, client: httpx.Client) -> tuple[str, float]:
        try:
            said = self._call(client, "GET", "/v1/rsa/encryption-keys")
            key = read(said.body).data["key"]
            sealing.read_public_key(key)
        except (*http.NO_ANSWER, Unreadable, KeyError, TypeError, sealing.NoKey) as error:
            log.warning("airtel.no_key", error=type(error).__name__)
            raise tokens.NoToken from None
        return key, KEY_SECONDS


def read(body: bytes) -> Told:
    """
    Read the frame: {"data": {...}, "status": {"success", "code", "result_code", ...}}.

    :raises Unreadable: if it is no JSON object, or says one name twice
    """
    answer = reading.json_object(body)
    status = reading.part(answer, "status")
    # The router in front of Airtel's products puts its code beside the frame.
    codes = (status.get("response_code"), status.get("result_code"), answer.get("status_code"))
    return Told(
        is_success=status.get("success") is True,
        codes=frozenset(code for code in codes if isinstance(code, str) and _CODE.fullmatch(code)),
        data=reading.part(answer, "data"),
    )


def read_leniently(body: bytes) -> Told:
    """Return an empty frame where there is none: an answer of a gateway in between."""
    try:
        return read(body)
    except Unreadable:
        return Told(is_success=False, codes=frozenset(), data={})


def _fetch_token(client: httpx.Client, base: str, contract: Mapping[str, Any]) -> tuple[str, float]:
    login = {
        "client_id": contract["client_id"],
        "client_secret": contract["client_secret"],
        "grant_type": "client_credentials",
    }
    try:
        said = http.call(client, "POST", f"{base}/auth/oauth2/token", json=login)
        told = json.loads(said.body) if said.status == 200 else {}
        # The seconds are a text in Airtel's own example: "180".
        token, seconds = told["access_token"], float(told.get("expires_in", 0))
    except (*http.NO_ANSWER, KeyError, TypeError, ValueError, RecursionError) as error:
        log.warning("airtel.no_token", error=type(error).__name__)
        raise tokens.NoToken from None
    if not isinstance(token, str) or not token:
        raise tokens.NoToken
    return token, seconds
