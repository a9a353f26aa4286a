"""
Content-addressed files: the name of a file is the SHA-256 of its bytes.

They lie sealed (`sealing`; those from before it as they are) in a folder or in a bucket
(settings.FILES_STORAGE). The bytes reach the store before the row is written, so a row always has
its file; a file without a row is what a crash left and harms nobody. The store is outside the
house: no transaction may be open around a call.
"""

import hashlib
import os
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from kernel import models
from kernel.files import sealing
from kernel.files.base import (
    FILE_BYTES_MAX,
    FileChanged,
    FileMissing,
    FileNeeded,
    StorageUnavailable,
    Store,
)
from kernel.files.folder import Folder

__all__ = [
    "KINDS",
    "FileChanged",
    "FileMissing",
    "FileNeeded",
    "StorageUnavailable",
    "Store",
    "StoredFile",
    "check",
    "erase",
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
        if len(data) > (most := FILE_BYTES_MAX - sealing.TAG_BYTES):
            raise ValueError(f"a file of {len(data)} bytes; {most} at most")
    _no_transaction()
    kept = [StoredFile(hashlib.sha256(data).hexdigest(), len(data)) for data in all_data]
    to_keep = {stored.sha256: data for stored, data in zip(kept, all_data, strict=True)}
    while not _keep(to_keep, media_type, at=at):
        pass  # One of them was erased meanwhile: its bytes are put anew, under another key.
    return kept


def _keep(to_keep: Mapping[str, bytes], media_type: str, *, at: datetime) -> bool:
    """Put the bytes and write their rows; return whether all of them are kept still."""
    rows = models.StoredFile.objects.in_bulk(list(to_keep))
    made = {name: _lying(name, data, rows.get(name)) for name, data in to_keep.items()}
    put = partial(named(settings.FILES_STORAGE).put, media_type=sealing.SEALED_TYPE)
    if len(made) == 1:
        (only,) = made.values()
        put(only.name, only.data)
    else:
        list(_hands().map(lambda each: put(each.name, each.data), made.values()))
    models.StoredFile.objects.bulk_create(
        [
            models.StoredFile(
                sha256=name,
                size_bytes=len(data),
                media_type=media_type,
                stored_at=at,
                sealed_as=made[name].name,
                data_key=made[name].key,
            )
            for name, data in to_keep.items()
            if name not in rows
        ],
        ignore_conflicts=True,
    )
    for row in rows.values():
        if row.erased_at is not None:
            _keep_anew(row, made[row.sha256])
    # A row that was there may have been erased since it was read; a new one nobody knows yet.
    erased = models.StoredFile.objects.filter(pk__in=list(rows), erased_at__isnull=False)
    return not (rows and erased.exists())


def read(sha256: str) -> bytes:
    """
    Return the bytes.

    The whole file, because nothing of it may be given out before all of it is known to be right.
    A file that is lost rings in the log: somebody must bring it back (`manage.py check_files`).

    :raises FileMissing: if the store does not keep it, or it was erased
    :raises FileChanged: if the store gives other bytes than were stored
    :raises StorageUnavailable: if the store cannot be had now
    """
    _no_transaction()
    return _read(sha256, models.StoredFile.objects.filter(pk=sha256).first())


def read_each(names: Collection[str]) -> dict[str, bytes]:
    """
    Return the bytes of several files as `read` does, their rows asked for at once.

    What is lost or changed rings in the log and is left out.

    :raises StorageUnavailable: if the store cannot be had now
    """
    _no_transaction()
    rows = models.StoredFile.objects.in_bulk(list(names))
    found = {}
    for name in names:
        with suppress(FileMissing, FileChanged):
            found[name] = _read(name, rows.get(name))
    return found


def _read(sha256: str, row: models.StoredFile | None) -> bytes:
    if row is not None and row.erased_at is not None:
        raise FileMissing(sha256)  # Nobody need bring it back.
    try:
        data = named(settings.FILES_STORAGE).get((row and row.sealed_as) or sha256)
        if row is not None and row.data_key is not None:
            data = sealing.unseal(sha256, data, key=row.data_key)
        check(sha256, data)
    except (FileMissing, FileChanged) as trouble:
        log.error("file.lost", sha256=sha256, why=type(trouble).__name__)  # noqa: TRY400
        raise
    return data


def erase(sha256: str, *, at: datetime) -> None:
    """
    Take the bytes and their key away for good; the row stays, and says when. Safe to repeat.

    Equal bytes are kept once: PostgreSQL knows whether anything else names them.

    :raises FileNeeded: if something does
    :raises StorageUnavailable: if the store cannot be had now; nothing is erased
    """
    _no_transaction()
    rows = models.StoredFile.objects.filter(pk=sha256)
    try:
        with transaction.atomic():
            # For update: whoever is about to name the file is waited for, and then asked for.
            row = rows.select_for_update().filter(erased_at=None).first()
            if row is None:
                return
            rows.update(data_key=None, erased_at=at)
    except IntegrityError:
        raise FileNeeded(sha256) from None
    # The key first: whoever stores equal bytes from here on has them sealed under another name.
    # Bytes without a key, which a crash leaves here, are noise.
    try:
        named(settings.FILES_STORAGE).drop(row.sealed_as or sha256)
    except StorageUnavailable:
        rows.filter(erased_at=at).update(data_key=row.data_key, erased_at=None)
        raise


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


def _keep_anew(row: models.StoredFile, sealed: sealing.Sealed) -> None:
    """Give an erased file its new key; whoever comes second finds another key, and an orphan."""
    models.StoredFile.objects.filter(pk=row.sha256, erased_at=row.erased_at).update(
        sealed_as=sealed.name, data_key=sealed.key, erased_at=None
    )


def _lying(sha256: str, data: bytes, row: models.StoredFile | None) -> sealing.Sealed:
    """Return how the bytes lie in the store: as they do already, or else under a new key."""
    if row is None or row.erased_at is not None:
        return sealing.seal(sha256, data)
    if row.data_key is None:
        return sealing.Sealed(data, sha256, key="")
    return sealing.seal(sha256, data, key=row.data_key)


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
