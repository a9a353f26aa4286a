"""
COSE_Sign1 with ES256 (RFC 9052 section 4.2, RFC 9053 section 2.1), written in its one packing.

Verifiers refuse whatever another way says the same, so that a flipped bit never hides in the
packing: `static/documents/offline/cose.js`, and the tests' own.
"""

import hashlib
from collections.abc import Callable

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import utils
from cryptography.hazmat.primitives.serialization import Encoding

# Signs the SHA-256 of what it is given and returns DER, as every custody does.
Sign = Callable[[bytes], bytes]

SIGN1_TAG = 18
ES256 = -7
ALGORITHM, KEY_ID, TYPE = 1, 4, 16
KEY_ID_BYTES = 8
HALF_BYTES = 32


def key_id(certificate: str) -> bytes:
    """Return the first eight bytes of the SHA-256 of a certificate, which comes as PEM."""
    der = x509.load_pem_x509_certificate(certificate.encode()).public_bytes(Encoding.DER)
    return hashlib.sha256(der).digest()[:KEY_ID_BYTES]


def sign1(payload: bytes, *, key_id: bytes, sign: Sign, media_type: str = "") -> bytes:
    """Return the tagged message. `media_type` is RFC 9596's `typ`."""
    headers: dict[int, object] = {ALGORITHM: ES256, KEY_ID: key_id}
    if media_type:
        headers[TYPE] = media_type
    protected = dumps(headers)
    r, s = utils.decode_dss_signature(sign(to_be_signed(protected, payload)))
    signature = r.to_bytes(HALF_BYTES) + s.to_bytes(HALF_BYTES)
    return dumps(cbor2.CBORTag(SIGN1_TAG, [protected, {}, payload, signature]))


def dumps(value: object) -> bytes:
    """Return the value in its one packing (RFC 8949 section 4.2.1)."""
    packed: bytes = cbor2.dumps(value, canonical=True)
    return packed


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return dumps(["Signature1", protected, b"", payload])
