"""
MTN MoMo Collections: requesttopay and its status (momodeveloper.mtn.com, API description).

A callback of MTN is not signed and is delivered once: it only hints. What `status` answers under
our own token is the proof.
"""

import json
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import httpx
import structlog
from django.conf import settings

from kernel.money import NotWhole, to_decimal_text, to_minor
from payments.gateways.base import Collection, Context, Unreadable
from payments.gateways.prompt import (
    Answer,
    Failure,
    NeverHeard,
    NotSent,
    Outcome,
    Prompt,
    Refused,
    Unclear,
    Unreachable,
)

log = structlog.get_logger()

TIMEOUT_SECONDS = 5.0
# A token is renewed this long before MTN forgets it, so that none dies on the way.
TOKEN_MARGIN_SECONDS = 60.0
ANSWER_BYTES_MAX = 64 * 1024
_NO_ANSWER = (httpx.HTTPError, httpx.InvalidURL)

# The reasons of MTN's page "common errors"; any other is trouble of the network.
FAILURES: Mapping[str, Failure] = {
    "NOT_ENOUGH_FUNDS": Failure.NOT_ENOUGH_MONEY,
    "LOW_BALANCE_OR_PAYEE_LIMIT_REACHED_OR_NOT_ALLOWED": Failure.NOT_ENOUGH_MONEY,
    "REJECTED": Failure.DECLINED,
    "APPROVAL_REJECTED": Failure.DECLINED,
    "EXPIRED": Failure.NOT_ANSWERED,
    "TIMEOUT": Failure.NOT_ANSWERED,
    # The five minutes for an approval have passed.
    "COULD_NOT_PERFORM_TRANSACTION": Failure.NOT_ANSWERED,
    "PAYER_LIMIT_REACHED": Failure.LIMIT_REACHED,
    "PAYER_NOT_FOUND": Failure.NOT_A_CUSTOMER,
    "INTERNAL_PROCESSING_ERROR": Failure.NOT_COMPLETED,
}

# MTN answers these with a status of 500, and yet nothing has been asked of anybody.
CERTAIN_REFUSALS = frozenset(
    {
        "PAYER_NOT_FOUND",
        "PAYEE_NOT_FOUND",
        "PAYEE_NOT_ALLOWED_TO_RECEIVE",
        "NOT_ALLOWED",
        "NOT_ALLOWED_TARGET_ENVIRONMENT",
        "INVALID_CALLBACK_URL_HOST",
        "INVALID_CURRENCY",
    }
)


class MtnCollections:
    """The collections product of one MTN country, with the keys of one contract."""

    def __init__(self, *, rail_code: str, contract: Mapping[str, str]) -> None:
        """:param contract: `settings.GATEWAYS["rails"][rail_code]`"""
        self._rail_code = rail_code
        self._contract = contract
        self._base = contract["base_url"].rstrip("/")
        self._tokens = _tokens_of(self._base, contract["api_user"])

    def ask(self, prompt: Prompt) -> None:
        """Send a request to pay; see `PromptGateway.ask`."""
        callback = self._contract["callback_base"].rstrip("/")
        body = {
            "amount": to_decimal_text(prompt.amount_minor, prompt.currency),
            "currency": prompt.currency,
            "externalId": prompt.reference,
            "payer": {"partyIdType": "MSISDN", "partyId": prompt.phone.removeprefix("+")},
            "payerMessage": f"Guichet {prompt.reference}",
            "payeeNote": prompt.reference,
        }
        extra = {
            "X-Reference-Id": str(prompt.key),
            "X-Callback-Url": f"{callback}/callbacks/{self._rail_code}/requesttopay/{prompt.key}",
        }
        try:
            answer = self._call("POST", "/collection/v1_0/requesttopay", json=body, extra=extra)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, _NoToken):
            raise NotSent from None
        except _NO_ANSWER:
            raise Unclear from None
        # A conflict means that MTN has this key already, and the key is nobody's but ours.
        if answer.status_code in {202, 409}:
            return
        code = _code(answer)
        if answer.status_code in {401, 429}:
            log.error("mtn.not_admitted", rail=self._rail_code, status=answer.status_code)
            raise NotSent
        if 400 <= answer.status_code < 500 or code in CERTAIN_REFUSALS:
            log.warning("mtn.refused", rail=self._rail_code, status=answer.status_code, code=code)
            raise Refused(FAILURES.get(code, Failure.NETWORK_TROUBLE))
        raise Unclear

    def status(self, key: UUID) -> Answer:
        """Ask what became of a request to pay; see `PromptGateway.status`."""
        try:
            answer = self._call("GET", f"/collection/v1_0/requesttopay/{key}")
        except (*_NO_ANSWER, _NoToken):
            raise Unreachable from None
        if answer.status_code == 404:
            raise NeverHeard
        if answer.status_code != 200 or len(answer.content) > ANSWER_BYTES_MAX:
            raise Unreachable
        return read_answer(answer.content)

    def _call(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        headers = {
            "X-Target-Environment": self._contract["target_environment"],
            "Ocp-Apim-Subscription-Key": self._contract["subscription_key"],
            **(extra or {}),
        }
        # A client a call: on a kept connection that MTN has closed, nobody could tell whether a
        # prompt left. Only the costly part, the trusted authorities, is shared.
        with httpx.Client(timeout=TIMEOUT_SECONDS, verify=_tls()) as client:
            token = self._tokens.get(client, self._base, self._contract)
            headers["Authorization"] = f"Bearer {token}"
            answer = client.request(method, self._base + path, json=json, headers=headers)
            if answer.status_code == 401:
                # MTN forgets tokens before their time when a new one is asked for elsewhere.
                self._tokens.forget(token)
                token = self._tokens.get(client, self._base, self._contract)
                headers["Authorization"] = f"Bearer {token}"
                answer = client.request(method, self._base + path, json=json, headers=headers)
            return answer


def gateway(rail_code: str) -> MtnCollections:
    """
    Return the way to a rail's payers as the settings describe its contract.

    :raises KeyError: if the settings hold no contract for the rail
    """
    return MtnCollections(rail_code=rail_code, contract=settings.GATEWAYS["rails"][rail_code])


def read_answer(body: bytes) -> Answer:
    """
    Read a status answer; whatever is neither SUCCESSFUL nor FAILED decides nothing.

    :raises Unreachable: if it is no JSON object
    """
    try:
        answer = _read(body)
    except Unreadable:
        raise Unreachable from None
    match answer.get("status"):
        case "SUCCESSFUL":
            return Answer(body=body, outcome=Outcome.MONEY)
        case "FAILED":
            code = reason_code(answer.get("reason"))
            failure = FAILURES.get(code, Failure.NETWORK_TROUBLE)
            return Answer(body=body, outcome=Outcome.FAILED, failure=failure)
        case _:
            return Answer(body=body, outcome=Outcome.UNDECIDED)


def reason_code(reason: object) -> str:
    """Return the code of a reason: a string in some versions, {code, message} in others."""
    code = reason.get("code") if isinstance(reason, dict) else reason
    return code.strip().upper().replace(" ", "_") if isinstance(code, str) else ""


def parse_status(body: bytes, context: Context) -> Collection | None:
    """
    Return the money that a status answer proves, or None while it proves none.

    The answer carries no time: the money is dated when we heard of it. The attempt is known by
    `context.external_hint`, the X-Reference-Id that we asked after.

    :raises Unreadable: if the answer says SUCCESSFUL and lacks what a collection needs
    """
    answer = _read(body)
    if answer.get("status") != "SUCCESSFUL":
        return None
    external_id = answer.get("financialTransactionId")
    if not isinstance(external_id, str | int) or not str(external_id).strip():
        raise Unreadable("no_transaction_id")
    currency = answer.get("currency")
    if not isinstance(currency, str):
        raise Unreadable("no_currency")
    try:
        amount_minor = to_minor(str(answer.get("amount")), currency)
    except NotWhole:
        raise Unreadable("bad_amount") from None
    try:
        attempt_key = UUID(context.external_hint)
    except ValueError:
        attempt_key = None
    return Collection(
        external_id=str(external_id).strip(),
        reference=str(answer.get("externalId") or ""),
        amount_minor=amount_minor,
        currency=currency,
        occurred_at=context.received_at,
        attempt_key=attempt_key,
    )


def _read(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("no_json") from None
    if not isinstance(answer, dict):
        raise Unreadable("no_object")
    return answer


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _code(answer: httpx.Response) -> str:
    try:
        return reason_code(_read(answer.content[:ANSWER_BYTES_MAX]))
    except Unreadable:
        return ""


class _NoToken(Exception):
    """MTN gave us no token, so nothing has been asked of anybody."""


@dataclass
class _Tokens:
    """The token that all threads of this process share; one thread fetches, the others wait."""

    lock: threading.Lock
    token: str = ""
    good_until: float = 0.0

    def get(self, client: httpx.Client, base: str, contract: Mapping[str, str]) -> str:
        with self.lock:
            if not self.token or time.monotonic() >= self.good_until:
                self.token, seconds = _fetch_token(client, base, contract)
                self.good_until = time.monotonic() + max(0.0, seconds - TOKEN_MARGIN_SECONDS)
            return self.token

    def forget(self, token: str) -> None:
        with self.lock:
            if self.token == token:
                self.token = ""


def _fetch_token(client: httpx.Client, base: str, contract: Mapping[str, str]) -> tuple[str, float]:
    try:
        answer = client.post(
            f"{base}/collection/token/",
            auth=(contract["api_user"], contract["api_key"]),
            headers={"Ocp-Apim-Subscription-Key": contract["subscription_key"]},
        )
        told = _read(answer.content[:ANSWER_BYTES_MAX]) if answer.status_code == 200 else {}
        token, seconds = told["access_token"], float(told.get("expires_in", 0))
    except (*_NO_ANSWER, Unreadable, KeyError, TypeError, ValueError) as error:
        log.warning("mtn.no_token", error=type(error).__name__)
        raise _NoToken from None
    if not isinstance(token, str) or not token:
        raise _NoToken
    return token, seconds


_all_tokens: dict[tuple[str, str], _Tokens] = {}
_all_tokens_lock = threading.Lock()


def _tokens_of(base: str, api_user: str) -> _Tokens:
    with _all_tokens_lock:
        return _all_tokens.setdefault((base, api_user), _Tokens(lock=threading.Lock()))
