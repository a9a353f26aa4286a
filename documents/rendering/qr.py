"""The code that any camera opens, as filled rectangles."""

from functools import lru_cache

import segno

# Automatic choice tries eight masks and costs four times as much; any mask is valid.
_MASK = 2
QUIET_MODULES = 4


def modules(text: str) -> int:
    """Return how many modules wide the symbol is, quiet zone not counted."""
    return len(_symbol(text).matrix)


def operators(text: str, x: float, y: float, symbol_size: float) -> str:
    """
    Return PDF operators that fill the symbol, its lower left corner at (x, y), in points.

    The quiet zone is the caller's to keep: `QUIET_MODULES` modules of white on each side.
    """
    matrix = _symbol(text).matrix
    count = len(matrix)
    scale = symbol_size / count
    out = [f"q {scale:.5f} 0 0 {scale:.5f} {x:.3f} {y:.3f} cm 0 g"]
    for index, row in enumerate(matrix):
        column = 0
        while column < count:
            end = column
            while end < count and row[end]:
                end += 1
            if end > column:
                out.append(f"{column} {count - 1 - index} {end - column} 1 re")
            column = end + 1
    out.append("f Q")
    return "\n".join(out)


@lru_cache(maxsize=4)
def _symbol(text: str) -> segno.QRCode:
    # Level M beats Q at equal printed size: fewer modules, each larger.
    return segno.make(text, error="M", boost_error=False, micro=False, mask=_MASK)
