"""COSE_Sign1 read strictly, as verifiers do: no page of the product believes what it is handed."""

from collections.abc import Mapping
from dataclasses import dataclass

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from documents.cose import (
    ALGORITHM,
    ES256,
    HALF_BYTES,
    KEY_ID,
    KEY_ID_BYTES,
    TYPE,
    dumps,
    to_be_signed,
)

_DEPTH_MAX = 8


class Broken(Exception):
    """The bytes are no message of ours: cut short, packed otherwise, too deep or too large."""


class UnknownAlgorithm(Broken):
    """Signed with another algorithm than ES256."""


@dataclass(frozen=True)
class Signed:
    """A message whose signature nobody has looked at yet."""

    key_id: bytes
    media_type: str  # "": none was stated.
    protected: bytes
    payload: bytes
    signature: bytes  # r and s, 32 bytes each

    def proves(self, key: ec.EllipticCurvePublicKey) -> bool:
        """Say whether the key signed exactly this."""
        r, s = self.signature[:HALF_BYTES], self.signature[HALF_BYTES:]
        der = utils.encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
        try:
            key.verify(der, to_be_signed(self.protected, self.payload), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def read(data: bytes, *, bytes_max: int) -> Signed:
    """
    :raises UnknownAlgorithm: if it was signed with another algorithm
    :raises Broken: if it is no COSE_Sign1 in its one packing
    """
    if len(data) > bytes_max:
        raise Broken
    match loads(data):
        case cbor2.CBORTag(
            tag=18,
            value=[bytes(protected), Mapping() as unprotected, bytes(payload), bytes(signature)],
        ) if not unprotected and len(signature) == 2 * HALF_BYTES:
            return _with_headers(protected, payload, signature)
    raise Broken


def loads(data: bytes) -> object:
    """:raises Broken: for whatever is not packed as `dumps` packs it"""
    try:
        value: object = cbor2.loads(
            data, max_depth=_DEPTH_MAX, allow_indefinite=False, allow_duplicate_keys=False
        )
        # Nothing stands behind it, and no number is written longer than it must be.
        same = dumps(value) == data
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError):
        raise Broken from None
    if not same:
        raise Broken
    return value


def _with_headers(protected: bytes, payload: bytes, signature: bytes) -> Signed:
    headers = loads(protected)
    if not isinstance(headers, dict) or ALGORITHM not in headers:
        raise Broken
    if headers[ALGORITHM] != ES256:
        raise UnknownAlgorithm
    named, stated = headers.get(KEY_ID), headers.get(TYPE, "")
    # A header that we do not know may change what the message means (RFC 9052 section 3.1).
    if set(headers) - {ALGORITHM, KEY_ID, TYPE} or not isinstance(stated, str):
        raise Broken
    if not isinstance(named, bytes) or len(named) != KEY_ID_BYTES:
        raise Broken
    return Signed(named, stated, protected, payload, signature)
