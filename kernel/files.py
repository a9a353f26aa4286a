"""
Content-addressed files: the name of a file is the SHA-256 of its bytes.

The bytes reach the disk before the row is written, so a row always has its file; a file without
a row is what a crash left and harms nobody.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from kernel import models


class FileChanged(Exception):
    """The bytes on disk are not those that were stored."""


class FileMissing(Exception):
    """No such file is kept."""


@dataclass(frozen=True)
class StoredFile:
    sha256: str
    size: int


def store(data: bytes, media_type: str, *, at: datetime) -> StoredFile:
    """Keep the bytes; storing equal bytes again changes nothing."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = _path(sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
        # The name too must outlive a power cut: a row may point to it a moment later.
        for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
            _sync(folder)
    models.StoredFile.objects.bulk_create(
        [
            models.StoredFile(
                sha256=sha256, size_bytes=len(data), media_type=media_type, stored_at=at
            )
        ],
        ignore_conflicts=True,
    )
    return StoredFile(sha256=sha256, size=len(data))


def read(sha256: str) -> bytes:
    """
    Return the bytes.

    :raises FileMissing: if the file is not on disk
    :raises FileChanged: if the disk gives other bytes than were stored
    """
    try:
        data = _path(sha256).read_bytes()
    except FileNotFoundError:
        raise FileMissing(sha256) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise FileChanged(sha256)
    return data


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _path(sha256: str) -> Path:
    return Path(settings.FILES_DIR) / sha256[:2] / sha256[2:4] / sha256
