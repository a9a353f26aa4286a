"""
The way out to providers: one set of trusted authorities, a limit on time, a limit on answers.

A client a call: on a kept connection that the provider has closed, nobody could tell whether an
order left. Only the costly part, the trusted authorities, is shared.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from kernel import outgoing

TIMEOUT_SECONDS = 5.0  # Of each step: connecting, sending, a piece of the answer.
WHOLE_SECONDS = 15.0  # Of the answer from its first byte: a drip must not hold a worker.
ANSWER_BYTES_MAX = 64 * 1024

# What `call` raises. With the first kind nothing of the request has left this machine.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
NO_ANSWER = (httpx.HTTPError, httpx.InvalidURL)


class AnswerTooLong(httpx.HTTPError):
    """The provider answered more than anybody should read, or never came to an end."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a provider, whole."""

    status: int
    body: bytes
    headers: Mapping[str, str]  # Names in lower case.


def client() -> httpx.Client:
    """Return a client for one call or a few that belong together; close it."""
    return outgoing.client("rails", timeout=TIMEOUT_SECONDS)


def call(
    client: httpx.Client,
    method: str,
    url: str,
    *,
    bytes_max: int = ANSWER_BYTES_MAX,
    **request: Any,
) -> Said:
    """
    Send one request and read its answer up to the limits.

    :param request: what `httpx.Client.stream` takes: headers, json, content, params, auth
    :raises httpx.HTTPError: if there is no answer (`NEVER_LEFT`: and certainly no question)
    """
    with client.stream(method, url, **request) as answer:
        give_up_at = time.monotonic() + WHOLE_SECONDS
        body = bytearray()
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > bytes_max or time.monotonic() > give_up_at:
                raise AnswerTooLong("the answer is too long")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Said(status=answer.status_code, body=bytes(body), headers=headers)
