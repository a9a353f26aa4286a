"""
Airtel's message signing: the body once more, encrypted so that only Airtel can open it.

As its Open API describes it for v2: AES-256-CBC with PKCS#5 padding over the exact bytes of the
body is `x-signature`; `base64(key):base64(iv)` under Airtel's public key (RSA, PKCS#1 v1.5) is
`x-key`. Airtel opens both and compares with the body that came: one byte more or less between
them, and the request is refused (DP00800001026).
"""

import base64
import secrets

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

KEY_BYTES = 32
IV_BYTES = 16


class NoKey(Exception):
    """What was given out as Airtel's public key is none."""


def seal(body: bytes, public_key: RSAPublicKey) -> dict[str, str]:
    """Return the headers that go with exactly these bytes."""
    key, iv = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(IV_BYTES)
    padder = PKCS7(AES.block_size).padder()
    padded = padder.update(body) + padder.finalize()
    encryptor = Cipher(AES(key), CBC(iv)).encryptor()
    encrypted = encryptor.update(padded) + encryptor.finalize()
    opener = public_key.encrypt(b":".join(map(base64.b64encode, (key, iv))), PKCS1v15())
    return {
        "x-signature": base64.b64encode(encrypted).decode(),
        "x-key": base64.b64encode(opener).decode(),
    }


def read_public_key(text: str) -> RSAPublicKey:
    """
    Read a public key as Airtel's keys API gives it (base64 of DER) or as PEM.

    :raises NoKey: if it is neither, or no RSA key
    """
    try:
        if "-----BEGIN" in text:
            # A variable of the environment has no line ends of its own.
            found = load_pem_public_key(text.replace("\\n", "\n").encode())
        else:
            found = load_der_public_key(base64.b64decode("".join(text.split()), validate=True))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise NoKey from None
    if not isinstance(found, RSAPublicKey):
        raise NoKey
    return found
