"""A dissolved area is served wherever it lies since; what cites it stays as it is."""

from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from kernel.country import BadPack, pack_folder, read_country
from places import queries as places
from places import reforms
from places.models import Area, AreaChange, Office
from places.operations import pack as places_pack
from places.operations import packchanges
from places.reforms import Served

pytestmark = pytest.mark.django_db

LEVELS = ("sector", "district", "province", "national")
REFORM = date(2026, 6, 1)
HEAD = "old,old_name,new,since,law\n"


def serving(code: str, levels: tuple[str, ...] = LEVELS, *, on: date = REFORM) -> Served:
    return reforms.serving(code, levels, agency_code="nida", on=on)


def change(old: str, *new: str, since: date = REFORM) -> None:
    for one in new:
        AreaChange.objects.create(
            old_code=old, old_name=old, new=Area.objects.get(code=one), since=since, law="A law"
        )


def dissolve(*codes: str) -> None:
    Area.objects.filter(code__in=codes).update(active=False)
    Office.objects.filter(area__code__in=codes).update(active=False)


def test_an_area_of_today_is_served_by_its_own_office(rw) -> None:
    found = serving("1209")
    assert (found.office.code, found.followed) == ("sector-1209", False)
    assert reforms.serving_each(["1209", "1101"], LEVELS, agency_code="nida", on=REFORM)[
        "1101"
    ].office.code == ("sector-1101")


def test_a_dissolved_area_is_served_by_its_successor_since_that_day(rw) -> None:
    change("1209", "1213")
    assert serving("1209", on=date(2026, 5, 31)).office.code == "sector-1209"
    dissolve("1209")
    found = serving("1209")
    assert (found.office.code, found.followed, found.split) == ("sector-1213", True, False)


@pytest.mark.parametrize(
    ("parts", "office"),
    [(("1213", "1210"), "district-12"), (("1213", "1101"), "national-nida")],
)
def test_a_split_area_is_served_by_the_nearest_office_above_all_its_parts(
    rw, parts: tuple[str, ...], office: str
) -> None:
    Office.objects.filter(level="province").update(active=False)
    change("1209", *parts)
    dissolve("1209")
    found = serving("1209")
    assert (found.office.code, found.split) == (office, True)


def test_a_reform_of_a_reform_is_followed_and_a_circle_ends(rw) -> None:
    change("1209", "1213")
    change("1213", "1210")
    assert serving("1209").office.code == "sector-1210"
    change("1210", "1209")
    assert serving("1209").followed


def test_what_lay_in_a_dissolved_area_follows_it(rw) -> None:
    change("12", "11")
    dissolve("1209", "12")
    found = serving("1209")
    assert (found.office.code, found.followed) == ("district-11", True)


def test_a_code_that_nobody_ever_had_is_nowhere(rw) -> None:
    assert serving("9999").office.code == "national-nida"
    with pytest.raises(places.NoOffice):
        serving("9999", ("sector",))


def test_the_provinces_of_burundi_before_2025_lead_to_the_five(db) -> None:
    pack = pack_folder("bi")
    levels = (*reversed(read_country(pack).area_levels), "national")
    places_pack.load(pack)
    on = date(2025, 7, 1)
    found = reforms.serving_each(
        set(AreaChange.objects.values_list("old_code", flat=True)), levels, agency_code="gup", on=on
    )
    assert len(found) == 18
    assert found["BI-CA"].office.code == "province-01"
    assert found["BI-RM"].office.level == "national"  # Rumonge lies in two of them now.
    assert sum(one.split for one in found.values()) == 1
    before = reforms.serving("BI-CA", levels, agency_code="gup", on=date(2025, 6, 4))
    assert not before.followed
    assert packchanges.load(pack) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("1209,Old,9999,2026-06-01,Law\n", "line 2: "),
        ("1209,Old,1209,2026-06-01,Law\n", "is no area that could follow"),
        ("1209,Old,1213,soon,Law\n", "is no day"),
        ("1209,Old,1213,2026-06-01,\n", "must be filled"),
        ("1209,Old,1213,2026-06-01,L\n1209,Old,1213,2026-06-01,L\n", "stands twice"),
        ("1209,Old,1213,2026-06-01,L\n1209,Old,1210,2026-06-02,L\n", "ends on two days"),
    ],
)
def test_a_reform_that_cannot_be_is_refused(rw, tmp_path: Path, rows: str, said: str) -> None:
    (tmp_path / packchanges.FILE).write_text(HEAD + rows)
    with pytest.raises(BadPack, match=said):
        packchanges.load(tmp_path)


def test_a_reform_that_the_pack_takes_back_is_gone(rw, tmp_path: Path) -> None:
    file = tmp_path / packchanges.FILE
    file.write_text(HEAD + "1209,Old,1213,2026-06-01,Law\n")
    assert [one.code for one in packchanges.load(tmp_path)] == ["1209"]
    file.unlink()
    assert [one.code for one in packchanges.load(tmp_path)] == ["1209"]
    assert not AreaChange.objects.exists()


@pytest.mark.parametrize(
    ("new", "since", "rule"),
    [
        ("1209", REFORM, "area_change_leads_on"),
        ("1210", date(2026, 7, 1), "area_change_on_one_day"),
    ],
)
def test_postgresql_says_the_same(rw, new: str, since: date, rule: str) -> None:
    change("1209", "1213")
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        change("1209", new, since=since)
    assert refusal.value.__cause__.diag.constraint_name == rule
