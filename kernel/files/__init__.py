"""
Content-addressed files: the name of a file is the SHA-256 of its bytes.

They lie in a folder or in a bucket (settings.FILES_STORAGE). The bytes reach the store before the
row is written, so a row always has its file; a file without a row is what a crash left and harms
nobody. The store is outside the house: no transaction may be open around a call.
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from kernel import models
from kernel.files.base import (
    FILE_BYTES_MAX,
    FileChanged,
    FileMissing,
    StorageUnavailable,
    Store,
)
from kernel.files.folder import Folder

__all__ = [
    "KINDS",
    "FileChanged",
    "FileMissing",
    "StorageUnavailable",
    "Store",
    "StoredFile",
    "check",
    "media_type",
    "named",
    "read",
    "store",
    "store_all",
]

log = structlog.get_logger()

KINDS = ("local", "s3")
# Files that are kept at once: each waits for the disk, or for a store that takes milliseconds.
HANDS = 8


@dataclass(frozen=True)
class StoredFile:
    sha256: str
    size: int


def store(data: bytes, media_type: str, *, at: datetime) -> StoredFile:
    """
    Keep the bytes; storing equal bytes again changes nothing.

    :raises StorageUnavailable: if the store cannot be had now; no row is written
    :raises FileChanged: if the store holds something else under this name
    """
    return store_all([data], media_type, at=at)[0]


def store_all(all_data: Sequence[bytes], media_type: str, *, at: datetime) -> list[StoredFile]:
    """
    Keep several files as `store` does, at once: what takes time is waiting for the disk.

    :raises StorageUnavailable: if the store cannot be had now; no row is written
    :raises FileChanged: if the store holds something else under one of the names
    """
    for data in all_data:
        if len(data) > FILE_BYTES_MAX:
            raise ValueError(f"a file of {len(data)} bytes; {FILE_BYTES_MAX} at most")
    _no_transaction()
    kept = [StoredFile(hashlib.sha256(data).hexdigest(), len(data)) for data in all_data]
    to_keep = {stored.sha256: data for stored, data in zip(kept, all_data, strict=True)}
    put = partial(named(settings.FILES_STORAGE).put, media_type=media_type)
    if len(to_keep) == 1:
        put(*next(iter(to_keep.items())))
    else:
        list(_hands().map(put, to_keep.keys(), to_keep.values()))
    models.StoredFile.objects.bulk_create(
        [
            models.StoredFile(
                sha256=sha256, size_bytes=len(data), media_type=media_type, stored_at=at
            )
            for sha256, data in to_keep.items()
        ],
        ignore_conflicts=True,
    )
    return kept


def read(sha256: str) -> bytes:
    """
    Return the bytes.

    The whole file, because nothing of it may be given out before all of it is known to be right.
    A file that is lost rings in the log: somebody must bring it back (`manage.py check_files`).

    :raises FileMissing: if the store does not keep it
    :raises FileChanged: if the store gives other bytes than were stored
    :raises StorageUnavailable: if the store cannot be had now
    """
    _no_transaction()
    try:
        data = named(settings.FILES_STORAGE).get(sha256)
        check(sha256, data)
    except (FileMissing, FileChanged) as trouble:
        log.error("file.lost", sha256=sha256, why=type(trouble).__name__)  # noqa: TRY400
        raise
    return data


def media_type(sha256: str) -> str:
    """
    Return what a kept file was stored as.

    :raises FileMissing: if no such file is kept
    """
    kept = models.StoredFile.objects.filter(pk=sha256).values_list("media_type", flat=True)
    if (found := kept.first()) is None:
        raise FileMissing(sha256)
    return str(found)


def check(sha256: str, data: bytes) -> None:
    """:raises FileChanged: unless these are the bytes of that name"""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise FileChanged(sha256)


def named(kind: str) -> Store:
    """Return the store of a kind (`KINDS`), as the settings have it."""
    if kind == "local":
        return Folder(Path(settings.FILES_DIR))
    return _bucket(
        endpoint=settings.S3_ENDPOINT,
        bucket=settings.S3_BUCKET,
        region=settings.S3_REGION,
        access_key=settings.S3_ACCESS_KEY,
        secret_key=settings.S3_SECRET_KEY,
    )


@lru_cache(maxsize=4)
def _bucket(**address: str) -> Store:
    # By name, as Django loads its storages: most installations have no use for boto3.
    made: Store = import_string("kernel.files.bucket.Bucket")(
        import_string("kernel.files.bucket.Address")(**address)
    )
    return made


@lru_cache(maxsize=1)
def _hands() -> ThreadPoolExecutor:
    # Kept: a client of an object store is opened once a thread.
    return ThreadPoolExecutor(HANDS, thread_name_prefix="files")


# A connection must not be shared with a child, and threads are not taken along.
os.register_at_fork(after_in_child=_bucket.cache_clear)
os.register_at_fork(after_in_child=_hands.cache_clear)


def _no_transaction() -> None:
    """:raises RuntimeError: within a transaction: its locks would be held while the store thinks"""
    with transaction.atomic(durable=True):
        pass
