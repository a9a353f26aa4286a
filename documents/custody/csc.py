"""
Keys at a signing service, by the API of the Cloud Signature Consortium (1.0.4 or 2.0).

`key_ref` is the service's credentialID. The service sees hashes, never papers; what it answers is
checked against the certificate before it is believed. Its keys are made by the service.
"""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from documents.custody.base import Holder, NoSuchSigner, SignerUnavailable, certificates
from documents.custody.held import HeldKeySigner, is_of, require_own

# Shorter than a lease: a slow service holds up one paper, which then waits.
SECONDS_MAX = 5.0
_HASH_OID = {
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
_SIGNATURE_OID = {
    ("ec", "sha256"): "1.2.840.10045.4.3.2",
    ("ec", "sha384"): "1.2.840.10045.4.3.3",
    ("ec", "sha512"): "1.2.840.10045.4.3.4",
    ("rsa", "sha256"): "1.2.840.113549.1.1.11",
    ("rsa", "sha384"): "1.2.840.113549.1.1.12",
    ("rsa", "sha512"): "1.2.840.113549.1.1.13",
}


class CscCustody:
    """The service that CSC_URL names, with the token and the PIN of files."""

    def __init__(self) -> None:
        self._signers: dict[tuple[str, str], HeldKeySigner] = {}

    def signer(self, holder: Holder) -> HeldKeySigner:
        at_hand = (holder.key_ref, holder.certificate)
        if at_hand not in self._signers:

            def sign(data: bytes, digest_algorithm: str) -> bytes:
                return _sign(holder, data, digest_algorithm)

            require_own(holder, sign)
            self._signers[at_hand] = HeldKeySigner(holder, sign)
        return self._signers[at_hand]

    def sign_raw(self, holder: Holder, data: bytes) -> bytes:
        return self.signer(holder).sign_raw(data, "sha256")

    def make_key(self, key_ref: str, algorithm: str) -> bytes:
        raise SignerUnavailable("a signing service makes its keys itself")

    def prove(self, key_ref: str, data: bytes) -> bytes:
        raise SignerUnavailable("a signing service asks for its certificates itself")


def held_certificates(key_ref: str) -> tuple[str, str]:
    """
    Return what the service holds under a credentialID: certificate and chain, as PEM texts.

    :raises NoSuchSigner: if it knows none, or none that may be used
    :raises SignerUnavailable: if it does not answer
    """
    body = {"credentialID": key_ref, "certificates": "chain", "certInfo": False, "authInfo": True}
    told = _ask("credentials/info", body)
    try:
        found = [_pem(base64.b64decode(each)) for each in told["cert"]["certificates"]]
        enabled = told["key"]["status"] == "enabled"
    except (KeyError, TypeError, ValueError):
        raise SignerUnavailable("the signing service: unreadable") from None
    if not found or not enabled:
        raise NoSuchSigner("the signing service: the key may not be used")
    return found[0], "".join(found[1:])


def _sign(holder: Holder, data: bytes, digest_algorithm: str) -> bytes:
    """Have one hash authorised, then signed: an authorisation is good for this hash alone."""
    hashed = base64.b64encode(hashlib.new(digest_algorithm, data).digest()).decode()
    kind = certificates(holder.certificate)[0].public_key.algorithm
    second = settings.CSC_VERSION == "v2"
    hashes: dict[str, Any] = (
        {"hashes": [hashed], "hashAlgorithmOID": _HASH_OID[digest_algorithm]}
        if second
        else {"hash": [hashed]}
    )
    pin = _secret(settings.CSC_PIN_FILE)
    proof = {"authData": [{"id": "PIN", "value": pin}]} if second else {"PIN": pin}
    which = {"credentialID": holder.key_ref}
    told = _ask("credentials/authorize", {**which, "numSignatures": 1, **hashes, **proof})
    order = {**which, "SAD": told.get("SAD"), **hashes}
    if not second:
        order["hashAlgo"] = _HASH_OID[digest_algorithm]
    order["signAlgo"] = _SIGNATURE_OID[kind, digest_algorithm]
    answer = _ask("signatures/signHash", order)
    try:
        (signature,) = [base64.b64decode(each) for each in answer["signatures"]]
    except (KeyError, TypeError, ValueError):
        raise SignerUnavailable(f"credential {holder.credential_id}: unreadable") from None
    if not is_of(holder, signature, data, digest_algorithm):
        raise SignerUnavailable(f"credential {holder.credential_id}: the key is not its own")
    return signature


def _ask(what: str, body: Mapping[str, Any]) -> dict[str, Any]:
    try:
        answer = httpx.post(
            f"{settings.CSC_URL.rstrip('/')}/csc/{settings.CSC_VERSION}/{what}",
            json=body,
            headers={"Authorization": f"Bearer {_secret(settings.CSC_TOKEN_FILE)}"},
            timeout=SECONDS_MAX,
        )
        told = answer.json() if answer.is_success else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise SignerUnavailable(f"the signing service: {type(error).__name__}") from None
    # Of an error no more than its number: a service may put a person's name into its words.
    if answer.status_code in {400, 404}:
        raise NoSuchSigner(f"the signing service: {answer.status_code}")
    if not isinstance(told, dict):
        raise SignerUnavailable(f"the signing service: {answer.status_code}")
    return told


def _secret(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SignerUnavailable(f"the signing service's secret: {type(error).__name__}") from None


def _pem(der: bytes) -> str:
    text = base64.encodebytes(der).decode().replace("\n", "")
    lines = [text[begin : begin + 64] for begin in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
