"""A request for a certificate (PKCS #10, RFC 2986), signed by a key that lies elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass

from asn1crypto import csr, keys, pem, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from documents.pki import schemes


@dataclass(frozen=True)
class Subject:
    country_code: str  # ISO 3166, two capitals
    organisation: str
    unit: str
    serial_name: str  # X.520 serialNumber: tells apart two officers of one name
    common_name: str


def request(subject: Subject, spki: bytes, prove: Callable[[bytes], bytes]) -> str:
    """Return the request as PEM; `prove` signs the SHA-256 of what it is given."""
    public = keys.PublicKeyInfo.load(spki)
    told = {
        "country_name": subject.country_code,
        "organization_name": subject.organisation,
        "organizational_unit_name": subject.unit[:64],
        "serial_number": subject.serial_name,
        "common_name": subject.common_name,
    }
    info = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": x509.Name.build({name: said for name, said in told.items() if said}),
            "subject_pk_info": public,
            "attributes": csr.CRIAttributes([]),
        }
    )
    whole = csr.CertificationRequest(
        {
            "certification_request_info": info,
            "signature_algorithm": schemes.algorithm(public, "sha256"),
            "signature": prove(info.dump()),
        }
    )
    return str(pem.armor("CERTIFICATE REQUEST", whole.dump()).decode())


def public_key(text: str) -> bytes:
    """Return the public key (SubjectPublicKeyInfo, DER) of a request in PEM."""
    _, _, der = pem.unarmor(text.encode())
    info = csr.CertificationRequest.load(der)["certification_request_info"]
    return bytes(info["subject_pk_info"].dump())


def loaded(spki: bytes) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    """:raises TypeError: if it is neither an elliptic curve's nor RSA's"""
    public = serialization.load_der_public_key(spki)
    if not isinstance(public, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise TypeError(type(public).__name__)
    return public
