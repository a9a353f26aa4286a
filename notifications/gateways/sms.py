"""
An SMS gateway that speaks JSON over HTTP.

    POST {base}/messages        {"to": "+250...", "text": "...", "id": "<our key>"}   202 {"id"}
    GET  {base}/messages/<key>  200 {"id", "status": "sent|delivered|failed"} or 404
    409 to a POST says that the key was taken before: the message has left once, and only once.
"""

import re
from typing import get_args
from uuid import UUID

import httpx

from kernel import outgoing
from notifications.gateways.base import GatewayUnavailable, MaybeSent, NotSent, Refused, Status

# Together well under the lease of an errand, so that one slow answer does not end it.
_TIMEOUT = httpx.Timeout(connect=0.5, write=0.5, pool=0.5, read=3.0)
_ANSWER_BYTES_MAX = 16 * 1024
_NOT_YET = frozenset({401, 403, 429, 503})


class HttpSmsGateway:
    def __init__(self, *, base_url: str, token: str) -> None:
        self._messages = f"{base_url.rstrip('/')}/messages"
        self._client = outgoing.client(
            "sms",
            timeout=_TIMEOUT,
            # On a kept connection that the gateway has closed, nobody could tell whether a
            # message left.
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )

    def send(self, *, key: UUID, to: str, text: str) -> str:
        message = {"to": to, "text": text, "id": str(key)}
        try:
            answer = self._client.post(self._messages, json=message)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(type(error).__name__) from None
        except httpx.HTTPError:
            raise MaybeSent from None
        status = answer.status_code
        if status in (httpx.codes.OK, httpx.codes.CREATED, httpx.codes.ACCEPTED, 409):
            return _provider_id(answer)
        # A wrong token is ours to mend, and the message waits until it is.
        if status in _NOT_YET:
            raise NotSent(f"status {status}")
        if 400 <= status < 500:
            raise Refused(f"status {status}")
        raise MaybeSent

    def ask(self, *, key: UUID) -> Status | None:
        try:
            answer = self._client.get(f"{self._messages}/{key}")
        except httpx.HTTPError as error:
            raise GatewayUnavailable(type(error).__name__) from None
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        status = _text(answer, "status")
        if answer.status_code != httpx.codes.OK or status not in get_args(Status):
            raise GatewayUnavailable(f"status {answer.status_code}")
        return status  # type: ignore[return-value]


def _provider_id(answer: httpx.Response) -> str:
    """Return the provider's id; an accepted message without one is accepted all the same."""
    return re.sub(r"[^\w.:\-]", "", _text(answer, "id"))[:80]


def _text(answer: httpx.Response, name: str) -> str:
    if len(answer.content) > _ANSWER_BYTES_MAX:
        return ""
    try:
        body = answer.json()
    except ValueError:
        return ""
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""
