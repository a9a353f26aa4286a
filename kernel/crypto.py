"""
Encryption of single fields, and blind indexes to find them again.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. The stored form is one byte for the form,
four that name the key, the nonce, then the ciphertext with its tag; what a model's field seals is
bound to that field, so that it cannot be read from another. (An older form, still read, is one byte
for the key's place in FIELD_KEYS, bound to nothing.) A blind index is HMAC-SHA256 under a key of
its own, so that equal values can be found without being read. `docs/personal-data.md` says how
keys change.
"""

import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.checks import CheckMessage
from django.db import connection, models

# The kinds by which somebody is found: their indexes move to a new key. Of others (budgets,
# bindings) none lives as long.
FOUND_BY = frozenset({"national_id", "phone", "email", "bank"})
INDEX_LOCK = 0x1DE7

_NONCE_BYTES = 12
_NAME_BYTES = 4
_FREE, _BOUND = 0xF0, 0xF1  # The forms: to no place, or to a model's field.


class CannotDecrypt(Exception):
    """The bytes were not made by one of the keys in force, were changed, or belong elsewhere."""


def encrypt(text: str, *, place: str = "") -> bytes:
    """Seal under the newest key; `place` is where alone it can be read, as `app.model.field`."""
    key = settings.FIELD_KEYS[-1]
    header = bytes([_BOUND if place else _FREE]) + key_name(key)
    nonce = os.urandom(_NONCE_BYTES)
    return header + nonce + _cipher(key).encrypt(nonce, text.encode(), header + place.encode())


def decrypt(data: bytes, *, place: str = "") -> str:
    """:raises CannotDecrypt: if no key in force made it, it was changed, or belongs elsewhere"""
    try:
        if data[0] < _FREE:
            key, header, bound_to = settings.FIELD_KEYS[data[0]], data[:1], None
        else:
            header = data[: 1 + _NAME_BYTES]
            key = next(key for key in settings.FIELD_KEYS if key_name(key) == header[1:])
            bound_to = header + (place.encode() if header[0] == _BOUND else b"")
        nonce, sealed = data[len(header) :][:_NONCE_BYTES], data[len(header) + _NONCE_BYTES :]
        return _cipher(key).decrypt(nonce, sealed, bound_to).decode()
    except (IndexError, InvalidTag, StopIteration, ValueError):
        raise CannotDecrypt from None


def newest_header() -> bytes:
    """Return how every ciphertext begins that a field seals now."""
    return bytes([_BOUND]) + key_name(settings.FIELD_KEYS[-1])


def is_readable(header: bytes) -> bool:
    """Say whether a ciphertext that begins with these five bytes is under a key in force."""
    if header[0] < _FREE:
        return header[0] < len(settings.FIELD_KEYS)
    return header[1:] in {key_name(key) for key in settings.FIELD_KEYS}


@lru_cache(maxsize=16)
def key_name(key: str) -> bytes:
    """Return the four bytes by which ciphertexts name a key (hex): they tell nothing of it."""
    return _derive(key, b"name")[:_NAME_BYTES]


def blind_index(kind: str, value: str) -> bytes:
    """
    Return 32 bytes that are equal for equal values of one kind ("phone", "national_id").

    One key makes all indexes of a column: one of another would not find its row again. Only while
    a new key is set (`kernel.reindexing`), PostgreSQL is asked which one that is.
    """
    moves = bool(settings.NEXT_INDEX_KEY) and kind in FOUND_BY
    key = _index_key_in_force() if moves else settings.INDEX_KEY
    return index_under(key, kind=kind, value=value)


def index_under(key: str, *, kind: str, value: str) -> bytes:
    return hmac.digest(_derive(key, b"index"), f"{kind}:{value}".encode(), hashlib.sha256)


def keyed_hash(purpose: str, value: str) -> bytes:
    """Return 32 bytes that prove a value without keeping it, such as a one-time code."""
    hash_key = _derive(settings.INDEX_KEY, b"hash")
    return hmac.digest(hash_key, f"{purpose}:{value}".encode(), hashlib.sha256)


def _index_key_in_force() -> str:
    """Return the key that makes indexes now; it stays so until the end of the transaction."""
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            # `kernel.reindexing.swap` waits for whoever has asked, and whoever asks waits for it.
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [INDEX_LOCK])
        cursor.execute("SELECT name FROM kernel_index_key")
        found = cursor.fetchone()
    is_next = found is not None and bytes(found[0]) == key_name(settings.NEXT_INDEX_KEY)
    return str(settings.NEXT_INDEX_KEY if is_next else settings.INDEX_KEY)


@lru_cache(maxsize=16)
def _cipher(key: str) -> AESGCM:
    return AESGCM(_derive(key, b"field"))


def _derive(key: str, purpose: bytes) -> bytes:
    return hmac.digest(bytes.fromhex(key), purpose, hashlib.sha256)


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text that PostgreSQL sees only as ciphertext; it cannot be filtered or ordered by."""

    @property
    def place(self) -> str:
        """What its ciphertexts are bound to; the empty text for a field of no model."""
        model = getattr(self, "model", None)
        return f"{model._meta.label_lower}.{self.name}" if model else ""  # noqa: SLF001

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = encrypt(value, place=self.place) if isinstance(value, str) else value
        return super().get_db_prep_value(sealed, connection, prepared)

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        return None if value is None else decrypt(bytes(value), place=self.place)

    def _check_str_default_value(self) -> list[CheckMessage]:
        return []  # A default is open text; it is sealed on its way in.

    def value_to_string(self, obj: models.Model) -> str:
        return ""  # A dump for humans never holds the open text.
