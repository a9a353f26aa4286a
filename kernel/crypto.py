"""
Encryption of single fields, and blind indexes to find them again.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; the stored form is one byte naming the
key, the nonce, then the ciphertext with its tag. A blind index is HMAC-SHA256 under a key of its
own, so that equal values can be found without being read.
"""

import hashlib
import hmac
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.checks import CheckMessage
from django.db import models

_NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The bytes were not made by one of the keys in force, or were changed."""


def encrypt(text: str) -> bytes:
    number = len(settings.FIELD_KEYS) - 1  # The last key encrypts; earlier ones still read.
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_derive(number, b"field")).encrypt(nonce, text.encode(), None)
    return bytes([number]) + nonce + sealed


def decrypt(data: bytes) -> str:
    """:raises CannotDecrypt: if the key is not in force or the bytes were changed"""
    number, nonce, sealed = data[0], data[1 : 1 + _NONCE_BYTES], data[1 + _NONCE_BYTES :]
    try:
        return AESGCM(_derive(number, b"field")).decrypt(nonce, sealed, None).decode()
    except (IndexError, InvalidTag, ValueError):
        raise CannotDecrypt from None


def blind_index(kind: str, value: str) -> bytes:
    """Return 32 bytes that are equal for equal values of one kind ("phone", "national_id")."""
    # Always the first key: an index under another key would not find its row again.
    return hmac.digest(_derive(0, b"index"), f"{kind}:{value}".encode(), hashlib.sha256)


def keyed_hash(purpose: str, value: str) -> bytes:
    """Return 32 bytes that prove a value without keeping it, such as a one-time code."""
    return hmac.digest(_derive(0, b"hash"), f"{purpose}:{value}".encode(), hashlib.sha256)


def _derive(number: int, purpose: bytes) -> bytes:
    return hmac.digest(bytes.fromhex(settings.FIELD_KEYS[number]), purpose, hashlib.sha256)


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text that PostgreSQL sees only as ciphertext; it cannot be filtered or ordered by."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = encrypt(value) if isinstance(value, str) else value
        return super().get_db_prep_value(sealed, connection, prepared)

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        return None if value is None else decrypt(bytes(value))

    def _check_str_default_value(self) -> list[CheckMessage]:
        return []  # A default is open text; it is sealed on its way in.

    def value_to_string(self, obj: models.Model) -> str:
        return ""  # A dump for humans never holds the open text.
