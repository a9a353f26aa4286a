"""
Engraver's lines, drawn as curves: the band around the sheet, the rosette behind the words.

Each is one short piece in the same letters again and again, moved or turned on: what repeats is
packed to next to nothing, and a paper has some thousand such curves.
"""

import math
from functools import cache

# A half wave of a sine as one Bezier curve: where its handles stand, and how high.
_HANDLE_ALONG = 0.3642
_HANDLE_HIGH = 4 / 3


@cache
def band(left: float, bottom: float, right: float, top: float, height: float) -> str:
    """Return operators for four interwoven waves along each side of a rectangle, in points."""
    out: list[str] = []
    middle = height / 2
    sides = (
        (left + height, bottom + middle, right - left - 2 * height, 0),
        (left + height, top - middle, right - left - 2 * height, 0),
        (left + middle, bottom + height, top - bottom - 2 * height, 90),
        (right - middle, bottom + height, top - bottom - 2 * height, 90),
    )
    for x, y, length, angle in sides:
        turn = "1 0 0 1" if angle == 0 else "0 1 -1 0"
        waves = round(length / 15)
        # Round ends, so that no seam shows where two pieces meet.
        out.append(f"q 1 J {turn} {x:.2f} {y:.2f} cm")
        for amplitude, shift in ((0.42, 0.0), (0.42, 0.5), (0.24, 0.25), (0.24, 0.75)):
            out.append(_waves(length / waves, waves, amplitude * height, shift))
        out.append("Q")
    for x in (left + middle, right - middle):
        for y in (bottom + middle, top - middle):
            out.append(rosette(x, y, middle * 0.94, 6, 4))
    return "\n".join(out)


@cache
def rosette(x: float, y: float, radius: float, petals: int, rings: int) -> str:
    """Return operators for rings of one petal curve, each turned a little against the last."""
    steps = petals * 8
    points = [_petal(2 * math.pi * step / steps, radius, petals) for step in range(steps)]
    ring = [_closed(points), _turned(2 * math.pi / (rings * petals))]
    return "\n".join([f"q 1 0 0 1 {x:.2f} {y:.2f} cm", *ring * rings, "Q"])


def _petal(angle: float, radius: float, petals: int) -> tuple[float, float]:
    reach = radius * (0.68 + 0.32 * math.cos(petals * angle))
    return reach * math.cos(angle), reach * math.sin(angle)


def _turned(angle: float) -> str:
    along, across = math.cos(angle), math.sin(angle)
    return f"{along:.6f} {across:.6f} {-across:.6f} {along:.6f} 0 0 cm"


def _waves(wave: float, waves: int, amplitude: float, shift: float) -> str:
    """Return that many waves of this length; `shift` is in halves of one."""
    half = wave / 2
    up, down = _half(0, half, amplitude), _half(half, half, -amplitude)
    on = f"1 0 0 1 {wave:.4f} 0 cm"
    # What lies before the first half wave and after the last is left to the corners' rosettes.
    whole, rest = (waves, []) if shift == 0 else (waves - 1, ["0 0 m", up, "S"])
    return "\n".join(
        [
            f"q 1 0 0 1 {shift * half:.4f} 0 cm",
            *["0 0 m", up, down, "S", on] * whole,
            *rest,
            "Q",
        ]
    )


def _half(x: float, half: float, amplitude: float) -> str:
    high = amplitude * _HANDLE_HIGH
    return (
        f"{x + _HANDLE_ALONG * half:.2f} {high:.2f} "
        f"{x + (1 - _HANDLE_ALONG) * half:.2f} {high:.2f} {x + half:.2f} 0 c"
    )


def _closed(points: list[tuple[float, float]]) -> str:
    """A smooth closed curve through the points (Catmull-Rom as Bezier curves)."""
    count = len(points)
    out = [f"{points[0][0]:.1f} {points[0][1]:.1f} m"]
    for i in range(count):
        before, here = points[i - 1], points[i]
        there, after = points[(i + 1) % count], points[(i + 2) % count]
        leaving = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        coming = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        out.append(" ".join(f"{value:.1f}" for value in (*leaving, *coming, *there)) + " c")
    out.append("s")
    return "\n".join(out)
