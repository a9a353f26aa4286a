"""The code that any camera opens, as filled rectangles."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import segno
import zxingcpp

# Automatic choice tries eight masks and costs four to ten times as much; any mask is valid.
_MASK = 2
QUIET_MODULES = 4
_DARK = bytes([1] * 128 + [0] * 128)  # From a pixel's brightness to a module.

Rows = Sequence[bytes]  # One byte a module; 1 is dark.


def modules(text: str) -> int:
    """Return how many modules wide the symbol is, quiet zone not counted."""
    return len(_symbol(text))


def operators(text: str, x: float, y: float, symbol_size: float) -> str:
    """
    Return PDF operators that fill the symbol, its lower left corner at (x, y), in points.

    The quiet zone is the caller's to keep: `QUIET_MODULES` modules of white on each side.
    """
    rows = _symbol(text)
    count = len(rows)
    scale = symbol_size / count
    out = [f"q {scale:.5f} 0 0 {scale:.5f} {x:.3f} {y:.3f} cm 0 g"]
    for index, row in enumerate(rows):
        above = count - 1 - index
        begin = row.find(1)
        while begin >= 0:
            end = row.find(0, begin)
            end = count if end < 0 else end
            out.append(f"{begin} {above} {end - begin} 1 re")
            begin = row.find(1, end)
    out.append("f Q")
    return "\n".join(out)


@lru_cache(maxsize=4)
def _symbol(text: str) -> Rows:
    # Level M beats Q at equal printed size: fewer modules, each larger.
    if "#" in text:
        return _in_parts(text)
    made = segno.make(text, error="M", boost_error=False, micro=False, mask=_MASK)
    return [bytes(row) for row in made.matrix]


def _in_parts(text: str) -> Rows:
    """
    Return the symbol of an address with signed facts behind its "#".

    That one character is not of those that a symbol stores in 5.5 bits: zxing changes the mode
    for it alone, where segno would store all of it in bytes and need 4 versions more.
    """
    made = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=_MASK
    )
    pixels: Any = made.to_image(scale=1, add_quiet_zones=False)
    return [bytes(row).translate(_DARK) for row in memoryview(pixels).tolist()]
