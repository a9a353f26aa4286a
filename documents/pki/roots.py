"""Which authorities this state trusts for its papers: nobody else's signature is worth anything."""

from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.conf import settings

_FILES_MAX = 64


def roots() -> list[x509.Certificate]:
    """Return the roots of the file PKI_ROOTS; none while there is no such file."""
    return list(in_file(Path(settings.PKI_ROOTS or Path(settings.PKI_DIR) / "root.cer")))


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def in_file(file: Path) -> tuple[x509.Certificate, ...]:
    """Return the certificates (PEM) of a file, read again once it has changed; none without it."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return ()
    # Asked for at every chain and every stamp: the inode changes where a file is replaced.
    return _read(file, found.st_mtime_ns, found.st_size, found.st_ino)


@lru_cache(maxsize=_FILES_MAX)
def _read(file: Path, *_as_of: int) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(file.read_bytes()))
