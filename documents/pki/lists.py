"""Revocation lists (RFC 5280, 5): made by our own authority, read from everybody's."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LIFE = timedelta(days=7)
# A verifier whose clock is a little behind must not call a new list too young.
_BACKDATED = timedelta(minutes=1)


@dataclass(frozen=True)
class Revoked:
    """A line of a revocation list; `reason` is a code of RFC 5280 (5.3.1), or none."""

    serial: int
    at: datetime
    reason: str = ""


def revocation_list(
    issuer: x509.Certificate, key: ec.EllipticCurvePrivateKey, *,
    revoked: Collection[Revoked], at: datetime,
) -> bytes:  # fmt: skip
    """Return a list (DER) that is good for a week."""
    at = at.astimezone(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(at - _BACKDATED)
        .next_update(at + LIFE)
        # Grows with time, as RFC 5280 asks, without a counter to keep.
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
    )
    for each in sorted(revoked, key=lambda each: each.serial):
        builder = builder.add_revoked_certificate(_entry(each))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _entry(revoked: Revoked) -> x509.RevokedCertificate:
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(revoked.serial)
        .revocation_date(revoked.at.astimezone(UTC))
    )
    # RFC 5280, 5.3.1: "unspecified" is said by saying nothing.
    if revoked.reason and revoked.reason != "unspecified":
        reason = x509.CRLReason(x509.ReasonFlags(revoked.reason))
        entry = entry.add_extension(reason, critical=False)
    return entry.build()
