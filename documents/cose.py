"""
COSE_Sign1 with ES256 (RFC 9052 section 4.2, RFC 9053 section 2.1), read strictly.

There is one way to write each message: whatever another way says the same is refused, so that a
flipped bit never hides in the packing.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding

# Signs the SHA-256 of what it is given and returns DER, as every custody does.
Sign = Callable[[bytes], bytes]

SIGN1_TAG = 18
ES256 = -7
_ALGORITHM, _KEY_ID, _TYPE = 1, 4, 16
_DEPTH_MAX = 8
_KEY_ID_BYTES = 8
_HALF_BYTES = 32


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
        r, s = self.signature[:_HALF_BYTES], self.signature[_HALF_BYTES:]
        der = utils.encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
        try:
            key.verify(der, _to_be_signed(self.protected, self.payload), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def key_id(certificate: str) -> bytes:
    """Return the first eight bytes of the SHA-256 of a certificate, which comes as PEM."""
    der = x509.load_pem_x509_certificate(certificate.encode()).public_bytes(Encoding.DER)
    return hashlib.sha256(der).digest()[:_KEY_ID_BYTES]


def sign1(payload: bytes, *, key_id: bytes, sign: Sign, media_type: str = "") -> bytes:
    """Return the tagged message. `media_type` is RFC 9596's `typ`."""
    headers: dict[int, object] = {_ALGORITHM: ES256, _KEY_ID: key_id}
    if media_type:
        headers[_TYPE] = media_type
    protected = dumps(headers)
    r, s = utils.decode_dss_signature(sign(_to_be_signed(protected, payload)))
    signature = r.to_bytes(_HALF_BYTES) + s.to_bytes(_HALF_BYTES)
    return dumps(cbor2.CBORTag(SIGN1_TAG, [protected, {}, payload, signature]))


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
        ) if not unprotected and len(signature) == 2 * _HALF_BYTES:
            return _with_headers(protected, payload, signature)
    raise Broken


def dumps(value: object) -> bytes:
    """Return the value in its one packing (RFC 8949 section 4.2.1)."""
    packed: bytes = cbor2.dumps(value, canonical=True)
    return packed


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
    if not isinstance(headers, dict) or _ALGORITHM not in headers:
        raise Broken
    if headers[_ALGORITHM] != ES256:
        raise UnknownAlgorithm
    named, stated = headers.get(_KEY_ID), headers.get(_TYPE, "")
    # A header that we do not know may change what the message means (RFC 9052 section 3.1).
    if set(headers) - {_ALGORITHM, _KEY_ID, _TYPE} or not isinstance(stated, str):
        raise Broken
    if not isinstance(named, bytes) or len(named) != _KEY_ID_BYTES:
        raise Broken
    return Signed(named, stated, protected, payload, signature)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return dumps(["Signature1", protected, b"", payload])
