"""
Files lie sealed: each under a key of its own, which its row keeps under the field key.

AES-256-GCM. A key seals one file and no other, so the nonce is always the same and sealing again
gives the same bytes; they are named by their own hash, which tells nothing of what is in them.
Without its key a file cannot be read, in a backup neither: taking the key away erases it.
"""

import hashlib
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.files.base import FileChanged

SEALED_TYPE = "application/octet-stream"
_NONCE = bytes(12)
# By so much a file is larger when it is sealed.
TAG_BYTES = 16


@dataclass(frozen=True)
class Sealed:
    """What goes to the store, the name of it there, and the key (hex) for the file's row."""

    data: bytes
    name: str
    key: str


def seal(sha256: str, data: bytes, *, key: str = "") -> Sealed:
    """Seal the bytes of that name, under a new key unless they have one."""
    key = key or secrets.token_hex(32)
    sealed = AESGCM(bytes.fromhex(key)).encrypt(_NONCE, data, sha256.encode())
    return Sealed(sealed, hashlib.sha256(sealed).hexdigest(), key)


def unseal(sha256: str, sealed: bytes, *, key: str) -> bytes:
    """:raises FileChanged: if the store gave other bytes than were sealed"""
    try:
        return AESGCM(bytes.fromhex(key)).decrypt(_NONCE, sealed, sha256.encode())
    except (InvalidTag, ValueError):
        raise FileChanged(sha256) from None
