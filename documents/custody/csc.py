"""
Keys at a signing service, by the API of the Cloud Signature Consortium (1.0.4 or 2.0).

`key_ref` is the service's credentialID. The service sees hashes, never papers; what it answers is
checked against the certificate before it is believed. Its keys are made by the service.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from asn1crypto import keys
from cryptography.x509 import load_der_x509_certificate
from django.conf import settings

from documents import wire
from documents.custody.base import Holder, NoSuchSigner, SignerUnavailable, certificates
from documents.custody.held import HeldKeySigner, is_of, require_own
from documents.pki import schemes
from documents.pki.roots import pem
from kernel import parsing

# Shorter than a lease: a slow service holds up one paper, which then waits.
SECONDS_MAX = 5.0
_ANSWER_BYTES_MAX = 2**20
# The papers of a sitting.
_TOGETHER_MAX = 200
_HASH_OID = {
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
# What a service says of an RSA key that it signs RSASSA-PSS with: so, or of any kind of RSA.
_PSS_OIDS = {"1.2.840.113549.1.1.10", "1.2.840.113549.1.1.1"}


class ServiceSigner(HeldKeySigner):
    """A key that the service asks to be authorised once for many hashes."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(holder, self._sign_one)
        self._holder = holder
        self._together = 0  # As yet unknown.

    def sign_all(self, all_data: Sequence[bytes], digest_algorithm: str) -> list[bytes]:
        """:raises SignerUnavailable: if the service does not sign all of them"""
        if len(all_data) > 1 and not self._together:
            self._together = _signatures_together(self._holder)
        at_once, made = self._together or 1, []
        for begins in range(0, len(all_data), at_once):
            some = all_data[begins : begins + at_once]
            made += _sign_all(self._holder, some, digest_algorithm)
        return made

    def _sign_one(self, data: bytes, digest_algorithm: str) -> bytes:
        return self.sign_all([data], digest_algorithm)[0]


class CscCustody:
    """The service that CSC_URL names, with the token and the PIN of files."""

    def __init__(self) -> None:
        self._signers: dict[tuple[str, str], ServiceSigner] = {}

    def signer(self, holder: Holder) -> ServiceSigner:
        at_hand = (holder.key_ref, holder.certificate)
        if at_hand not in self._signers:
            made = ServiceSigner(holder)
            require_own(holder, made.sign_raw)
            self._signers[at_hand] = made
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
        found = [
            pem(load_der_x509_certificate(base64.b64decode(each)))
            for each in told["cert"]["certificates"]
        ]
        enabled = told["key"]["status"] == "enabled"
        ways = set(told["key"]["algo"])
    except (KeyError, TypeError, ValueError):
        raise SignerUnavailable("the signing service: unreadable") from None
    if not found or not enabled:
        raise NoSuchSigner("the signing service: the key may not be used")
    if _public(found[0]).algorithm != "ec" and not ways & _PSS_OIDS:
        raise NoSuchSigner("the signing service: the RSA key does not sign RSASSA-PSS")
    return found[0], "".join(found[1:])


def _signatures_together(holder: Holder) -> int:
    """Return how many signatures one authorisation of this key may be for."""
    body = {"credentialID": holder.key_ref, "certificates": "none", "authInfo": True}
    told = _ask("credentials/info", body).get("multisign")
    return min(told, _TOGETHER_MAX) if isinstance(told, int) and told > 0 else 1


def _sign_all(holder: Holder, all_data: Sequence[bytes], digest_algorithm: str) -> list[bytes]:
    """Have these hashes authorised, then signed: an authorisation is good for them alone."""
    hashed = [
        base64.b64encode(hashlib.new(digest_algorithm, data).digest()).decode() for data in all_data
    ]
    second = settings.CSC_VERSION == "v2"
    hashes: dict[str, Any] = (
        {"hashes": hashed, "hashAlgorithmOID": _HASH_OID[digest_algorithm]}
        if second
        else {"hash": hashed}
    )
    pin = _secret(settings.CSC_PIN_FILE)
    proof = {"authData": [{"id": "PIN", "value": pin}]} if second else {"PIN": pin}
    which = {"credentialID": holder.key_ref}
    told = _ask("credentials/authorize", {**which, "numSignatures": len(hashed), **hashes, **proof})
    order = {**which, "SAD": told.get("SAD"), **hashes}
    if not second:
        order["hashAlgo"] = _HASH_OID[digest_algorithm]
    order |= _way(_public(holder.certificate), digest_algorithm)
    answer = _ask("signatures/signHash", order)
    try:
        made = [base64.b64decode(each) for each in answer["signatures"]]
        pairs = list(zip(made, all_data, strict=True))
    except (KeyError, TypeError, ValueError):
        raise SignerUnavailable(f"credential {holder.credential_id}: unreadable") from None
    if not all(is_of(holder, each, data, digest_algorithm) for each, data in pairs):
        raise SignerUnavailable(f"credential {holder.credential_id}: the key is not its own")
    return made


def _way(public: keys.PublicKeyInfo, digest_algorithm: str) -> dict[str, str]:
    chosen = schemes.algorithm(public, digest_algorithm)
    named = {"signAlgo": chosen["algorithm"].dotted}
    if public.algorithm == "ec":
        return named
    # Without them RSASSA-PSS is over SHA-1 (RFC 4055, 3.1).
    parameters = base64.b64encode(chosen["parameters"].dump()).decode()
    return {**named, "signAlgoParams": parameters}


def _public(certificate: str) -> keys.PublicKeyInfo:
    return certificates(certificate)[0].public_key


def _ask(what: str, body: Mapping[str, Any]) -> dict[str, Any]:
    try:
        said = wire.ask(
            "POST",
            f"{settings.CSC_URL.rstrip('/')}/csc/{settings.CSC_VERSION}/{what}",
            json=body,
            headers={"Authorization": f"Bearer {_secret(settings.CSC_TOKEN_FILE)}"},
            purpose="signing",
            seconds=SECONDS_MAX,
            bytes_max=_ANSWER_BYTES_MAX,
        )
        told = parsing.read_json(said.body) if said.status == httpx.codes.OK else None
    except (wire.Unanswered, ValueError) as trouble:
        why = str(trouble) if isinstance(trouble, wire.Unanswered) else "unreadable"
        raise SignerUnavailable(f"the signing service: {why}") from None
    # Of an error no more than its number: a service may put a person's name into its words.
    if said.status in {400, 404}:
        raise NoSuchSigner(f"the signing service: {said.status}")
    if not isinstance(told, dict):
        raise SignerUnavailable(f"the signing service: {said.status}")
    return told


def _secret(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SignerUnavailable(f"the signing service's secret: {type(error).__name__}") from None
