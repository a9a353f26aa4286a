"""Keys in files: for development, never in production, where an HSM keeps them."""

import os
from pathlib import Path
from typing import Any

from asn1crypto import algos, keys
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from documents.custody.base import P256, Holder, SignerUnavailable, certificates
from documents.pki import schemes

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class CachedKeySigner(SimpleSigner):
    """
    A SimpleSigner that parses its key once.

    pyHanko's own parses and checks it at each signature: 114 ms instead of 0.8 ms for RSA-3072.
    """

    def __init__(self, key: Key, **more: Any) -> None:
        der = key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        super().__init__(signing_key=keys.PrivateKeyInfo.load(der), **more)
        self._key = key

    def get_signature_mechanism_for_digest(
        self, digest_algorithm: str | None
    ) -> algos.SignedDigestAlgorithm:
        own: Any = self.signing_cert
        return schemes.algorithm(own.public_key, digest_algorithm or "sha256")

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        return _sign(self._key, data, digest_algorithm)


class PemCustody:
    """`key_ref` is the name of a file in PKI_DIR/keys."""

    def __init__(self) -> None:
        self._open: dict[tuple[Path, str], CachedKeySigner] = {}

    def signer(self, holder: Holder) -> CachedKeySigner:
        at_hand = (_path(holder.key_ref), holder.certificate)
        if at_hand not in self._open:
            self._open[at_hand] = _read(at_hand[0], holder)
        return self._open[at_hand]

    def sign_raw(self, holder: Holder, data: bytes) -> bytes:
        return self.signer(holder).sign_raw(data, "sha256")

    def make_key(self, key_ref: str, algorithm: str) -> bytes:
        path = _path(key_ref)
        key: Key = (
            ec.generate_private_key(ec.SECP256R1())
            if algorithm == P256
            else rsa.generate_private_key(public_exponent=65537, key_size=3072)
        )
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _spki(_load(path, "a key in a file"))
        except OSError as error:
            raise SignerUnavailable(f"keys in files: {type(error).__name__}") from None
        with os.fdopen(descriptor, "wb") as file:
            file.write(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
        return _spki(key)

    def prove(self, key_ref: str, data: bytes) -> bytes:
        return _sign(_load(_path(key_ref), "a key in a file"), data, "sha256")


def _path(key_ref: str) -> Path:
    if settings.PRODUCTION:
        raise SignerUnavailable("keys in files are refused in production")
    if Path(key_ref).name != key_ref:
        raise SignerUnavailable("keys in files: no such name")
    return Path(settings.PKI_DIR) / "keys" / key_ref


def _read(path: Path, holder: Holder) -> CachedKeySigner:
    key = _load(path, f"credential {holder.credential_id}")
    certificate = certificates(holder.certificate)[0]
    if _spki(key) != certificate.public_key.dump():
        raise SignerUnavailable(f"credential {holder.credential_id}: the key is not its own")
    chain = SimpleCertificateStore.from_certs(certificates(holder.chain))  # type: ignore[no-untyped-call]
    return CachedKeySigner(key, signing_cert=certificate, cert_registry=chain, embed_roots=False)


def _load(path: Path, whose: str) -> Key:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SignerUnavailable(f"{whose}: {type(error).__name__}") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise SignerUnavailable(f"{whose}: unknown kind of key")
    return key


def _sign(key: Key, data: bytes, digest_algorithm: str) -> bytes:
    chosen = schemes.HASHES[digest_algorithm]
    if isinstance(key, ec.EllipticCurvePrivateKey):
        # RFC 6979: the same paper signed again, after a crash say, is the same bytes.
        return key.sign(data, ec.ECDSA(chosen, deterministic_signing=True))
    return key.sign(data, schemes.pss(digest_algorithm), chosen)


def _spki(key: Key) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
