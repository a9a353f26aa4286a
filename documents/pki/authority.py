"""
Root (P-384) -> issuing authority (P-256) -> officers and offices (P-256), with revocation lists.

All of it lies in one folder, the keys readable by their owner alone. A state's own authority
takes this place in production; nothing but this package would change.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from documents.pki.lists import Revoked, revocation_list
from documents.pki.roots import pem

ROOT_LIFE = timedelta(days=3650)
ISSUING_LIFE = timedelta(days=1825)
LEAF_LIFE = timedelta(days=730)
# A verifier whose clock is a little behind must not call a new certificate too young.
_BACKDATED = timedelta(hours=1)

Key = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True)
class Credentials:
    """A certificate made for somebody; its key lies in the folder under `key_ref`."""

    certificate: str
    chain: str
    key_ref: str
    serial: str
    not_before: datetime
    not_after: datetime


class Authority:
    """The two authorities of a folder, open for issuing."""

    def __init__(self, folder: Path, country_code: str, country_name: str, site_url: str) -> None:
        self.folder = folder
        self._country = (country_code.upper(), country_name)
        self._site_url = site_url
        self._root = self._read("root")
        self._issuing = self._read("issuing")

    @property
    def issuing_certificate(self) -> str:
        """The PEM of the certificate that stands between a leaf and the root."""
        return pem(self._issuing[0])

    def issue(
        self, *, common_name: str, unit: str, serial_name: str, key_ref: str, at: datetime,
        commits: bool = True,
    ) -> Credentials:  # fmt: skip
        """Make a key and a certificate for it; see `certify`."""
        key = ec.generate_private_key(ec.SECP256R1())
        _write_key(self.folder / "keys" / key_ref, key)
        return self.certify(
            key.public_key(),
            common_name=common_name,
            unit=unit,
            serial_name=serial_name,
            key_ref=key_ref,
            at=at,
            commits=commits,
        )

    def certify(
        self, public_key: PublicKey, *, common_name: str, unit: str, serial_name: str,
        key_ref: str, at: datetime, commits: bool = True,
    ) -> Credentials:  # fmt: skip
        """
        Make a certificate for a key that lies elsewhere.

        Papers commit: digital signature and non-repudiation, as validators of qualified
        signatures refuse a leaf without the latter. Codes and lists do not.
        """
        issuer, issuer_key = self._issuing
        certificate = (
            _builder(
                subject=_name(self._country, common_name, unit=unit, serial=serial_name),
                public_key=public_key,
                issuer=issuer.subject,
                issuer_key=issuer_key,
                usage=_usage(digital_signature=True, content_commitment=commits),
                path_length=None,
                authority=False,
                at=at,
                life=LEAF_LIFE,
            )
            .add_extension(_crl_at(f"{self._site_url}/pki/issuing.crl"), critical=False)
            .sign(issuer_key, hashes.SHA256())
        )
        return Credentials(
            certificate=pem(certificate),
            chain=pem(issuer),
            key_ref=key_ref,
            serial=f"{certificate.serial_number:x}",
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
        )

    def publish_lists(self, *, revoked: Collection[Revoked], at: datetime) -> list[bytes]:
        """Write both revocation lists (DER), good for a week, and return them."""
        return [
            self._publish("root", *self._root, revoked=(), at=at),
            self._publish("issuing", *self._issuing, revoked=revoked, at=at),
        ]

    def _publish(
        self, name: str, issuer: x509.Certificate, key: Key, *,
        revoked: Collection[Revoked], at: datetime,
    ) -> bytes:  # fmt: skip
        made = revocation_list(issuer, key, revoked=revoked, at=at)
        _write(self.folder / f"{name}.crl", made)
        return made

    def _read(self, name: str) -> tuple[x509.Certificate, Key]:
        certificate = x509.load_pem_x509_certificate((self.folder / f"{name}.cer").read_bytes())
        key = serialization.load_pem_private_key(
            (self.folder / f"{name}.key").read_bytes(), password=None
        )
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{name}.key is no elliptic curve key")
        return certificate, key


def open_authority(
    folder: Path, *, country_code: str, country_name: str, site_url: str, at: datetime
) -> Authority:
    """Open the authorities of a folder, making them first where there are none."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "keys").mkdir(mode=0o700, exist_ok=True)
    # The issuing certificate is written last: with it, the folder is whole.
    if not (folder / "issuing.cer").exists():
        _found(folder, (country_code.upper(), country_name), site_url, at)
    return Authority(folder, country_code, country_name, site_url)


def _found(folder: Path, country: tuple[str, str], site_url: str, at: datetime) -> None:
    certifies = _usage(key_cert_sign=True, crl_sign=True)
    root_key = ec.generate_private_key(ec.SECP384R1())
    root_name = _name(country, "Guichet development root - proves nothing")
    root = _builder(
        subject=root_name, public_key=root_key.public_key(), issuer=root_name, issuer_key=root_key,
        usage=certifies, path_length=1, authority=True, at=at, life=ROOT_LIFE,
    ).sign(root_key, hashes.SHA384())  # fmt: skip
    key = ec.generate_private_key(ec.SECP256R1())
    issuing = (
        _builder(
            subject=_name(country, "Guichet development issuing authority"),
            public_key=key.public_key(), issuer=root_name, issuer_key=root_key,
            usage=certifies, path_length=0, authority=True, at=at, life=ISSUING_LIFE,
        )
        .add_extension(_crl_at(f"{site_url}/pki/root.crl"), critical=False)
        .sign(root_key, hashes.SHA384())
    )  # fmt: skip
    _write_key(folder / "root.key", root_key)
    _write_key(folder / "issuing.key", key)
    _write(folder / "root.cer", pem(root).encode())
    _write(folder / "issuing.cer", pem(issuing).encode())


def _builder(
    *, subject: x509.Name, public_key: PublicKey, issuer: x509.Name,
    issuer_key: Key, usage: x509.KeyUsage, path_length: int | None, authority: bool,
    at: datetime, life: timedelta,
) -> x509.CertificateBuilder:  # fmt: skip
    begins = at.astimezone(UTC).replace(microsecond=0) - _BACKDATED
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + life)
        .add_extension(x509.BasicConstraints(authority, path_length), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )


def _name(
    country: tuple[str, str], common_name: str, *, unit: str = "", serial: str = ""
) -> x509.Name:
    code, organisation = country
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, code),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
    ]
    if unit:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit[:64]))
    if serial:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial))
    # X.520 ends a common name at 64 characters.
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _usage(
    *, digital_signature: bool = False, content_commitment: bool = False,
    key_cert_sign: bool = False, crl_sign: bool = False,
) -> x509.KeyUsage:  # fmt: skip
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _crl_at(url: str) -> x509.CRLDistributionPoints:
    place = [x509.UniformResourceIdentifier(url)]
    return x509.CRLDistributionPoints([x509.DistributionPoint(place, None, None, None)])


def _write_key(path: Path, key: Key) -> None:
    data = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write(path, data, mode=0o600)


def _write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write whole or not at all; a key is never readable by others, not even for a moment."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
    draft.replace(path)
