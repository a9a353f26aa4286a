"""
Time stamps (RFC 3161) over HTTP: several authorities, tried in order, each within its time.

A stamp is believed only after its bytes were checked: what was asked, by whom it is signed, and
when it says that it was made. An authority that failed is left alone for a while, so that one
outage is waited for once and not at every paper.
"""

import asyncio
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx
import structlog
from asn1crypto import cms, tsp
from django.conf import settings
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import handle_tsp_response
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from documents.longterm import roots

log = structlog.get_logger()

ANSWER_BYTES_MAX = 32 * 1024
# Of one stamp, all authorities together: a paper takes two, and its errand's lease is 8 s.
STAMP_SECONDS_MAX = 2.5
REST_SECONDS = 60.0
CLOCKS_DIFFER_MAX = timedelta(minutes=5)
# Of an authority that we have not heard yet: its certificate and those above it.
_TOKEN_BYTES = 4096
# A serial number or a signature may be a few bytes longer the next time.
_SLACK_BYTES = 64
_ASKS, _ANSWERS = "application/timestamp-query", "application/timestamp-reply"


class NoStamp(Exception):
    """No authority gives a time stamp now: it costs the paper a level, never its signature."""


class TokenTooLong(Exception):
    """The stamp is good and longer than the room kept for it: ask `token_bytes` once more."""


class _Refused(Exception):
    """This authority's answer is none; the message is one word for the log."""


@dataclass(frozen=True)
class Stamp:
    """What an accepted stamp says: when it was made, and until when its certificate lasts."""

    at: datetime
    until: datetime


@dataclass
class _Authority:
    """One authority as this process knows it."""

    url: str
    seconds: float
    rests_until: float = 0.0  # time.monotonic
    token_bytes: int = 0

    def rests(self) -> bool:
        return time.monotonic() < self.rests_until


# What a process has learnt of each; an authority is known by its address.
_known: dict[str, _Authority] = {}


class Stamper(TimeStamper):
    """
    Gives one file its time stamps; pyHanko asks it, and so may anybody who makes a CMS.

    `last` is what the newest stamp says. `at` is the time that we believe in: an authority whose
    clock is more than five minutes away from it is not believed.
    """

    def __init__(self, authorities: Sequence[_Authority], *, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.last: Stamp | None = None
        self.at = at
        self._authorities = authorities
        self._room: int | None = None

    @property
    def token_bytes(self) -> int:
        """How many bytes to keep free for a token; from now on no longer one is given."""
        self._room = max(
            (each.token_bytes or _TOKEN_BYTES) + _SLACK_BYTES for each in self._authorities
        )
        return self._room

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """
        Return a token over the digest.

        :raises NoStamp: if no authority gives one now
        :raises TokenTooLong: if it is longer than the `token_bytes` last asked for
        """
        give_up_at = time.monotonic() + STAMP_SECONDS_MAX
        for authority in self._authorities:
            seconds = min(authority.seconds, give_up_at - time.monotonic())
            if authority.rests() or seconds <= 0:
                continue
            try:
                token = await self._ask(authority, seconds, message_digest, md_algorithm)
            except _Refused as reason:
                authority.rests_until = time.monotonic() + REST_SECONDS
                log.warning("stamp.refused", authority=authority.url, reason=str(reason))
                continue
            return self._fitting(authority, token)
        raise NoStamp

    def stamp(self, digest: bytes) -> bytes:
        """Return the DER of a token over a SHA-256 digest, outside any event loop."""
        token: bytes = asyncio.run(self.async_timestamp(digest, "sha256")).dump()
        return token

    async def _ask(
        self, authority: _Authority, seconds: float, digest: bytes, algorithm: str
    ) -> cms.ContentInfo:
        nonce, question = self.request_cms(digest, algorithm)  # type: ignore[no-untyped-call]
        try:
            async with asyncio.timeout(seconds):
                answer = await _post(authority.url, question.dump(), seconds)
        except TimeoutError:
            raise _Refused("slow") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _Refused(type(error).__name__) from None
        try:
            token = handle_tsp_response(tsp.TimeStampResp.load(answer, strict=True), nonce)
            self.last = await _believe(token, digest, algorithm, self.at)
        except _Refused:
            raise
        # Bytes from outside make parsers raise whatever they like, and so does pyHanko where the
        # nonce is another (it writes an integer as if it were bytes).
        except Exception as error:
            raise _Refused(f"unreadable: {type(error).__name__}") from None
        return token

    def _fitting(self, authority: _Authority, token: cms.ContentInfo) -> cms.ContentInfo:
        authority.token_bytes = len(token.dump())
        if self._room is not None and authority.token_bytes > self._room:
            raise TokenTooLong
        return token


def stamper(*, at: datetime) -> Stamper | None:
    """Return the way to a stamp; None if no authority is named, or all of them rest."""
    authorities = [_authority(**each) for each in settings.TIMESTAMP_AUTHORITIES]
    if all(each.rests() for each in authorities):
        return None
    return Stamper(authorities, at=at)


def forget() -> None:
    """Forget what was learnt of the authorities, and who of them rests."""
    _known.clear()


def _authority(*, url: str, seconds: float) -> _Authority:
    known = _known.setdefault(url, _Authority(url, seconds))
    known.seconds = seconds
    return known


async def _post(url: str, question: bytes, seconds: float) -> bytes:
    headers = {"Content-Type": _ASKS, "Accept": _ANSWERS}
    async with (
        httpx.AsyncClient(timeout=seconds, verify=_tls(), follow_redirects=False) as client,
        client.stream("POST", url, content=question, headers=headers) as answer,
    ):
        if answer.status_code != httpx.codes.OK:
            raise _Refused(f"status {answer.status_code}")
        if answer.headers.get("content-type", "").partition(";")[0].strip() != _ANSWERS:
            raise _Refused("another type of content")
        body = bytearray()
        async for piece in answer.aiter_raw():
            body += piece
            if len(body) > ANSWER_BYTES_MAX:
                raise _Refused("too long")
        return bytes(body)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


async def _believe(token: cms.ContentInfo, digest: bytes, algorithm: str, at: datetime) -> Stamp:
    """
    Return what the token says once it is proven.

    RFC 3161, 2.4.2: the digest is ours, the signature is that of a certificate for time stamping,
    the certificate leads to a root that we trust for it.

    :raises _Refused: with the reason in a word
    """
    signed = token["content"]
    said = signed["encap_content_info"]["content"].parsed
    made_at: datetime = said["gen_time"].native
    if abs(made_at - at) > CLOCKS_DIFFER_MAX:
        raise _Refused("another clock")
    context = ValidationContext(
        trust_roots=roots.of_stamps(),
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=made_at,
    )
    found: dict[str, Any] = await validate_tst_signed_data(
        signed, context, lambda asked: digest if asked == algorithm else b""
    )
    if not (found["valid"] and found["intact"]):
        raise _Refused("another digest or signature")
    if found.get("trust_problem_indic") is not None:
        raise _Refused("not trusted")
    certificate = extract_certificate_info(signed).signer_cert
    return Stamp(at=made_at, until=certificate.not_valid_after)
