"""Whom we trust: for signatures on papers, and for time stamps. Nobody else's word counts."""

from pathlib import Path

from asn1crypto import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import Certificate
from django.conf import settings

from documents.pki import roots
from documents.pki.roots import in_file

# The sandbox's time stamp authority. Anybody has its key: never trusted in production.
_DEVELOPMENT = Path(__file__).with_name("development_stamp_root.cer")


def of_papers() -> list[x509.Certificate]:
    """Return the roots of officers' and offices' certificates."""
    return [_loaded(each) for each in roots()]


def of_stamps() -> list[x509.Certificate]:
    """
    Return the roots of time stamp authorities: PKI_DIR/stamps/*.cer, retired ones too.

    Papers are proven by the stamps that they have: a root may never be taken away.
    """
    paths = sorted((Path(settings.PKI_DIR) / "stamps").glob("*.cer"))
    if not settings.PRODUCTION:
        paths.append(_DEVELOPMENT)
    return [_loaded(each) for path in paths for each in in_file(path)]


def _loaded(certificate: Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
