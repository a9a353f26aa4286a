"""Files in a folder of this machine, or of a disk that all machines share."""

import os
import tempfile
from pathlib import Path

from kernel.files.base import (
    FILE_BYTES_MAX,
    FileChanged,
    FileMissing,
    StorageUnavailable,
    path_of,
)

# Folders whose names this process knows to be safely on the disk: 65,792 at most under a root.
_safe: set[Path] = set()


class Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, sha256: str, data: bytes, media_type: str) -> None:
        path = self._root / path_of(sha256)
        try:
            if not path.exists():
                if not path.parent.is_dir():
                    path.parent.mkdir(parents=True, exist_ok=True)
                    _safe.difference_update({path.parent, path.parent.parent})
                _write(path, data)
            kept_bytes = path.stat().st_size
            # The name too must outlive a power cut: a row may point to it a moment later. Whoever
            # wrote a file that was there before may have died before this.
            _sync(path.parent)
            for folder in (path.parent, path.parent.parent):
                if folder not in _safe:
                    _keep_names(folder.parent)
        except OSError as error:
            raise StorageUnavailable(_reason(error)) from error
        if kept_bytes != len(data):
            raise FileChanged(sha256)

    def get(self, sha256: str) -> bytes:
        try:
            with (self._root / path_of(sha256)).open("rb") as file:
                data = file.read(FILE_BYTES_MAX + 1)
        except FileNotFoundError:
            if not self._root.is_dir():
                # A disk that is not mounted: the files are where they were.
                raise StorageUnavailable("the folder of files is not there") from None
            raise FileMissing(sha256) from None
        except OSError as error:
            raise StorageUnavailable(_reason(error)) from error
        if len(data) > FILE_BYTES_MAX:
            raise FileChanged(sha256)
        return data

    def drop(self, sha256: str) -> None:
        path = self._root / path_of(sha256)
        try:
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                _sync(path.parent)
        except OSError as error:
            raise StorageUnavailable(_reason(error)) from error


def _write(path: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        try:
            # Not a renaming: that would overwrite what came there meanwhile.
            os.link(file.name, path)
        except FileExistsError:
            return


def _keep_names(folder: Path) -> None:
    named = set(folder.iterdir())
    _sync(folder)
    _safe.update(named)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _reason(error: OSError) -> str:
    return f"the folder of files: {error.strerror or type(error).__name__}"
