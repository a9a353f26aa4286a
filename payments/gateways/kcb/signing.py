"""
KCB's signatures: RSA (PKCS #1 v1.5, SHA-256) over the exact bytes of the body, as base64.

The body is never read before it has been verified, and never written anew: another order of its
names or another space, and the signature no longer holds.
"""

import base64
import binascii
import re
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from payments.gateways.base import BadSignature

KEYS_MAX = 2
KEY_BITS_MIN = 2048

# Its other half stands in the sandbox, for everybody to read.
DEVELOPMENT_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuROLtkFoJuiG2sfejK7z
xoEOocfszcmJl/HeH0Lt3SczTZkgv4XISl3BUpM5ep/lklLv8Qhsorl9L4PyAONH
+Y7fdSSTlW3Lmwf2WJ2WEpS6CpTbNfx21xGjTYLhBoHtV64uQd7InM21ZehGeqkJ
+HLcssnuMA3QopHQRohGV3w36yAY7N52ymXn87u5Nz94ohdmVwTA7XwHR92Hm845
JSn2wdQ5pvKBfC0Q2LUUG8z/i9Wt0g9QzTh1a8x+OxxpBt0iRo/3TkhhM1mz+Tn8
8JtWrVqYTtglYiG4S/qiCSeGgXIvkn8ZH1JYxnm/URfS7EkbTUOl/q5Fmuogkfmh
WwIDAQAB
-----END PUBLIC KEY-----"""

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)


def verify(*, keys: str, signature: str, body: bytes) -> None:
    """
    Do nothing if the bytes were signed with the private half of one of the keys.

    :param keys: PEM texts, one after the other
    :raises BadSignature: unsigned or forged
    """
    if not signature.strip():
        raise BadSignature("unsigned")
    try:
        given = base64.b64decode(signature.strip(), validate=True)
        known = public_keys(keys)
    except (binascii.Error, ValueError):
        raise BadSignature("forged") from None
    # base64 has bits that say nothing: only one writing of a signature is that signature.
    if base64.b64encode(given).decode() != signature.strip():
        raise BadSignature("forged")
    for key in known:
        try:
            key.verify(given, body, PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            continue
        return
    raise BadSignature("forged")


@lru_cache(maxsize=8)
def public_keys(pems: str) -> tuple[RSAPublicKey, ...]:
    r"""
    Return the keys of one or two PEM texts; a line may end in "\n" written as two signs.

    :raises ValueError: if there is none, one too many, one that is not RSA, or a short one
    """
    found = _PEM.findall(pems.replace("\\n", "\n"))
    if not 0 < len(found) <= KEYS_MAX:
        raise ValueError("one or two public keys are needed")
    return tuple(map(_public_key, found))


def _public_key(pem: str) -> RSAPublicKey:
    try:
        key = load_pem_public_key(pem.encode())
    except UnsupportedAlgorithm:
        raise ValueError("this kind of key is not known") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < KEY_BITS_MIN:
        raise ValueError("an RSA key of 2048 bits or more is needed")
    return key


def trouble_with_keys(keys: str, production: bool) -> str:
    """Return what is wrong with keys from the environment as the end of a sentence, or ""."""
    try:
        known = public_keys(keys)
    except ValueError:
        return f"must be one or two PEM public keys of {KEY_BITS_MIN} bits or more"
    (development,) = public_keys(DEVELOPMENT_KEY)
    if production and development.public_numbers() in [key.public_numbers() for key in known]:
        return "must not hold the development key in production"
    return ""
