"""The sRGB profile that PDF/A wants embedded, written from the numbers of IEC 61966-2-1."""

import struct
from functools import cache

# Primaries adapted to D50 (Bradford), as every sRGB profile since 1998 states them.
_D50 = (0.9642, 1.0, 0.8249)
_RED = (0.43607, 0.22249, 0.01392)
_GREEN = (0.38515, 0.71687, 0.09708)
_BLUE = (0.14307, 0.06061, 0.71410)


@cache
def srgb() -> bytes:
    """Return an ICC version 2.1 display profile: three primaries and one shared curve."""
    curve = b"curv\0\0\0\0" + struct.pack(">I", 1024)
    curve += struct.pack(">1024H", *(round(_linear(i / 1023) * 65535) for i in range(1024)))
    blocks = {
        b"desc": _description("sRGB IEC61966-2.1"),
        b"cprt": b"text\0\0\0\0" + b"No copyright: facts of IEC 61966-2-1\0",
        b"wtpt": _xyz(_D50),
        b"rXYZ": _xyz(_RED),
        b"gXYZ": _xyz(_GREEN),
        b"bXYZ": _xyz(_BLUE),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, data, places = b"", b"", dict[bytes, int]()
    start = 128 + 4 + 12 * len(blocks)
    for tag, block in blocks.items():
        if block not in places:
            places[block] = start + len(data)
            data += block + b"\0" * (-len(block) % 4)
        table += tag + struct.pack(">II", places[block], len(block))
    header = struct.pack(
        ">I4sI4s4s4s6H4s4sI4s4sQI3i48x",
        start + len(data), b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ",
        2000, 1, 1, 0, 0, 0, b"acsp", b"\0\0\0\0", 0, b"\0\0\0\0", b"\0\0\0\0", 0, 0,
        *(round(v * 65536) for v in _D50),
    )  # fmt: skip
    return header + struct.pack(">I", len(blocks)) + table + data


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in values))


def _description(text: str) -> bytes:
    ascii_text = text.encode() + b"\0"
    # textDescriptionType: the ASCII name, then empty Unicode and Macintosh names.
    return b"desc\0\0\0\0" + struct.pack(">I", len(ascii_text)) + ascii_text + b"\0" * 78
