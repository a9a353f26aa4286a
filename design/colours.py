"""What can be reckoned about colours: how well one is read on another, and what lies between."""

from collections.abc import Iterator


def contrast(one: str, other: str) -> float:
    """Return the ratio of WCAG 2.2, 1.4.3, from 1 to 21; colours are #rgb or #rrggbb."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """Return `one` with this share (0 to 1) of `other` in it, each part by itself."""
    parts = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def readable_on(ground: str, *inks: str) -> str:
    """Return the ink that is read best on the ground."""
    return max(inks, key=lambda ink: contrast(ink, ground))


def _luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _parts(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parts(colour: str) -> Iterator[int]:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return (int(digits[i : i + 2], 16) for i in (0, 2, 4))
