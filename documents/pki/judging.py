"""
Whether a certificate that somebody hands in may sign papers: ours, fit, and of a trusted authority.

After RFC 5280 (6.1) and ETSI EN 319 412-2. What is revoked is asked when it is taken in, and again
at each validation.
"""

import asyncio
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from documents.pki.csr import Subject
from documents.pki.roots import pem, roots

_RSA_BITS_MIN, _EC_BITS_MIN = 3072, 256
CERTIFICATES_MAX = 6


class BadCertificate(Exception):
    """
    It may not sign here. `reason`: unreadable, known, key, curve, weak, name, usage,
    dates, authority, revoked.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Accepted:
    certificate: str  # PEM
    chain: str  # PEM: the issuing authorities, without the root
    serial: str  # hexadecimal
    not_before: datetime
    not_after: datetime


def judge(
    text: str, *, subject: Subject, spki: bytes | None, at: datetime, commits: bool
) -> Accepted:
    """
    Return what a PEM text holds: the certificate first, then its authorities in any order.

    :param spki: the key that it must be for; None where the key's keeper is asked instead
    :param commits: whether it is to sign papers, which takes non-repudiation; what signs codes and
        lists must be of P-256
    :raises BadCertificate: if it may not be used
    """
    try:
        leaf, *others = x509.load_pem_x509_certificates(text.encode())
        public = leaf.public_key()
    except (ValueError, TypeError) as error:
        raise BadCertificate("unreadable") from error
    if len(others) >= CERTIFICATES_MAX:
        raise BadCertificate("unreadable")
    if spki is not None and _spki(leaf) != spki:
        raise BadCertificate("key")
    if not commits and not signs_es256(public):
        raise BadCertificate("curve")
    if not (
        (isinstance(public, ec.EllipticCurvePublicKey) and public.key_size >= _EC_BITS_MIN)
        or (isinstance(public, rsa.RSAPublicKey) and public.key_size >= _RSA_BITS_MIN)
    ):
        raise BadCertificate("weak")
    names = [str(each.value) for each in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if [_plain(name) for name in names] != [_plain(subject.common_name)]:
        raise BadCertificate("name")
    if _is_authority(leaf) or not _may_sign(leaf, commits=commits):
        raise BadCertificate("usage")
    if not leaf.not_valid_before_utc <= at < leaf.not_valid_after_utc:
        raise BadCertificate("dates")
    chain = _chain(leaf, others, at)
    _require_path(leaf, chain, at)
    return Accepted(
        certificate=pem(leaf),
        chain="".join(pem(each) for each in chain),
        serial=f"{leaf.serial_number:x}",
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
    )


def signs_es256(public: object) -> TypeGuard[ec.EllipticCurvePublicKey]:
    """Tell whether a public key is of P-256, the only kind for codes and lists."""
    return isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1)


def is_p256(certificate: str) -> bool:
    """Tell it of a certificate (PEM)."""
    return signs_es256(x509.load_pem_x509_certificate(certificate.encode()).public_key())


def _chain(
    leaf: x509.Certificate, others: list[x509.Certificate], at: datetime
) -> list[x509.Certificate]:
    """Return the authorities between the certificate and a root of ours, nearest first."""
    trusted, last = roots(), leaf
    chain: list[x509.Certificate] = []
    while len(chain) <= len(others):
        if any(_issued(last, root, at) for root in trusted):
            return chain
        above = next(
            (each for each in others if each not in chain and _issued(last, each, at)), None
        )
        if above is None:
            break
        chain.append(above)
        last = above
    raise BadCertificate("authority")


def _require_path(leaf: x509.Certificate, chain: list[x509.Certificate], at: datetime) -> None:
    """
    Judge the chain as whoever reads a paper will: how long it may be, for which names, what its
    authorities may do, and by which algorithms (RFC 5280, 6.1).
    """
    above = [_loaded(each) for each in chain]
    context = ValidationContext(
        trust_roots=[_loaded(each) for each in roots()],
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    validator = CertificateValidator(_loaded(leaf), above, validation_context=context)
    try:
        asyncio.run(validator.async_validate_path())
    except (PathError, ValidationError, ValueError):
        raise BadCertificate("authority") from None


def _loaded(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _issued(below: x509.Certificate, above: x509.Certificate, at: datetime) -> bool:
    if not _is_authority(above) or not above.not_valid_before_utc <= at < above.not_valid_after_utc:
        return False
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def _may_sign(certificate: x509.Certificate, *, commits: bool) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    if usage.key_cert_sign or usage.crl_sign:
        return False
    # EN 319 412-2, 4.3.2: types A, B and C; papers need one with non-repudiation.
    return bool(usage.content_commitment if commits else usage.digital_signature)


def _plain(name: str) -> str:
    """Compare names as people do: some authorities write capitals, or compose accents otherwise."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
