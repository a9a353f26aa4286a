"""
Files that people hand over: looked at, cleaned, asked after, and only then kept.

What a file is, its bytes say and never its name; the name is not kept, for it may name a person.
All of this is outside the house: no transaction may be open around it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from kernel import files
from kernel.cleaning.reasons import Refused, Why
from kernel.uploads import clamd
from kernel.uploads.clamd import ERRAND_SECONDS, PAGE_SECONDS
from kernel.uploads.washing import Busy, wash

__all__ = [
    "BYTES_MAX",
    "ERRAND_SECONDS",
    "IMAGE",
    "KINDS",
    "PAGE_SECONDS",
    "PDF",
    "Accepted",
    "Busy",
    "Clean",
    "NotChecked",
    "Refused",
    "Why",
    "accept",
    "check",
    "scan",
]

PDF: Final = "pdf"
IMAGE: Final = "image"
KINDS: Final = (PDF, IMAGE)
BYTES_MAX: Final = 5 * 1024 * 1024

# What a file begins with: its form, its kind, its media type.
_FORMS: Final = {
    b"%PDF-": ("pdf", PDF, "application/pdf"),
    b"\xff\xd8\xff": ("jpeg", IMAGE, "image/jpeg"),
    b"\x89PNG\r\n\x1a\n": ("png", IMAGE, "image/png"),
}
# The test file on which all scanners agree (eicar.org), in halves: or this file would be one.
_EICAR: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class NotChecked(Exception):
    """The virus scanner is silent: the same file may be taken a little later."""


@dataclass(frozen=True)
class Clean:
    """The bytes to keep. A PDF's are as they came; a photo's are written anew."""

    data: bytes
    media_type: str
    pages: int


@dataclass(frozen=True)
class Accepted:
    """A file that `kernel.files` keeps under its SHA-256, in hex."""

    sha256: str
    media_type: str
    pages: int


def accept(data: bytes, kinds: Collection[str] = KINDS, *, at: datetime) -> Accepted:
    """
    Check, clean and scan a file, and keep it.

    :param kinds: of `KINDS`: which may be given
    :raises Refused: if it is not taken; `why` says why
    :raises Busy: if too many files are being looked at now
    :raises NotChecked: if a virus scanner is configured and does not answer
    :raises kernel.files.StorageUnavailable: if the store cannot be had now
    """
    clean = check(data, kinds)
    if not scan(clean.data):
        raise NotChecked
    kept = files.store(clean.data, clean.media_type, at=at)
    return Accepted(kept.sha256, clean.media_type, clean.pages)


def check(data: bytes, kinds: Collection[str] = KINDS, *, bytes_max: int = BYTES_MAX) -> Clean:
    """
    Return the clean file; a process without rights reads it, and a virus scanner is not asked.

    :raises Refused: if it is not taken; `why` says why
    :raises Busy: if too many files are being looked at now
    """
    if not data:
        raise Refused(Why.EMPTY)
    if len(data) > bytes_max:
        raise Refused(Why.TOO_LARGE)
    if _EICAR in data:
        raise Refused(Why.VIRUS)
    form, kind, media_type = _form(data)
    if kind not in kinds:
        raise Refused(Why.WRONG_KIND)
    clean, pages = wash(data, form)
    return Clean(clean, media_type, pages)


def scan(data: bytes, *, seconds: float = PAGE_SECONDS) -> bool:
    """
    Say whether nothing speaks against the file; False: the scanner is silent, ask again later.

    Where no scanner is configured (settings.CLAMD_ADDRESS) nothing speaks against it.

    :raises Refused: if the scanner found something
    """
    address: str = settings.CLAMD_ADDRESS
    if not address:
        return True
    try:
        clean = clamd.is_clean(data, address=address, seconds=seconds)
    except clamd.Silent:
        return False
    except ValueError as wrong:
        raise ImproperlyConfigured(str(wrong)) from None
    if not clean:
        raise Refused(Why.VIRUS)
    return True


def _form(data: bytes) -> tuple[str, str, str]:
    for beginning, form in _FORMS.items():
        if data.startswith(beginning):
            return form
    raise Refused(Why.UNKNOWN)
