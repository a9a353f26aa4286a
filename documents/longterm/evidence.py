"""
What proves that certificates were not revoked: lists and answers of authorities, as we keep them.

Kept ones are asked, never the network: whoever signs or validates must not wait for an authority.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import crl, ocsp, x509
from django.db.models import Max

from documents.longterm import roots
from documents.models import RevocationKind, RevocationSnapshot
from documents.pki import revocation


@dataclass(frozen=True)
class Evidence:
    """Of each authority its newest list at a moment; OCSP answers; and the roots."""

    lists: tuple[crl.CertificateList, ...]
    answers: tuple[ocsp.OCSPResponse, ...]
    roots: tuple[x509.Certificate, ...]

    def newest_list_at(self, issuer: x509.Name) -> datetime | None:
        """Return when the newest list of this authority was made; None if none is kept."""
        made = (
            each["tbs_cert_list"]["this_update"].native
            for each in self.lists
            if each.issuer == issuer
        )
        return max(made, default=None)


def kept(*, at: datetime, serials: Collection[str] = ()) -> Evidence:
    """Return what we had by `at`: all lists, and answers about these serial numbers (hex)."""
    known = revocation.known(at, serials=serials)
    return Evidence(
        lists=tuple(crl.CertificateList.load(der) for der in known.crls),
        answers=tuple(ocsp.OCSPResponse.load(der) for der in known.ocsps),
        roots=(*roots.of_papers(), *roots.of_stamps()),
    )


def youngest_list_at(*, at: datetime) -> datetime | None:
    """Return when the youngest list was made that we had by `at`; stamps' authorities apart."""
    stamps = [each.sha256.hex() for each in roots.of_stamps()]
    lists = RevocationSnapshot.objects.filter(kind=RevocationKind.CRL, fetched_at__lte=at)
    youngest: datetime | None = lists.exclude(issuer_sha256__in=stamps).aggregate(
        at=Max("this_update")
    )["at"]
    return youngest
