"""The map without tiles: everybody on the sheet, nobody on top of another, the same every time."""

import csv
import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.country import pack_folder
from places import mapping

with (pack_folder("ke") / "areas" / "county.csv").open(encoding="utf-8", newline="") as _lines:
    COUNTIES = {
        row["code"]: (float(row["lat"]), float(row["lon"])) for row in csv.DictReader(_lines)
    }


def test_the_counties_of_kenya_can_each_be_hit() -> None:
    sheet = mapping.draw(COUNTIES)
    assert len(sheet.marks) == 47
    for one, other in combinations(sheet.marks, 2):
        # Whole units of the sheet: up to one and a half are lost in rounding.
        assert math.hypot(one.x - other.x, one.y - other.y) >= mapping.APART - 1.5
    assert mapping.draw(COUNTIES) == sheet


def test_north_is_up_and_east_is_right() -> None:
    marks = {mark.code: mark for mark in mapping.draw(COUNTIES).marks}
    mombasa, turkana, mandera = marks["001"], marks["023"], marks["009"]
    assert turkana.y < mombasa.y
    assert turkana.x < mandera.x


@pytest.mark.parametrize("points", [{}, {"a": (1.0, 2.0)}])
def test_fewer_than_two_points_make_no_map(points: dict[str, tuple[float, float]]) -> None:
    assert mapping.draw(points) is None


@given(
    st.dictionaries(
        st.sampled_from("abcdefghij"),
        st.tuples(st.floats(-80, 80), st.floats(-180, 180)),
        min_size=2,
    )
)
def test_every_mark_lies_on_the_sheet(points: dict[str, tuple[float, float]]) -> None:
    sheet = mapping.draw(points)
    for mark in sheet.marks:
        assert mapping.RADIUS <= mark.x <= mapping.WIDTH - mapping.RADIUS
        assert mapping.RADIUS <= mark.y <= sheet.height - mapping.RADIUS
