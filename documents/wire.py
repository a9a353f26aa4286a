"""
One question to the outside, by HTTP: in a time of its own from the first byte to the last, and no
more of the answer than we bear.

A client's own limits are of each read: whoever sends a byte a second is within them for ever.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from kernel import outgoing

Answered = TypeVar("Answered")


class Unanswered(Exception):
    """Nobody answers, or not in time, or too much; the message is a word or two for the log."""


@dataclass(frozen=True)
class Said:
    status: int
    content_type: str  # Without its parameters.
    body: bytes


def ask(
    method: str,
    url: str,
    *,
    purpose: str,
    seconds: float,
    bytes_max: int,
    redirects: bool = False,
    **more: Any,
) -> Said:
    """
    Ask and read the answer, whatever its status; `more` is what httpx takes.

    :param purpose: whose hosts may be asked, as `kernel.outgoing` knows them

    :raises Unanswered: if there is none within the limits
    """
    answered = ask_within(
        method,
        url,
        purpose=purpose,
        seconds=seconds,
        bytes_max=bytes_max,
        redirects=redirects,
        **more,
    )
    return run(answered)


def run(question: Coroutine[Any, Any, Answered]) -> Answered:
    """
    Run it in an event loop of its own, outside any other.

    As `asyncio.run`, which waits for its threads: a name server that hangs would be waited for
    long after its time was over.
    """
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(question)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def ask_within(
    method: str,
    url: str,
    *,
    purpose: str,
    seconds: float,
    bytes_max: int,
    redirects: bool = False,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Said:
    """Ask as `ask` does, in an event loop."""
    try:
        async with (
            asyncio.timeout(seconds),
            outgoing.async_client(purpose, timeout=seconds, follow_redirects=redirects) as client,
            client.stream(method, url, headers=headers, **more) as answer,
        ):
            body = bytearray()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > bytes_max:
                    raise Unanswered("too long")
            kind = answer.headers.get("content-type", "").partition(";")[0].strip()
            return Said(answer.status_code, kind, bytes(body))
    except TimeoutError:
        raise Unanswered("slow") from None
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        # The chain is cut: an error quotes what was sent, or what came.
        raise Unanswered(type(error).__name__) from None
