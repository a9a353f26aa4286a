"""What a store of files must do, and what it says when it cannot."""

from typing import Protocol

# Papers have 50 to 300 kB; a bound, so that nothing strange fills the memory of a process.
FILE_BYTES_MAX = 64 * 1024 * 1024


class FileChanged(Exception):
    """The store holds other bytes than were stored."""


class FileMissing(Exception):
    """The store answers, and keeps no such file."""


class FileNeeded(Exception):
    """Something names the file: it is not erased."""


class StorageUnavailable(Exception):
    """The store cannot be had now: nothing is known of the file. The same may go well later."""


class Store(Protocol):
    """
    Keeps bytes under their SHA-256 (64 hex digits). What is kept is never written over.

    Every method raises StorageUnavailable, within ten seconds of waiting for nothing.
    """

    def put(self, sha256: str, data: bytes, media_type: str) -> None:
        """
        Keep the bytes so that a power cut does not lose them; equal bytes again change nothing.

        :raises FileChanged: if something of another size is kept under this name
        """
        ...

    def get(self, sha256: str) -> bytes:
        """
        Return what is kept under this name. Whether it still has this hash is asked by the caller.

        :raises FileMissing: if nothing is
        :raises FileChanged: if it is larger than any file of ours
        """
        ...

    def drop(self, sha256: str) -> None:
        """Take away what is kept under this name, if anything is."""
        ...


def path_of(sha256: str) -> str:
    """Return the name in the store, the same in a folder and in a bucket."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
