"""Who keeps keys, and what is asked of him: signatures for a credential, never the key."""

from dataclasses import dataclass
from typing import Protocol

from asn1crypto import pem, x509
from pyhanko.sign.signers.pdf_cms import Signer

from documents.models import Credential

# What a key may be. HSMs know P-256 more widely than any other curve.
P256, RSA3072 = "P-256", "RSA-3072"
ALGORITHMS = (P256, RSA3072)


class SignerUnavailable(Exception):
    """The key cannot be had now. The paper waits; the message names the credential only."""


class NoSuchSigner(SignerUnavailable):
    """The custody answers, and has no such key for us: asking again will not help."""


@dataclass(frozen=True)
class Holder:
    """What a custody needs to know of a credential."""

    credential_id: int
    certificate: str  # PEM
    chain: str  # PEM: the issuing authorities, without the root
    key_ref: str

    @classmethod
    def of(cls, credential: Credential) -> "Holder":
        return cls(
            credential_id=credential.pk,
            certificate=credential.certificate,
            chain=credential.chain,
            key_ref=credential.key_ref,
        )


class Custody(Protocol):
    def signer(self, holder: Holder) -> Signer:
        """
        Return a signer, opened once a process; it has a `sign_raw(data, digest_algorithm)` too.

        :raises SignerUnavailable: if the key cannot be reached, or is not the certificate's
        """
        ...

    def sign_raw(self, holder: Holder, data: bytes) -> bytes:
        """
        Return the signature on the SHA-256 of `data`: DER ECDSA, or RSASSA-PSS (`pki.schemes`).

        :raises SignerUnavailable: if the key cannot be reached, or is not the certificate's
        """
        ...

    def make_key(self, key_ref: str, algorithm: str) -> bytes:
        """
        Make a key that never leaves; return its public half (SubjectPublicKeyInfo, DER).

        Where there is one of this name, its making was interrupted: that one is meant.

        :raises SignerUnavailable: if none can be made now, or here
        """
        ...

    def prove(self, key_ref: str, data: bytes) -> bytes:
        """
        Sign a request for a certificate: as `sign_raw`, by a key that has no certificate yet.

        :raises SignerUnavailable: if the key cannot be reached
        """
        ...


def certificates(text: str) -> list[x509.Certificate]:
    """Return the certificates of a PEM text; none of an empty one."""
    if not text.strip():
        return []
    found = pem.unarmor(text.encode(), multiple=True)
    return [x509.Certificate.load(der) for _, _, der in found]
