"""Small files that are made to keep a reader busy for hours, or to fill its memory."""

import zlib
from collections.abc import Sequence

MB = 1024 * 1024


def classic(objects: Sequence[bytes]) -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalogue."""
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    )


def shared_kids(depth: int) -> bytes:
    """Each field has the next one twice: 1.6 kB at a depth of 30, and 2^30 fields to walk."""
    form = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]/SigFlags 3>>>>"
    fields = [b"<</T(a)/Kids[%d 0 R %d 0 R]>>" % (n, n) for n in range(4, 4 + depth)]
    return classic([form, b"<</Type/Pages/Kids[]/Count 0>>", *fields, b"<</T(z)/FT/Tx>>"])


def padded_table(inflated: int) -> bytes:
    """A cross-reference stream that unpacks to `inflated` bytes of nothing, whole megabytes."""
    packed = _packed_zeros(inflated // MB)
    table = (
        b"4 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n"
        % (inflated // 7, len(packed))
    )
    return b"%PDF-1.7\n" + table + packed + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"


def _packed_zeros(megabytes: int) -> bytes:
    """What zlib makes of so many zeros, without packing each megabyte anew."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    one = packer.compress(bytes(MB)) + packer.flush(zlib.Z_FULL_FLUSH)
    # RFC 1950: a header before the deflated bytes, Adler-32 behind them. That of zeros: 1, then n.
    adler = ((megabytes * MB % 65521) << 16) | 1
    return b"\x78\xda" + one * megabytes + packer.flush() + adler.to_bytes(4, "big")


def filled(unit: bytes) -> bytes:
    """Five megabytes of the same."""
    return (b"%PDF-1.7\n" + unit * (5 * MB // len(unit)))[: 5 * MB]


def signature(der: bytes) -> bytes:
    return b"/ByteRange [0 9 99 9] /Contents <%s>\n" % der.hex().encode()


def sequence(body: bytes) -> bytes:
    return b"\x30\x82" + len(body).to_bytes(2, "big") + body


SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")

HOSTILE = {
    "kids that are shared": shared_kids(30),
    "a padded table": padded_table(300 * MB),
    "openings": filled(b"/Contents<"),
    "spaces": filled(b"/Contents" + b" " * 40),
    "digits": filled(b"0123456789abcdef"),
    "digits that never end": filled(b"/Contents <" + b"0" * 32_000),
    "spaces for digits": filled(b"/Contents <" + b" " * 32_000),
    "ranges": filled(b"/ByteRange [0 1 2 3]"),
    "almost ranges": filled(b"/ByteRange" + b" " * 16 + b"[" + b" " * 16),
    "almost numbers": filled(b"AA-" + b"0" * 60),
    "numbers": filled(b"BC-1209-2026-000001-K "),
    "signatures of nothing": filled(signature(b"\0" * 16_000)),
    "nested signatures": filled(signature(b"\x30\x80" * 8_000)),
    "a name without end": filled(signature(sequence(b"\x06\x82\x3e\x00" + b"\xff" * 0x3E00))),
    "a bag of empty certificates": filled(
        signature(
            sequence(
                SIGNED_DATA
                + b"\xa0\x82\x3a\x04"
                + sequence(
                    b"\x02\x01\x01\x31\x00\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
                    b"\xa0\x82\x39\xe8" + b"\x30\x00" * (0x39E8 // 2)
                )
            )
        )
    ),
}  # fmt: skip
