"""
A subset of a TrueType font without what a PDF does not need (ISO 32000-1, 9.9).

Names, style tables and instructions for coarse screens: a third of what the letters of a paper
weigh. Outlines, widths and codes are untouched.
"""

import struct
from collections.abc import Iterator
from itertools import pairwise

from reportlab.pdfbase.ttfonts import TTFontMaker

_KEPT = ("cmap", "head", "hhea", "hmtx", "maxp")
_LONG_OFFSETS_AT = 50  # In `head`: whether `loca` counts bytes by four of them, or pairs by two.
# Of a part of a glyph that is made of others.
_WORDS, _SCALE, _MORE, _TWO_SCALES, _MATRIX, _INSTRUCTED = 0x1, 0x8, 0x20, 0x40, 0x80, 0x100


def trimmed(font: bytes) -> bytes:
    """Return the font with the tables that draw it, and glyphs without instructions."""
    tables = dict(_tables(font))
    glyphs = [_without_instructions(glyph) for glyph in _glyphs(tables)]
    made, places, here = TTFontMaker(), [0], 0
    for glyph in glyphs:
        here += len(glyph)
        places.append(here)
    for name in _KEPT:
        made.add(name, tables[name])
    made.add("glyf", b"".join(glyphs))
    made.add("loca", struct.pack(f">{len(places)}L", *places))
    head = bytearray(tables["head"])
    struct.pack_into(">h", head, _LONG_OFFSETS_AT, 1)
    made.add("head", bytes(head))
    stream: bytes = made.makeStream()
    return stream


def _tables(font: bytes) -> Iterator[tuple[str, bytes]]:
    (count,) = struct.unpack_from(">H", font, 4)
    for number in range(count):
        name, _, start, length = struct.unpack_from(">4sLLL", font, 12 + 16 * number)
        yield name.decode("ascii"), font[start : start + length]


def _glyphs(tables: dict[str, bytes]) -> Iterator[bytes]:
    (count,) = struct.unpack_from(">H", tables["maxp"], 4)
    (is_long,) = struct.unpack_from(">h", tables["head"], _LONG_OFFSETS_AT)
    places = struct.unpack_from(f">{count + 1}{'L' if is_long else 'H'}", tables["loca"])
    unit = 1 if is_long else 2
    for start, end in pairwise(places):
        yield tables["glyf"][start * unit : end * unit]


def _without_instructions(glyph: bytes) -> bytes:
    if not glyph:
        return b""
    (contours,) = struct.unpack_from(">h", glyph)
    if contours < 0:
        kept = _parts(glyph)
    else:
        at = 10 + 2 * contours
        (length,) = struct.unpack_from(">H", glyph, at)
        kept = glyph[:at] + bytes(2) + glyph[at + 2 + length :]
    return kept + bytes(-len(kept) % 4)


def _parts(glyph: bytes) -> bytes:
    """Return a glyph that is made of others up to its last part."""
    made, at, more = bytearray(glyph), 10, True
    while more:
        (flags,) = struct.unpack_from(">H", glyph, at)
        struct.pack_into(">H", made, at, flags & ~_INSTRUCTED)
        at += 8 if flags & _WORDS else 6
        at += 2 if flags & _SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _MATRIX else 0
        more = bool(flags & _MORE)
    return bytes(made[:at])
