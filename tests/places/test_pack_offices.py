"""What a pack says of its areas, agencies and offices, and what it may not say."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from kernel.country import BadPack
from places.models import Agency, Area, Office
from places.operations import pack as places
from tests.countries.packs import TINY

pytestmark = pytest.mark.django_db

ISLANDS, OFFICES, AGENCIES = "areas/island.csv", "offices.yaml", "agencies.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def _place(copy: Path, lat: str, lon: str) -> None:
    (copy / ISLANDS).write_text(f"code,name,lat,lon\nN,North,{lat},{lon}\nS,South,,\n")


def test_an_area_lies_where_the_pack_says(copy: Path) -> None:
    _place(copy, "-4.67961234", "55.49198")
    places.load(copy)
    north = Area.objects.get(code="N")
    assert (north.latitude, north.longitude) == (Decimal("-4.679612"), Decimal("55.491980"))
    assert Area.objects.get(code="S").latitude is None
    assert [one for one in places.load(copy) if one.kind == "area"] == []


@pytest.mark.parametrize(
    ("lat", "lon", "said"),
    [
        ("91", "0", "nowhere on the earth"),
        ("0", "-180.1", "nowhere on the earth"),
        ("NaN", "0", "is no point"),
        ("Infinity", "0", "island.csv, line 2: .*is no point"),
        ("1e400", "0", "island.csv, line 2: "),
        ("4", "", "is no point"),
        ("north", "0", "is no point"),
    ],
)
def test_a_point_that_is_none_is_refused_with_its_line(
    copy: Path, lat: str, lon: str, said: str
) -> None:
    _place(copy, lat, lon)
    with pytest.raises(BadPack, match=said):
        places.load(copy)


def test_an_office_has_its_head_and_its_contact_and_an_agency_its_charter(copy: Path) -> None:
    more = (
        "phone: '+248 4 000 000'\n    email: a@b.example\n    address: Pier 1\n    one_stop: true\n"
    )
    _change(copy / OFFICES, "phone: '+248 4 000 000'\n", more + "    head: {en: Warden}\n")
    _change(copy / AGENCIES, "names:", "charter: {en: We answer.}\n  names:")
    places.load(copy)
    office = Office.objects.get(code="parish-n1")
    assert (office.email, office.address, office.head) == (
        "a@b.example",
        "Pier 1",
        {"en": "Warden"},
    )
    assert office.one_stop
    assert not Office.objects.get(code="island-N").one_stop
    assert Agency.objects.get().charter == {"en": "We answer."}
    assert places.load(copy) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (OFFICES, "phone:", "head: Mr Smith\n    phone:", r"named\[0\].head must map languages"),
        (AGENCIES, "names:", "charter: yes\n  names:", r"charter must map languages"),
        (AGENCIES, "names:", "director: x\n  names:", r'unknown key "director"'),
    ],
)
def test_what_is_no_text_by_language_is_refused(
    copy: Path, file: str, old: str, new: str, said: str
) -> None:
    _change(copy / file, old, new)
    with pytest.raises(BadPack, match=said):
        places.load(copy)


def test_an_office_that_the_pack_drops_is_closed_and_opens_again_with_the_next(copy: Path) -> None:
    places.load(TINY)
    _change(copy / OFFICES, "code: parish-n1", "code: parish-n2")
    places.load(copy)
    assert not Office.objects.get(code="parish-n1").active
    changes = [(one.code, one.what) for one in places.load(TINY)]
    assert changes == [("parish-n1", "changed"), ("parish-n2", "retired")]
    assert Office.objects.get(code="parish-n1").active
