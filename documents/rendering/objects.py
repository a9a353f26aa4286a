"""A PDF as numbered objects and a table of where they stand (ISO 32000-1, 7.3 and 7.5)."""

import hashlib
import zlib
from collections.abc import Iterable
from functools import lru_cache

# Four bytes above 127 tell whoever carries the file that it is not text.
_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class File:
    """Objects are numbered from 1, in the order in which a number was asked for."""

    def __init__(self) -> None:
        self._values: list[bytes] = []

    def number(self) -> int:
        """Take a number for an object that others name before it is whole."""
        self._values.append(b"null")
        return len(self._values)

    def put(self, value: bytes, number: int | None = None) -> int:
        """Add an object, or fill the number that was taken for it."""
        if number is None:
            number = self.number()
        self._values[number - 1] = value
        return number

    def stream(self, data: bytes, entries: bytes = b"") -> int:
        """Add bytes as they are; what unpacks them is said by the entries."""
        # ISO 19005-2, 6.1.7.1 wants an end of line before `endstream`, not counted in the length.
        head = b"<< %s/Length %d >>\nstream\n" % (entries, len(data))
        return self.put(b"%s%s\nendstream" % (head, data))

    def packed(self, data: bytes, entries: bytes = b"") -> int:
        """Add bytes that are compressed already."""
        return self.stream(data, entries + b"/Filter /FlateDecode ")

    def written(self, *, catalog: int, info: int) -> bytes:
        """Return the file. Its identifier is made of what it says, so that both go together."""
        parts, places, here = [_HEADER], [], len(_HEADER)
        for number, value in enumerate(self._values, start=1):
            part = b"%d 0 obj\n%s\nendobj\n" % (number, value)
            places.append(b"%010d 00000 n \n" % here)
            parts.append(part)
            here += len(part)
        body = b"".join(parts)
        identifier = hashlib.sha256(body).hexdigest()[:32].encode()
        size = len(self._values) + 1
        table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, b"".join(places))
        trailer = (
            b"trailer\n<<\n/ID [<%s><%s>]\n/Info %d 0 R\n/Root %d 0 R\n/Size %d\n>>\n"
            b"startxref\n%d\n%%%%EOF\n" % (identifier, identifier, info, catalog, size, here)
        )
        return body + table + trailer


def reference(number: int) -> bytes:
    return b"%d 0 R" % number


def array(values: Iterable[bytes]) -> bytes:
    return b"[ %s ]" % b" ".join(values)


def text(value: str) -> bytes:
    """Return a text string: readable where it is ASCII, else UTF-16 with its mark (7.9.2.2)."""
    if value.isascii() and value.isprintable():
        return b"(%s)" % escaped(value.encode())
    return b"<feff%s>" % value.encode("utf-16-be").hex().encode()


def escaped(value: bytes) -> bytes:
    """Return bytes as they stand between the parentheses of a string (7.3.4.2)."""
    return value.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


@lru_cache(maxsize=64)
def packed_once(data: bytes) -> bytes:
    """Compress as far as it goes what comes again and again: a profile, the sheet's ornament."""
    return zlib.compress(data, 9)
