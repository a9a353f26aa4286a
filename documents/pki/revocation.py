"""
What authorities said of their certificates, as we have it: read by validation, kept for good.

`known` is for everybody; the rest reads and judges what came over the wire.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from django.db.models import Q, QuerySet

from documents.models import (
    Credential,
    CredentialState,
    RevocationKind,
    RevocationSnapshot,
)
from documents.pki.roots import pem, roots

_CLOCKS_DIFFER_MAX = timedelta(minutes=10)


class BadAnswer(Exception):
    """Not a list or an answer of this authority, or none that can be read."""


class Known(NamedTuple):
    crls: list[bytes]
    ocsps: list[bytes]


@dataclass(frozen=True)
class Answer:
    kind: RevocationKind
    der: bytes
    issuer_sha256: str
    serial: str
    this_update: datetime
    next_update: datetime | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.der).hexdigest()


@dataclass(frozen=True)
class Place:
    """Where an authority says what it has revoked; `certificate` (PEM) where that is asked."""

    kind: RevocationKind
    url: str
    issuer: str
    certificate: str = ""

    @property
    def sha256(self) -> str:
        told = "\n".join([self.kind, self.url, self.issuer, self.certificate])
        return hashlib.sha256(told.encode()).hexdigest()


def known(at: datetime, *, serials: Collection[str] | None = None) -> Known:
    """
    Return the newest list of each authority and answer about each certificate, as had at `at`.

    :param serials: answers about these certificates alone (hexadecimal); None: about all
    """
    wanted = Q() if serials is None else Q(serial="") | Q(serial__in=serials)
    found = Known([], [])
    for snapshot in newest_words(at).filter(wanted):
        (found.crls if snapshot.kind == RevocationKind.CRL else found.ocsps).append(
            bytes(snapshot.der)
        )
    return found


def newest_words(at: datetime) -> QuerySet[RevocationSnapshot]:
    """Return the newest list of each authority, and answer about each certificate, had at `at`."""
    return (
        RevocationSnapshot.objects.filter(fetched_at__lte=at)
        .order_by("issuer_sha256", "serial", "-this_update", "-pk")
        .distinct("issuer_sha256", "serial")
    )


def is_revoked(chain: list[x509.Certificate], *, at: datetime) -> bool:
    """Say whether its authority's newest word, as had at `at`, revokes one of a chain."""
    return any(
        _revokes(snapshot, certificate.serial_number)
        for certificate, issuer in with_issuers(chain)
        for snapshot in RevocationSnapshot.objects.filter(
            issuer_sha256=fingerprint(issuer),
            serial__in=["", f"{certificate.serial_number:x}"],
            fetched_at__lte=at,
        )
        .order_by("serial", "-this_update", "-pk")
        .distinct("serial")
    )


def revoked_serials(snapshots: Iterable[RevocationSnapshot]) -> set[str]:
    """Return every serial number (hexadecimal) that they revoke, of whatever authority."""
    found: set[str] = set()
    for each in snapshots:
        if each.kind == RevocationKind.CRL:
            listed = x509.load_der_x509_crl(bytes(each.der))
            found.update(f"{line.serial_number:x}" for line in listed)
        elif _revokes(each, int(each.serial, 16)):
            found.add(each.serial)
    return found


def _revokes(snapshot: RevocationSnapshot, serial: int) -> bool:
    der = bytes(snapshot.der)
    if snapshot.kind == RevocationKind.CRL:
        told = x509.load_der_x509_crl(der).get_revoked_certificate_by_serial_number(serial)
        return told is not None
    return ocsp.load_der_ocsp_response(der).certificate_status == ocsp.OCSPCertStatus.REVOKED


def keep(answer: Answer, *, at: datetime) -> bool:
    """
    Keep what an authority said, once; False if we have it.

    :raises BadAnswer: if its dates cannot be: it would hide what is said until then
    """
    if answer.this_update > at + _CLOCKS_DIFFER_MAX or (
        answer.next_update is not None and answer.next_update <= answer.this_update
    ):
        raise BadAnswer("dates")
    _, is_new = RevocationSnapshot.objects.get_or_create(
        sha256=answer.sha256,
        defaults={
            "kind": answer.kind,
            "issuer_sha256": answer.issuer_sha256,
            "serial": answer.serial,
            "der": answer.der,
            "this_update": answer.this_update,
            "next_update": answer.next_update,
            "fetched_at": at,
        },
    )
    return is_new


def read_list(der: bytes, issuer: x509.Certificate) -> Answer:
    """:raises BadAnswer: if it is no list, or not signed by this authority"""
    try:
        told = x509.load_der_x509_crl(der)
        public = issuer.public_key()
        if not isinstance(public, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
            raise BadAnswer("unknown kind of key")
        if told.issuer != issuer.subject or not told.is_signature_valid(public):
            raise BadAnswer("not this authority's")
        if any(isinstance(each.value, x509.DeltaCRLIndicator) for each in told.extensions):
            # What changed since another list (RFC 5280, 5.2.4): taken for the whole, it would
            # clear whoever stands on that one.
            raise BadAnswer("not the whole list")
        if any(_is_partial(each.value) for each in told.extensions):
            raise BadAnswer("not the whole list")
    except (
        ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType
    ) as error:  # fmt: skip
        raise BadAnswer(type(error).__name__) from None
    return Answer(
        RevocationKind.CRL, der, fingerprint(issuer), "", told.last_update_utc, told.next_update_utc
    )


def _is_partial(extension: x509.ExtensionType) -> bool:
    """Tell it of a list's scope (RFC 5280, 5.2.5): other certificates, or some reasons alone."""
    return isinstance(extension, x509.IssuingDistributionPoint) and bool(
        extension.only_some_reasons
        or extension.only_contains_attribute_certs
        or extension.indirect_crl
    )


def question(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """Return the OCSP request (RFC 6960) about a certificate."""
    # SHA-1 names the authority here and protects nothing; RFC 5019 answerers know no other.
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303
    return asked.build().public_bytes(serialization.Encoding.DER)


def read_answer(der: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> Answer:
    """:raises BadAnswer: if it is none about this certificate, or not by this authority"""
    try:
        told = ocsp.load_der_ocsp_response(der)
        if told.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise BadAnswer(told.response_status.name)
        if told.serial_number != certificate.serial_number:
            raise BadAnswer("about another certificate")
        if told.certificate_status == ocsp.OCSPCertStatus.UNKNOWN:
            # No word on it; kept, it would hide the one before.
            raise BadAnswer("unknown to its authority")
        _require_signed(told, issuer)
    except (
        ValueError, TypeError, InvalidSignature, x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ) as error:  # fmt: skip
        raise BadAnswer(type(error).__name__) from None
    return Answer(
        RevocationKind.OCSP,
        der,
        fingerprint(issuer),
        f"{certificate.serial_number:x}",
        told.this_update_utc,
        told.next_update_utc,
    )


def _require_signed(told: ocsp.OCSPResponse, issuer: x509.Certificate) -> None:
    """RFC 6960, 4.2.2.2: by the authority itself, or by whom it has certified for it."""
    answerer = issuer
    for each in told.certificates:
        if _may_answer(each):
            each.verify_directly_issued_by(issuer)
            if not each.not_valid_before_utc <= told.produced_at_utc <= each.not_valid_after_utc:
                raise BadAnswer("by one whose certificate had ended")
            answerer = each
    public, chosen = answerer.public_key(), told.signature_hash_algorithm
    if chosen is None:
        raise BadAnswer("unknown kind of signature")
    if isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(told.signature, told.tbs_response_bytes, ec.ECDSA(chosen))
    elif isinstance(public, rsa.RSAPublicKey):
        public.verify(told.signature, told.tbs_response_bytes, padding.PKCS1v15(), chosen)
    else:
        raise BadAnswer("unknown kind of key")


def _may_answer(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False  # An authority above it, say, sent along.
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage


def places(certificate: x509.Certificate, issuer: x509.Certificate) -> list[Place]:
    """Return where the certificate says that its revocation would be told."""
    above = pem(issuer)
    found = [Place(RevocationKind.CRL, url, above) for url in _lists_of(certificate)]
    for url in _answerers_of(certificate):
        found.append(Place(RevocationKind.OCSP, url, above, pem(certificate)))
    return found


def _lists_of(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    names = [name for point in points for name in point.full_name or ()]
    return [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]


def _answerers_of(certificate: x509.Certificate) -> list[str]:
    try:
        told = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    return [
        each.access_location.value
        for each in told
        if each.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(each.access_location, x509.UniformResourceIdentifier)
    ]


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def overdue(at: datetime) -> list[str]:
    """Return the authorities in use (fingerprints) whose newest word is past its time, or lacks."""
    newest = dict(
        RevocationSnapshot.objects.filter(fetched_at__lte=at, kind=RevocationKind.CRL)
        .order_by("issuer_sha256", "-this_update", "-pk")
        .distinct("issuer_sha256")
        .values_list("issuer_sha256", "next_update")
    )
    late = {issuer for issuer, until in newest.items() if until is not None and until < at}
    return sorted(issuer for issuer in _in_use(at) if issuer not in newest or issuer in late)


def _in_use(at: datetime) -> set[str]:
    """Return the authorities of keys that sign, as far as they publish lists."""
    active = Credential.objects.filter(state=CredentialState.ACTIVE, not_after__gt=at)
    # One of each chain: of thousands of officers there are a handful.
    some = active.order_by("chain", "-pk").distinct("chain").values_list("certificate", "chain")
    found: set[str] = set()
    for own, above in some:
        chain = x509.load_pem_x509_certificates((own + above).encode())
        found |= {fingerprint(issuer) for each, issuer in with_issuers(chain) if _lists_of(each)}
    return found


def with_issuers(
    chain: list[x509.Certificate],
) -> list[tuple[x509.Certificate, x509.Certificate]]:
    """Return each certificate of a chain, nearest first, with whose signature it bears."""
    above: list[x509.Certificate | None] = [*chain[1:], None]
    pairs = []
    for below, issuer in zip(chain, above, strict=True):
        trusted = issuer or _root_of(below)
        if trusted is not None:
            pairs.append((below, trusted))
    return pairs


def _root_of(below: x509.Certificate) -> x509.Certificate | None:
    # A root that got a new key keeps its name.
    for root in roots():
        if root.subject == below.issuer:
            try:
                below.verify_directly_issued_by(root)
            except (ValueError, TypeError, InvalidSignature):
                continue
            return root
    return None
