"""Offices by area, from the country down, and by a name that need not be spelt right."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from places import directory
from places import queries as places
from places.models import Area, Office

pytestmark = pytest.mark.django_db


def _codes(offices: list[Office]) -> list[str]:
    return [one.code for one in offices]


def test_the_country_shows_its_provinces_and_its_national_offices(rw) -> None:
    room = directory.room("")
    names = [part.area.name for part in room.parts]
    assert names == sorted(names)
    assert {part.area.code for part in room.parts} == set("12345")
    assert all(office.level == "national" for office in room.serving)
    assert sum(part.deeper for part in room.parts) == 446
    assert room.above == []


def test_a_district_shows_its_office_and_those_of_its_sectors(rw) -> None:
    room = directory.room("12")
    assert _codes(room.serving) == ["district-12"]
    assert [area.code for area in room.above] == ["1"]
    names = [part.area.name for part in room.parts]
    assert names == sorted(names)
    kimironko = next(part for part in room.parts if part.area.code == "1209")
    assert (_codes(kimironko.offices), kimironko.deeper) == (["sector-1209"], 0)


def test_a_sector_is_served_by_its_own_office_first(rw) -> None:
    room = directory.room("1209")
    assert _codes(room.serving) == ["sector-1209", "district-12"]
    assert room.parts == []


def test_a_closed_office_is_shown_nowhere(rw) -> None:
    Office.objects.filter(code="sector-1209").update(active=False)
    assert "1209" not in [part.area.code for part in directory.room("12").parts]
    assert directory.open_office("sector-1209") is None
    assert "sector-1209" not in _codes([one.office for one in directory.find("Kimironko")[0]])


@pytest.mark.parametrize("code", ["nowhere", "' OR 1=1", "1209 "])
def test_an_unknown_area_has_no_room(rw, code: str) -> None:
    with pytest.raises(places.NoArea):
        directory.room(code)


def test_many_areas_come_page_by_page(rw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "AREAS_PER_PAGE", 10)
    seen, after = [], ""
    while True:
        room = directory.room("12", after=after)
        seen += [part.area.code for part in room.parts]
        after = room.older
        if not after:
            break
    assert len(seen) == len(set(seen)) == 15


def test_a_room_costs_as_many_queries_however_much_is_in_it(
    rw, django_assert_max_num_queries
) -> None:
    for code in ("", "1", "12", "1209"):
        with django_assert_max_num_queries(5):
            directory.room(code)


FOUND = [
    # typed, the first office
    ("Kimironko", "sector-1209"),
    ("kimironko", "sector-1209"),
    ("Kimironco", "sector-1209"),
    ("Kimiro", "sector-1209"),
    ("Gasabo", "district-12"),
    ("Kimironko sector office", "sector-1209"),
    ("Umurenge wa Kimironko", "sector-1209"),
]


@pytest.mark.parametrize(("typed", "first"), FOUND)
def test_an_office_is_found_by_its_area_or_its_name(rw, typed: str, first: str) -> None:
    found, _more = directory.find(typed)
    assert first in _codes([one.office for one in found[:3]])


def test_an_area_without_an_office_of_its_own_leads_inside(rw) -> None:
    assert [area.code for area in directory.rooms_called("southern")] == ["2"]
    assert directory.rooms_called("Kimironko") == directory.rooms_called("") == []


def test_a_small_area_leads_to_the_office_that_serves_it(rw) -> None:
    sector = Area.objects.get(code="1209")
    Area.objects.create(
        code="120999", name="Zuluwere", level=4, level_name="cell", parent=sector,
        path=f"{sector.path}/120999",
    )  # fmt: skip
    found = directory.find("zuluwere")[0][0]
    assert (found.office.code, found.meant.code) == ("sector-1209", "120999")


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "qqqqqqq", "%", "_", "\\", "'; --"])
def test_what_means_nothing_finds_nothing_and_breaks_nothing(rw, typed: str) -> None:
    assert directory.find(typed) == ([], False)


def test_the_one_stop_shops_are_those_that_the_pack_says(rw) -> None:
    assert directory.one_stop_shops() == []
    Office.objects.filter(code="district-12").update(one_stop=True)
    assert _codes(directory.one_stop_shops()) == ["district-12"]


def test_what_lies_inside_an_area_is_counted_by_level(rw) -> None:
    assert directory.areas_inside(Area.objects.get(code="12")) == {"sector": 15}
    assert directory.offices_by_level(["sector", "district"]) == {"sector": 416, "district": 30}


def test_postgresql_knows_where_the_earth_ends(rw) -> None:
    for latitude, longitude in ((91, 0), (0, 181), (1, None)):
        with (
            pytest.raises(IntegrityError, match="area_lies_on_the_earth"),
            transaction.atomic(),
        ):
            Area.objects.filter(code="12").update(latitude=latitude, longitude=longitude)


def test_what_is_found_comes_page_by_page_and_no_more_than_five_of_them(
    rw, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
) -> None:
    monkeypatch.setattr(directory, "FOUND_MAX", 4)
    seen, page, has_more = [], 0, True
    while has_more:
        with django_assert_num_queries(3):
            found, has_more = directory.find("sector office", page=page)
        assert len(found) <= 4
        seen += _codes([one.office for one in found])
        page += 1
    assert page == directory.PAGES_MAX
    assert len(seen) == len(set(seen)) == 20
    assert directory.find("sector office", page=page) == ([], False)


def test_the_offices_of_a_country_are_counted_and_not_read(rw) -> None:
    with CaptureQueriesContext(connection) as asked:
        room = directory.room("")
    assert sum(part.deeper for part in room.parts) > 20
    for part in room.parts:
        inside = Office.objects.filter(active=True, area__path__startswith=f"{part.area.path}/")
        assert part.deeper == inside.count()
    (counted,) = [one["sql"] for one in asked if "split_part" in one["sql"]]
    assert "GROUP BY" in counted
