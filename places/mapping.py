"""A map without tiles: points of areas on a sheet, pushed apart until each can be hit."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

# In the sheet's own units. At 360 px a sheet is some 320 px wide: a mark of radius 13 is then hit
# by a finger (24 px, WCAG 2.5.8).
WIDTH = 320
RADIUS = 13
MARGIN = 18
# Two marks that touch are hit by mistake.
APART = 2 * RADIUS + 1
ROUNDS_MAX = 400


@dataclass(frozen=True)
class Mark:
    """Where the mark of an area stands; `x` to the right and `y` down, in the sheet's units."""

    code: str
    x: int
    y: int


@dataclass(frozen=True)
class Sheet:
    """All marks, and how high the sheet is whose width is WIDTH."""

    height: int
    marks: Sequence[Mark]


def draw(points: Mapping[str, tuple[float, float]]) -> Sheet | None:
    """
    Return the sheet of these points, latitude and longitude in degrees by code; None for under two.

    The same points give the same sheet. Near neighbours are pushed apart, so that it shows who
    lies beside whom and no distances.
    """
    return _drawn(tuple(sorted(points.items()))) if len(points) > 1 else None


@lru_cache(maxsize=64)  # A country's areas stay where they are.
def _drawn(sorted_points: tuple[tuple[str, tuple[float, float]], ...]) -> Sheet:
    points = dict(sorted_points)
    codes = list(points)
    middle = math.radians(sum(lat for lat, _ in points.values()) / len(points))
    # Equirectangular: true enough for one country, and north is up.
    flat = {code: (points[code][1] * math.cos(middle), -points[code][0]) for code in codes}
    left, right = _ends([x for x, _ in flat.values()])
    top, bottom = _ends([y for _, y in flat.values()])
    scale = (WIDTH - 2 * MARGIN) / max(right - left, (bottom - top) / 2, 1e-9)
    places = {
        code: [MARGIN + (x - left) * scale, MARGIN + (y - top) * scale]
        for code, (x, y) in flat.items()
    }
    height = round((bottom - top) * scale) + 2 * MARGIN
    _push_apart([places[code] for code in codes], height)
    marks = [Mark(code, round(places[code][0]), round(places[code][1])) for code in codes]
    return Sheet(height, marks)


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)


def _push_apart(places: Sequence[list[float]], height: int) -> None:
    """Move the places until no two are nearer than APART, as far as the sheet has room."""
    for _ in range(ROUNDS_MAX):
        still = True
        for one, other in combinations(places, 2):
            dx, dy = other[0] - one[0], other[1] - one[1]
            distance = math.hypot(dx, dy)
            if distance >= APART:
                continue
            still = False
            if distance < 1e-6:  # The same point twice: side by side.
                dx, dy, distance = 1.0, 0.0, 1.0
            push = (APART - distance) / 2 + 0.1
            for place, sign in ((one, -1), (other, 1)):
                place[0] = _within(place[0] + sign * push * dx / distance, WIDTH)
                place[1] = _within(place[1] + sign * push * dy / distance, height)
        if still:
            return


def _within(value: float, size: float) -> float:
    return min(max(value, MARGIN), size - MARGIN)
