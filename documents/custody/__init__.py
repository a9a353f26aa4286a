"""
Where keys lie: one file a kind of custody.

`signer` for papers, `sign_raw` for codes and lists; `make_key` and `prove` before there is a
certificate. That is all that the rest may ask.
"""

from pyhanko.sign.signers.pdf_cms import Signer

from documents.custody.base import (
    ALGORITHMS,
    P256,
    RSA3072,
    Custody,
    Holder,
    NoSuchSigner,
    SignerUnavailable,
    certificates,
)
from documents.custody.csc import CscCustody
from documents.custody.held import is_of, verifies
from documents.custody.pem import PemCustody
from documents.custody.pkcs11 import Pkcs11Custody

__all__ = [
    "ALGORITHMS",
    "CSC",
    "P256",
    "PEM",
    "PKCS11",
    "RSA3072",
    "Holder",
    "NoSuchSigner",
    "SignerUnavailable",
    "certificates",
    "is_known",
    "is_of",
    "make_key",
    "prove",
    "sign_raw",
    "signer",
    "verifies",
]

PEM, PKCS11, CSC = "pem", "pkcs11", "csc"

# One of each a process: a custody keeps its keys open.
_CUSTODIES: dict[str, Custody] = {
    PEM: PemCustody(),
    PKCS11: Pkcs11Custody(),
    CSC: CscCustody(),
}


def is_known(custody: str) -> bool:
    return custody in _CUSTODIES


def signer(custody: str, holder: Holder) -> Signer:
    """
    Return the signer of a credential.

    :raises SignerUnavailable: if the key cannot be had now, or no such custody exists
    """
    return _keeper(custody).signer(holder)


def sign_raw(custody: str, holder: Holder, data: bytes) -> bytes:
    """
    Return the signature on the SHA-256 of `data`: DER ECDSA, or RSASSA-PSS (`pki.schemes`).

    :raises SignerUnavailable: if the key cannot be had now, or no such custody exists
    """
    return _keeper(custody).sign_raw(holder, data)


def make_key(custody: str, key_ref: str, algorithm: str) -> bytes:
    """
    Make a key, or find the one of this name; return its public half (SubjectPublicKeyInfo, DER).

    :raises SignerUnavailable: if none can be made now, or there
    """
    return _keeper(custody).make_key(key_ref, algorithm)


def prove(custody: str, key_ref: str, data: bytes) -> bytes:
    """
    Return the signature of a key that has no certificate yet on the SHA-256 of `data`.

    :raises SignerUnavailable: if the key cannot be had now, or no such custody exists
    """
    return _keeper(custody).prove(key_ref, data)


def _keeper(custody: str) -> Custody:
    if custody not in _CUSTODIES:
        raise SignerUnavailable("no custody of this kind")
    return _CUSTODIES[custody]
