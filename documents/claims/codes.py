"""Codes written."""

import base64

from documents import cose
from documents.claims.facts import Claims
from documents.claims.packing import packed

COSE_BYTES_MAX = 900


def sign(claims: Claims, *, key_id: bytes, by: cose.Sign) -> bytes:
    """
    Return the signed facts as they are kept.

    :raises ValueError: if they are too many for a code
    """
    made = cose.sign1(cose.dumps(packed(claims)), key_id=key_id, sign=by)
    if len(made) > COSE_BYTES_MAX:
        raise ValueError(f"{len(made)} bytes of facts do not fit on a code")
    return made


def base32(signed: bytes) -> str:
    """Return signed facts in letters that a symbol stores in 5.5 bits each, without padding."""
    return base64.b32encode(signed).decode().rstrip("=")


def text(site_url: str, verification_id: str, signed: bytes) -> str:
    """Return what the symbol on the paper says."""
    return f"{site_url}/V/{verification_id}".upper() + f"#{base32(signed)}"
