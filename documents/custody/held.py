"""A signer whose key is elsewhere: in a module, or at a service. We hold the certificate alone."""

from collections.abc import Callable

from asn1crypto import algos, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from documents.custody.base import Holder, SignerUnavailable, certificates
from documents.pki import schemes

PROOF = b"guichet: is this key the certificate's?"


class HeldKeySigner(Signer):
    """Asks `sign(data, digest_algorithm)` for each signature."""

    def __init__(self, holder: Holder, sign: Callable[[bytes, str], bytes]) -> None:
        chain = SimpleCertificateStore.from_certs(certificates(holder.chain))  # type: ignore[no-untyped-call]
        super().__init__(
            signing_cert=certificates(holder.certificate)[0],
            cert_registry=chain,
            embed_roots=False,
        )
        self.sign_raw = sign

    def get_signature_mechanism_for_digest(
        self, digest_algorithm: str | None
    ) -> algos.SignedDigestAlgorithm:
        own: x509.Certificate = self.signing_cert
        return schemes.algorithm(own.public_key, digest_algorithm or "sha256")

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if dry_run:
            own: x509.Certificate = self.signing_cert
            return bytes(own.public_key.byte_size * 2 + 16)
        return self.sign_raw(data, digest_algorithm)


def is_of(holder: Holder, signature: bytes, data: bytes, digest_algorithm: str = "sha256") -> bool:
    """Tell whether the signature is by the certificate's own key."""
    spki = certificates(holder.certificate)[0].public_key.dump()
    return verifies(spki, signature, data, digest_algorithm)


def verifies(spki: bytes, signature: bytes, data: bytes, digest_algorithm: str = "sha256") -> bool:
    """Tell whether the signature is by this key (SubjectPublicKeyInfo, DER)."""
    public = serialization.load_der_public_key(spki)
    chosen = schemes.HASHES[digest_algorithm]
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, data, ec.ECDSA(chosen))
        elif isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, data, schemes.pss(digest_algorithm), chosen)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def require_own(holder: Holder, sign: Callable[[bytes, str], bytes]) -> None:
    """
    Have the key sign something, once a process, before papers are sent to it.

    :raises SignerUnavailable: if it is not the certificate's
    """
    if not is_of(holder, sign(PROOF, "sha256"), PROOF):
        raise SignerUnavailable(f"credential {holder.credential_id}: the key is not its own")
