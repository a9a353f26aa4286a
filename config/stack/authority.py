"""Certificates of the installation's own authority, for its parts alone; it touches no file."""

from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Clocks of neighbours differ.
BEGUN_BEFORE = timedelta(minutes=5)


def begin(*, now: datetime, life: timedelta) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """Return a new authority: its key, and the certificate that it gives itself."""
    key = draw()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Guichet inside {now:%Y-%m-%d}")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - BEGUN_BEFORE)
        .not_valid_after(now + life)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def sign(
    name: str,
    public: ec.EllipticCurvePublicKey,
    *,
    by: tuple[ec.EllipticCurvePrivateKey, x509.Certificate],
    serves: bool,
    now: datetime,
    life: timedelta,
) -> x509.Certificate:
    """
    Return a certificate for the part of this name, which calls others by it.

    :param serves: whether others call it too, by its name or on its own machine
    """
    key, authority = by
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    uses = [ExtendedKeyUsageOID.CLIENT_AUTH]
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    built = (
        x509.CertificateBuilder(authority.subject, subject, public, x509.random_serial_number())
        .not_valid_before(now - BEGUN_BEFORE)
        .not_valid_after(now + life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(issuer, critical=False)
    )
    if serves:
        uses.append(ExtendedKeyUsageOID.SERVER_AUTH)
        here = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        found_by = x509.SubjectAlternativeName([x509.DNSName(name), *here])
        built = built.add_extension(found_by, critical=False)
    return built.add_extension(x509.ExtendedKeyUsage(uses), critical=False).sign(
        key, hashes.SHA256()
    )


def descends(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Say whether this authority signed it."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def draw() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return PKCS #8, the one form that every server here reads."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
