"""Officers and offices with keys, without a database: a root, an issuing authority, lists."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from documents.custody.pem import CachedKeySigner
from tests.world import NOON

P256, RSA = "P-256", "RSA-3072"
ALGORITHMS = (P256, RSA)
YEAR = timedelta(days=365)

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Authority:
    certificate: x509.Certificate
    key: Key


@cache
def root() -> Authority:
    key = ec.generate_private_key(ec.SECP384R1())
    return Authority(_certificate("Root", key, None, authority=True), key)


@cache
def issuing() -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    return Authority(_certificate("Issuing authority", key, root(), authority=True), key)


@cache
def signer(name: str, algorithm: str) -> CachedKeySigner:
    key = _key(algorithm)
    return CachedKeySigner(
        key,
        signing_cert=_read(_certificate(name, key, issuing())),
        cert_registry=SimpleCertificateStore.from_certs([_read(issuing().certificate)]),
        embed_roots=False,
    )


@cache
def time_stamper() -> DummyTimeStamper:
    key = _key(RSA)
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return DummyTimeStamper(
        _read(_certificate("Time stamps", key, issuing(), stamps=True)),
        asn1_keys.PrivateKeyInfo.load(der),
        certs_to_embed=SimpleCertificateStore.from_certs([_read(issuing().certificate)]),
        fixed_dt=NOON,
    )


def context() -> ValidationContext:
    """What a verifier knows who trusts the root and has the newest lists."""
    return ValidationContext(
        trust_roots=[root_certificate()],
        other_certs=[_read(issuing().certificate)],
        crls=lists(),
        allow_fetching=False,
        revocation_mode="hard-fail",
        moment=NOON,
    )


def root_certificate() -> asn1_x509.Certificate:
    return _read(root().certificate)


def lists() -> list[asn1_crl.CertificateList]:
    return [_list(root()), _list(issuing())]


@cache
def _key(algorithm: str) -> Key:
    """One key of a kind serves all who sign with it: an RSA key takes its time to be made."""
    if algorithm == P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 3072)


def _certificate(
    name: str, key: Key, issuer: Authority | None, *, authority: bool = False, stamps: bool = False
) -> x509.Certificate:
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    above = issuer or Authority(None, key)  # type: ignore[arg-type]
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(issuer.certificate.subject if issuer else own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOON - timedelta(days=1))
        .not_valid_after(NOON + YEAR)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(_usage(authority=authority, stamps=stamps), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(above.key.public_key()),
            critical=False,
        )
    )
    if stamps:
        use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(use, critical=True)
    return builder.sign(above.key, hashes.SHA256())


def _usage(*, authority: bool, stamps: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not (authority or stamps),
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


@cache
def _list(issuer: Authority) -> asn1_crl.CertificateList:
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(NOON - timedelta(hours=1))
        .next_update(NOON + timedelta(days=7))
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()),
            critical=False,
        )
        .sign(issuer.key, hashes.SHA256())
    )
    return asn1_crl.CertificateList.load(made.public_bytes(serialization.Encoding.DER))


def _read(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
