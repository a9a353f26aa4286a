"""
Time stamps (RFC 3161) over HTTP: several authorities, tried in order, each within its time.

A stamp is believed only after its bytes were checked: what was asked, by whom it is signed, and
when it says that it was made. An authority that failed is left alone for a while, so that one
outage is waited for once and not at every paper.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

import httpx
import structlog
from asn1crypto import cms, tsp
from django.conf import settings
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import handle_tsp_response
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from documents import wire
from documents.longterm import roots
from documents.models import RevocationKind
from documents.pki import revocation

log = structlog.get_logger()

ANSWER_BYTES_MAX = 32 * 1024
# Of one stamp, all authorities together: a paper takes two, and its errand's lease is 8 s.
STAMP_SECONDS_MAX = 2.5
REST_SECONDS = 60.0
CLOCKS_DIFFER_MAX = timedelta(minutes=5)
# A stamp that took longer is good, and its authority rests from signing: papers get their time
# afterwards, from whoever is not in a hurry, and no officer waits for it at each of her papers.
HURRIED_SECONDS = 1.0
# Of an authority that we have not heard yet: its certificate and those above it.
_TOKEN_BYTES = 4096
# A serial number or a signature may be a few bytes longer the next time.
_SLACK_BYTES = 64
_ANSWERS = "application/timestamp-reply"
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": _ANSWERS}


# Of each authority (the fingerprint of its certificate) the serial numbers, hexadecimal.
Revoked = frozenset[tuple[str, str]]


class NoStamp(Exception):
    """No authority gives a time stamp now: it costs the paper a level, never its signature."""


class TokenTooLong(NoStamp):
    """
    The stamp is good and longer than the room kept for it: ask `token_bytes` once more.

    An authority whose tokens grow each time gives none that fits.
    """


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
    slow_until: float = 0.0  # time.monotonic
    token_bytes: int = 0
    issuers: tuple[str, ...] = ()  # Whose lists tell of its certificates: fingerprints.

    @property
    def host(self) -> str:
        """For the log: an address may carry a name and a secret."""
        return httpx.URL(self.url).host

    def rests(self, *, hurried: bool = False) -> bool:
        now = time.monotonic()
        return now < self.rests_until or (hurried and now < self.slow_until)


# What a process has learnt of each; an authority is known by its address.
_known: dict[str, _Authority] = {}


class Stamper(TimeStamper):
    """
    Gives one file its time stamps; pyHanko asks it, and so may anybody who makes a CMS.

    `last` is what the newest stamp says. `at` is the time that we believe in: an authority whose
    clock is more than five minutes away from it is not believed.
    """

    def __init__(
        self,
        authorities: Sequence[_Authority],
        *,
        at: datetime,
        revoked: Revoked = frozenset(),
        hurried: bool = False,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.last: Stamp | None = None
        self.at = at
        self._authorities = authorities
        self._revoked = revoked
        self._hurried = hurried
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
        token, self.last = await self._stamped(message_digest, md_algorithm)
        return token

    def stamp(self, digest: bytes) -> bytes:
        """Return the DER of a token over a SHA-256 digest, outside any event loop."""
        token: bytes = wire.run(self.async_timestamp(digest, "sha256")).dump()
        return token

    def stamp_all(self, digests: Sequence[bytes]) -> list[tuple[bytes, Stamp]]:
        """
        Return the DER of a token over each SHA-256 digest, all asked for at once, and what it says.

        :raises NoStamp: if one of them cannot be had now
        """

        async def all_of_them() -> list[tuple[cms.ContentInfo, Stamp] | BaseException]:
            asked = (self._stamped(digest, "sha256") for digest in digests)
            # Each ends in its time, and none is left behind in a loop that is over.
            return await asyncio.gather(*asked, return_exceptions=True)

        given = []
        for each in wire.run(all_of_them()):
            if isinstance(each, BaseException):
                raise each
            given.append((each[0].dump(), each[1]))
        return given

    async def _stamped(self, digest: bytes, algorithm: str) -> tuple[cms.ContentInfo, Stamp]:
        began = time.monotonic()
        for authority in self._authorities:
            seconds = min(authority.seconds, began + STAMP_SECONDS_MAX - time.monotonic())
            if authority.rests(hurried=self._hurried) or seconds <= 0:
                continue
            asked_at = time.monotonic()
            try:
                token, said = await self._ask(authority, seconds, digest, algorithm)
            except _Refused as reason:
                authority.rests_until = time.monotonic() + REST_SECONDS
                log.warning("stamp.refused", authority=authority.host, reason=str(reason))
                continue
            if time.monotonic() - asked_at > HURRIED_SECONDS:
                authority.slow_until = time.monotonic() + REST_SECONDS
                log.warning("stamp.slow", authority=authority.host)
            return self._fitting(authority, token), said
        raise NoStamp

    async def _ask(
        self, authority: _Authority, seconds: float, digest: bytes, algorithm: str
    ) -> tuple[cms.ContentInfo, Stamp]:
        nonce, question = self.request_cms(digest, algorithm)  # type: ignore[no-untyped-call]
        try:
            answer = await wire.ask_within(
                "POST", authority.url, content=question.dump(), headers=_HEADERS,
                purpose="stamps", seconds=seconds, bytes_max=ANSWER_BYTES_MAX,
            )  # fmt: skip
        except wire.Unanswered as why:
            raise _Refused(str(why)) from None
        if answer.status != httpx.codes.OK:
            raise _Refused(f"status {answer.status}")
        if answer.content_type != _ANSWERS:
            raise _Refused("another type of content")
        try:
            token = handle_tsp_response(tsp.TimeStampResp.load(answer.body, strict=True), nonce)
            said, authority.issuers = await _believe(
                token, digest, algorithm, self.at, self._revoked
            )
        except _Refused:
            raise
        # Bytes from outside make parsers raise whatever they like, and so does pyHanko where the
        # nonce is another (it writes an integer as if it were bytes).
        except Exception as error:
            raise _Refused(f"unreadable: {type(error).__name__}") from None
        return token, said

    def _fitting(self, authority: _Authority, token: cms.ContentInfo) -> cms.ContentInfo:
        length = len(token.dump())
        # One that grows is remembered; the units of one authority may differ.
        authority.token_bytes = max(authority.token_bytes, length)
        if self._room is not None and length > self._room:
            raise TokenTooLong
        return token


def stamper(*, at: datetime, hurried: bool = False) -> Stamper | None:
    """
    Return the way to a stamp; None if no authority is named, or all of them rest.

    `hurried` for who signs: an authority that was slow of late rests for her too.
    """
    authorities = [_authority(**each) for each in settings.TIMESTAMP_AUTHORITIES]
    if all(each.rests(hurried=hurried) for each in authorities):
        return None
    return Stamper(authorities, at=at, revoked=_revoked(authorities, at), hurried=hurried)


def forget() -> None:
    """Forget what was learnt of the authorities, and who of them rests."""
    _known.clear()
    _listed.cache_clear()


def _revoked(authorities: Sequence[_Authority], at: datetime) -> Revoked:
    """
    Return what we know to be revoked of the authorities' own certificates, a minute old.

    By the newest lists that we have, be they past their time: where none comes any more, stamps
    are given all the same.
    """
    above = {issuer for each in authorities for issuer in each.issuers}
    above.update(each.sha256.hex() for each in roots.of_stamps())
    return _listed(frozenset(above), at.replace(second=0, microsecond=0) + timedelta(minutes=1))


@lru_cache(maxsize=4)
def _listed(issuers: frozenset[str], at: datetime) -> Revoked:
    newest = revocation.newest_words(at).filter(kind=RevocationKind.CRL, issuer_sha256__in=issuers)
    return frozenset(
        (each.issuer_sha256, serial)
        for each in newest
        for serial in revocation.revoked_serials([each])
    )


def _authority(*, url: str, seconds: float) -> _Authority:
    known = _known.setdefault(url, _Authority(url, seconds))
    known.seconds = seconds
    return known


async def _believe(
    token: cms.ContentInfo, digest: bytes, algorithm: str, at: datetime, revoked: Revoked
) -> tuple[Stamp, tuple[str, ...]]:
    """
    Return what the token says once it is proven, and whose lists tell of its certificates.

    RFC 3161, 2.4.2: the digest is ours, the signature is that of a certificate for time stamping,
    the certificate leads to a root that we trust for it, and was good when it stamped.

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
    path = list(found["validation_path"])
    root, *below = path
    if any((above.sha256.hex(), f"{each.serial_number:x}") in revoked
           for above, each in pairwise(path)):  # fmt: skip
        raise _Refused("revoked")
    # It ends with the first of those that prove it; a root is trusted for as long as it is kept.
    until = min(each.not_valid_after for each in below or [root])
    return Stamp(made_at, until), tuple(each.sha256.hex() for each in (root, *below[:-1]))
