"""When the certificates end by which this process is known to others, and others to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings

# Who buys one needs a fortnight; one that a machine renews is late with a quarter of its life left.
ENDS_SOON = timedelta(days=14)
PART_OF_LIFE = 4

# By the variable that names the file: PEM, the own certificate first.
_FILES = ("SERVING_CERTIFICATE", "OUTGOING_CERTIFICATE", "NEIGHBOUR_ROOTS")


@dataclass(frozen=True, slots=True)
class Certificate:
    """`begins_at` and `ends_at` are None where the file cannot be read."""

    setting: str
    begins_at: datetime | None
    ends_at: datetime | None

    def is_ending(self, now: datetime) -> bool:
        if self.begins_at is None or self.ends_at is None:
            return True
        soon = min(ENDS_SOON, (self.ends_at - self.begins_at) / PART_OF_LIFE)
        return self.ends_at < now + soon

    def has_ended(self, now: datetime) -> bool:
        return self.ends_at is None or self.ends_at <= now


def held() -> list[Certificate]:
    """Return those whose files are named; the unreadable first, then whoever ends first."""
    found = [_read(name, Path(path)) for name in _FILES if (path := getattr(settings, name))]
    return sorted(found, key=lambda one: one.ends_at.timestamp() if one.ends_at else 0.0)


def _read(setting: str, file: Path) -> Certificate:
    try:
        first = x509.load_pem_x509_certificates(file.read_bytes())[0]
    except (OSError, ValueError):
        return Certificate(setting, None, None)
    return Certificate(setting, first.not_valid_before_utc, first.not_valid_after_utc)
