"""
The line to Daraja: one token for all processes, and Daraja's words for trouble.

Daraja's page on authorization says that each request for a token ends the former one. Its errors
are `{"requestId", "errorCode", "errorMessage"}`; the same code means several things, so a code
alone is trusted only where it is certain that nobody has been asked anything.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx
import structlog

from payments.gateways import http, reading, tokens
from payments.gateways.base import Contract, Unreadable

log = structlog.get_logger()

# What the token was refused with: nothing has been asked, and a new one may do.
TOKEN_REFUSED = frozenset({"404.001.03", "400.003.01"})
# Busy, spike arrest, quota; a subscriber with another prompt on her phone, wrong credentials.
NOT_TAKEN = frozenset({"500.003.02", "500.003.03", "500.001.1001"})


class Line:
    """Calls Daraja under the consumer key of one contract."""

    def __init__(self, contract: Contract) -> None:
        """:param contract: with `url`, `consumer_key`, `consumer_secret`"""
        self._contract = contract
        self._base = str(contract["url"]).rstrip("/")
        self._token_name = f"mpesa:{self._base}:{contract['consumer_key']}"

    def post(
        self, path: str, words: Mapping[str, Any], *, bytes_max: int = http.ANSWER_BYTES_MAX
    ) -> http.Said:
        """
        Say something to Daraja, a second time if it has forgotten our token.

        :raises payments.gateways.tokens.NoToken: if it gives us none; nothing has been asked
        :raises httpx.HTTPError, httpx.InvalidURL: if it does not answer (`http.NO_ANSWER`)
        """
        with http.client() as client:
            fetch = partial(_fetch_token, client, self._base, self._contract)
            for _ in range(2):
                token = tokens.get(self._token_name, fetch)
                said = http.call(
                    client,
                    "POST",
                    self._base + path,
                    json=words,
                    headers={"Authorization": f"Bearer {token}"},
                    bytes_max=bytes_max,
                )
                if said.status != 401 and error(said)[0] not in TOKEN_REFUSED:
                    return said
                tokens.forget(self._token_name, token)
        raise tokens.NoToken


def answer(said: http.Said) -> dict[str, Any]:
    """Return the answer's words; none if it says nothing that can be read."""
    try:
        return reading.json_object(said.body)
    except Unreadable:
        return {}


def error(said: http.Said) -> tuple[str, str]:
    """Return Daraja's error code and its message in lower case; "" where it names none."""
    words = answer(said) if said.status != 200 else {}
    return reading.text(words.get("errorCode")), reading.text(words.get("errorMessage")).lower()


def was_not_taken(said: http.Said) -> bool:
    """Say whether it is certain that the same words may be said again later."""
    return said.status == 429 or error(said)[0] in NOT_TAKEN


def _fetch_token(client: httpx.Client, base: str, contract: Contract) -> tuple[str, float]:
    try:
        said = http.call(
            client,
            "GET",
            f"{base}/oauth/v1/generate",
            params={"grant_type": "client_credentials"},
            auth=(contract["consumer_key"], contract["consumer_secret"]),
        )
        words = answer(said) if said.status == 200 else {}
        token, seconds = reading.text(words["access_token"]), float(words["expires_in"])
    except (*http.NO_ANSWER, KeyError, TypeError, ValueError) as trouble:
        log.warning("mpesa.no_token", trouble=type(trouble).__name__)
        raise tokens.NoToken from None
    if not (token.isascii() and token.isprintable() and token):
        raise tokens.NoToken  # It could not stand in a header.
    return token, seconds
