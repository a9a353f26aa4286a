"""Engraver's lines, drawn as curves: the band around the sheet, the rosette behind the words."""

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
        out.append(f"q {turn} {x:.2f} {y:.2f} cm")
        halves = 2 * round(length / 15)
        for amplitude, shift in ((0.42, 0.0), (0.42, 0.5), (0.24, 0.25), (0.24, 0.75)):
            out.append(_wave(length, halves, amplitude * height, shift))
        out.append("Q")
    for x in (left + middle, right - middle):
        for y in (bottom + middle, top - middle):
            out.append(rosette(x, y, middle * 0.94, 6, 4))
    return "\n".join(out)


@cache
def rosette(x: float, y: float, radius: float, petals: int, rings: int) -> str:
    """Return operators for rings of one petal curve, each turned a little against the last."""
    out = [f"q 1 0 0 1 {x:.2f} {y:.2f} cm"]
    steps = petals * 8
    for ring in range(rings):
        phase = 2 * math.pi * ring / (rings * petals)
        points = [
            _petal(2 * math.pi * step / steps, radius, petals, phase) for step in range(steps)
        ]
        out.append(_closed(points))
    out.append("Q")
    return "\n".join(out)


def _petal(angle: float, radius: float, petals: int, phase: float) -> tuple[float, float]:
    reach = radius * (0.68 + 0.32 * math.cos(petals * (angle - phase)))
    return reach * math.cos(angle), reach * math.sin(angle)


def _wave(length: float, halves: int, amplitude: float, shift: float) -> str:
    half = length / halves
    start = shift * half
    # What lies before the first half wave and after the last is left to the corners' rosettes.
    out = [f"{start:.1f} 0 m"]
    for index in range(halves if shift == 0 else halves - 1):
        x = start + index * half
        high = amplitude * _HANDLE_HIGH * (1 if index % 2 == 0 else -1)
        out.append(
            f"{x + _HANDLE_ALONG * half:.1f} {high:.1f} "
            f"{x + (1 - _HANDLE_ALONG) * half:.1f} {high:.1f} {x + half:.1f} 0 c"
        )
    out.append("S")
    return "\n".join(out)


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
