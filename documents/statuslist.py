"""
Which papers are no longer good, as public lists that name nobody: four bits a paper.

Token Status List (IETF draft-ietf-oauth-status-list) as a CBOR Web Token. A paper's place never
changes and follows from its row, so that no second register of places can be wrong.
"""

import zlib
from datetime import datetime, timedelta
from enum import IntEnum

from django.conf import settings

from documents import cose
from documents.models import Paper
from documents.states import State

BITS = 4
_PLACES_BITS = 17
PLACES = 1 << _PLACES_BITS  # 64 KiB of bits a list; compressed, 8 KB where 5 % are out.
MEDIA_TYPE = "application/statuslist+cwt"
# A list tells when it should be fetched anew, and when it says nothing any more.
FRESH = timedelta(hours=1)
LIFE = timedelta(days=30)

_SUBJECT, _EXPIRES, _SIGNED_AT, _TTL, _STATUS_LIST = 2, 4, 6, 65534, 65533


class Status(IntEnum):
    """0 to 2 as the draft names them; 3 and 12 to 15 it leaves to applications for good."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2
    SUPERSEDED = 3
    ENDED = 12  # No longer true.


_STATUSES: dict[str, Status] = {
    State.ISSUED: Status.VALID,
    State.REVOKED: Status.REVOKED,
    State.SUSPENDED: Status.SUSPENDED,
    State.SUPERSEDED: Status.SUPERSEDED,
    State.ENDED: Status.ENDED,
}

_IN_A_BYTE = 8 // BITS
# A byte whose places are all suspended.
_NONE_IS_OUT = sum(Status.SUSPENDED << place * BITS for place in range(_IN_A_BYTE))


def list_no(paper_id: int) -> int:
    return paper_id >> _PLACES_BITS


def place(paper_id: int) -> int:
    return paper_id & (PLACES - 1)


def address(number: int) -> str:
    """Return where the list is published; the codes on papers state it."""
    return f"{settings.SITE_URL}/status/{number}.cwt"


def count() -> int:
    """Return how many lists there are: one at least, even before the first paper."""
    newest = Paper.objects.order_by("-pk").values_list("pk", flat=True).first()
    return list_no(newest or 0) + 1


def token(number: int, *, key_id: bytes, sign: cose.Sign, at: datetime) -> bytes:
    """Return the signed list as it stands at `at`; one query."""
    claims = {
        _SUBJECT: address(number),
        _SIGNED_AT: int(at.timestamp()),
        _EXPIRES: int((at + LIFE).timestamp()),
        _TTL: int(FRESH.total_seconds()),
        _STATUS_LIST: {"bits": BITS, "lst": zlib.compress(_packed(number), 9)},
    }
    return cose.sign1(cose.dumps(claims), key_id=key_id, sign=sign, media_type=MEDIA_TYPE)


def _packed(number: int) -> bytes:
    """
    Return the bits: the first paper of a byte in its lowest bits, as the draft says.

    Only what was issued is valid: a paper has its signed code while it is drawn, and may never be
    signed. Until then, and where there is no paper yet, its place is suspended.
    """
    first = number << _PLACES_BITS
    rows = Paper.objects.filter(
        pk__gte=first, pk__lt=first + PLACES, state__in=_STATUSES
    ).values_list("pk", "state")
    bits = bytearray([_NONE_IS_OUT]) * (PLACES * BITS // 8)
    for paper_id, state in rows:
        at = place(paper_id)
        bits[at // _IN_A_BYTE] ^= (Status.SUSPENDED ^ _STATUSES[state]) << at % _IN_A_BYTE * BITS
    return bytes(bits)
