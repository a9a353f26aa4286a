"""The wire to MTN: one product of its API, with the token and the subscription key of that one."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx
import structlog

from payments.gateways import http, reading, tokens
from payments.gateways.base import Contract, Unreadable

log = structlog.get_logger()


class Line:
    """
    "collection" or "disbursement" of one MTN country; each has keys of its own.

    `call` raises what `http.call` raises, and NoToken where nothing has been asked.
    """

    def __init__(self, product: str, *, contract: Contract) -> None:
        """
        :param contract: with `url`, `environment`, `api_user`, `api_key`, `subscription_key`; for
            the second product also `disbursement_...` of the last three
        """
        prefix = "" if product == "collection" else f"{product}_"
        self._base = contract["url"].rstrip("/")
        self._product = product
        self._environment = contract["environment"]
        self._subscription_key = contract[f"{prefix}subscription_key"]
        # One API user may serve both products: then only its key of the portal differs.
        self._login = (
            contract[f"{prefix}api_user"] or contract["api_user"],
            contract[f"{prefix}api_key"] or contract["api_key"],
        )
        self._token_name = f"mtn:{product}:{self._base}:{self._login[0]}"

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> http.Said:
        """:param path: below the product's own, "/v1_0/requesttopay" """
        url = f"{self._base}/{self._product}{path}"
        headers = {
            "X-Target-Environment": self._environment,
            "Ocp-Apim-Subscription-Key": self._subscription_key,
            **(extra or {}),
        }
        with http.client() as client:
            fetch = partial(self._fetch_token, client)
            token = tokens.get(self._token_name, fetch)
            headers["Authorization"] = f"Bearer {token}"
            said = http.call(client, method, url, json=json, headers=headers)
            if said.status == 401:
                # MTN forgets tokens before their time when a new one is asked for elsewhere.
                tokens.forget(self._token_name, token)
                headers["Authorization"] = f"Bearer {tokens.get(self._token_name, fetch)}"
                said = http.call(client, method, url, json=json, headers=headers)
            return said

    def _fetch_token(self, client: httpx.Client) -> tuple[str, float]:
        try:
            said = http.call(
                client,
                "POST",
                f"{self._base}/{self._product}/token/",
                auth=self._login,
                headers={"Ocp-Apim-Subscription-Key": self._subscription_key},
            )
            told = reading.json_object(said.body) if said.status == 200 else {}
            token, seconds = told["access_token"], float(told.get("expires_in", 0))
        except (*http.NO_ANSWER, Unreadable, KeyError, TypeError, ValueError) as error:
            log.warning("mtn.no_token", product=self._product, error=type(error).__name__)
            raise tokens.NoToken from None
        if not isinstance(token, str) or not token:
            raise tokens.NoToken
        return token, seconds


def code(said: http.Said) -> str:
    """Return MTN's word for what went wrong, "" if it said none."""
    try:
        return reason_code(reading.json_object(said.body))
    except Unreadable:
        return ""


def reason_code(reason: object) -> str:
    """Return the code of a reason: a string in some versions, {code, message} in others."""
    found = reason.get("code") if isinstance(reason, dict) else reason
    return found.strip().upper().replace(" ", "_") if isinstance(found, str) else ""
