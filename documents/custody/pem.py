"""Keys in files: for development, never in production, where an HSM keeps them."""

from pathlib import Path
from typing import Any

from asn1crypto import keys, pem, x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from django.conf import settings
from pyhanko.sign.signers.pdf_cms import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from documents.custody.base import Holder, SignerUnavailable

_HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}


class CachedKeySigner(SimpleSigner):
    """
    A SimpleSigner that parses its key once.

    pyHanko's own parses and checks it at each signature: 114 ms instead of 0.8 ms for RSA-3072.
    """

    def __init__(self, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, **more: Any) -> None:
        der = key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        super().__init__(signing_key=keys.PrivateKeyInfo.load(der), **more)
        self._key = key

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        chosen = _HASHES[digest_algorithm]
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data, ec.ECDSA(chosen))
        return self._key.sign(data, padding.PKCS1v15(), chosen)


class PemCustody:
    """`key_ref` is the name of a file in PKI_DIR/keys."""

    def __init__(self) -> None:
        self._open: dict[tuple[Path, str], Signer] = {}

    def signer(self, holder: Holder) -> Signer:
        if settings.PRODUCTION:
            raise SignerUnavailable("keys in files are refused in production")
        folder = Path(settings.PKI_DIR) / "keys"
        if Path(holder.key_ref).name != holder.key_ref:
            raise SignerUnavailable(f"credential {holder.credential_id}: no such key")
        at_hand = (folder / holder.key_ref, holder.certificate)
        if at_hand not in self._open:
            self._open[at_hand] = _read(at_hand[0], holder)
        return self._open[at_hand]


def _read(path: Path, holder: Holder) -> Signer:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        name = type(error).__name__
        raise SignerUnavailable(f"credential {holder.credential_id}: {name}") from None
    certificate = certificates(holder.certificate)[0]
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    if spki != certificate.public_key.dump():
        raise SignerUnavailable(f"credential {holder.credential_id}: the key is not its own")
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise SignerUnavailable(f"credential {holder.credential_id}: unknown kind of key")
    chain = SimpleCertificateStore.from_certs(certificates(holder.chain))  # type: ignore[no-untyped-call]
    return CachedKeySigner(key, signing_cert=certificate, cert_registry=chain, embed_roots=False)


def certificates(text: str) -> list[x509.Certificate]:
    """Return the certificates of a PEM text."""
    found = pem.unarmor(text.encode(), multiple=True)
    return [x509.Certificate.load(der) for _, _, der in found]
