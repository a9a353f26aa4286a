"""What may be uploaded: one statement of a modest size, and nothing that is packed."""

# In the browser; the watched folder and the command take what the readers take (128 MB).
UPLOAD_BYTES_MAX = 32 * 1024 * 1024
HEAD_BYTES = 512

# An archive says nothing about how large it is inside, so none is opened.
_ARCHIVES = (
    b"PK\x03\x04",  # ZIP, and XLSX, ODS.
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\x1f\x8b",  # gzip.
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",  # Zstandard.
    b"\x04\x22\x4d\x18",  # LZ4.
    b"\x1f\x9d",  # compress.
)
_TAR_AT = 257


class CannotTake(Exception):
    """The file is not kept; nothing of it was read."""


class TooLarge(CannotTake):
    """It is larger than `UPLOAD_BYTES_MAX`."""


class Empty(CannotTake):
    """It has no bytes."""


class Packed(CannotTake):
    """It is an archive, or a spreadsheet, which is one too."""


def check(*, size: int, head: bytes) -> None:
    """
    Do nothing if a file may be taken.

    :param head: its first `HEAD_BYTES`
    :raises CannotTake: otherwise
    """
    if not size:
        raise Empty
    if size > UPLOAD_BYTES_MAX:
        raise TooLarge
    if is_packed(head):
        raise Packed


def is_packed(head: bytes) -> bool:
    return head.startswith(_ARCHIVES) or head[_TAR_AT:].startswith(b"ustar")
