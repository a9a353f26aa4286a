"""Each country of the house is whole: everything that its sources give is there, and counted."""

import re
from dataclasses import dataclass

import holidays
import phonenumbers
import pytest
from django.core.management import call_command
from django.db.models import Count

from catalogue.models import Category, Need, Service
from kernel.country import Country, pack_folder, read_country
from kernel.money import EXPONENTS
from payments.models import Rail
from places.models import Agency, Area, Beneficiary, Office

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Whole:
    """What a pack holds. Areas and services as `SOURCES.md` of the pack counts them."""

    areas: dict[str, int]
    offices: dict[str, int]
    one_stop: int
    agencies: int
    services: int
    applicable: int
    districts: int  # Beneficiaries that are areas.
    placed: int  # Areas of which a source says where they lie.
    languages: tuple[str, ...]


PACKS = {
    "rw": Whole(
        areas={"province": 5, "district": 30, "sector": 416, "cell": 2148, "village": 14846},
        offices={"sector": 416, "district": 30, "national": 10},
        one_stop=0,
        agencies=10,
        services=38,
        applicable=9,
        districts=30,
        placed=0,
        languages=("rw", "en", "fr"),
    ),
    "ke": Whole(
        areas={"county": 47, "constituency": 290, "ward": 1450},
        offices={"constituency": 290, "county": 47, "national": 7},
        one_stop=0,
        agencies=8,
        services=23,
        applicable=3,
        districts=47,
        placed=47,
        languages=("sw", "en"),
    ),
    "bi": Whole(
        areas={"province": 5, "commune": 42, "zone": 451, "colline": 3044},
        offices={"province": 5, "commune": 42, "national": 8},
        one_stop=8,
        agencies=9,
        services=23,
        applicable=4,
        districts=42,
        placed=0,
        languages=("rn", "fr", "en"),
    ),
}


@pytest.fixture(params=PACKS)
def code(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def pack(code: str) -> Country:
    return read_country(pack_folder(code))


def test_nothing_that_the_sources_give_is_missing(code: str, settings) -> None:
    settings.COUNTRY_CODE = code
    call_command("load_country", code, verbosity=0)
    whole = PACKS[code]
    assert dict(Area.objects.values_list("level_name").annotate(Count("id"))) == whole.areas
    assert dict(Office.objects.values_list("level").annotate(Count("id"))) == whole.offices
    assert Office.objects.filter(one_stop=True).count() == whole.one_stop
    assert Area.objects.filter(latitude__isnull=False).count() == whole.placed
    assert Agency.objects.count() == whole.agencies
    services = Service.objects.filter(active=True)
    assert services.count() == whole.services
    assert services.filter(current__definition__applicable=True).count() == whole.applicable
    assert Beneficiary.objects.filter(kind="district").count() == whole.districts
    assert not Category.objects.filter(service__isnull=True).exists()
    assert not Need.objects.filter(links__isnull=True).exists()
    # No address of an office was ever published: none stands as if it had been.
    assert not Office.objects.filter(by_rule=False).exists()
    _codes_begin_with_their_parents()
    _phones_are_of_the_country(read_country(pack_folder(code)))


def test_its_offices_and_agencies_are_served(code: str, settings, client) -> None:
    settings.COUNTRY_CODE = code
    call_command("load_country", code, verbosity=0)
    one_a_level = Office.objects.order_by("level", "code").distinct("level")
    addresses = ["/offices/", *(f"/agencies/{one.code}/" for one in Agency.objects.all())]
    for office in one_a_level:
        addresses += [f"/offices/{office.code}/", f"/offices/{office.code}/wall/"]
        if office.area:
            addresses.append(f"/offices/?area={office.area.code}")
    for address in addresses:
        assert client.get(address).status_code == 200, address
    home = client.get("/offices/").content.decode()
    assert home.count("<circle") >= PACKS[code].placed
    assert ('class="map"' in home) == bool(PACKS[code].placed)


def _codes_begin_with_their_parents() -> None:
    for own, above in Area.objects.filter(level__gt=1).values_list("code", "parent__code"):
        assert own.startswith(above)


def _phones_are_of_the_country(country: Country) -> None:
    calling_code = phonenumbers.country_code_for_region(country.phone_region)
    prefixes = [one for rail in Rail.objects.filter(active=True) for one in rail.prefixes]
    assert prefixes
    assert len(prefixes) == len(set(prefixes))
    assert all(one.startswith(f"+{calling_code}") for one in prefixes)


def test_what_a_country_says_of_itself_is_known(code: str, pack: Country) -> None:
    assert pack.languages == PACKS[code].languages
    assert set(pack.names) == set(pack.languages)
    assert pack.currency_exponent == EXPONENTS[pack.currency]
    assert holidays.country_holidays(pack.holidays, years=2026)
    assert pack.zone
    assert re.fullmatch(pack.national_id_pattern, pack.national_id_example.replace(" ", ""))
    assert list(pack.area_levels) == list(PACKS[code].areas)
    # What no source gives is an assumption, and pages say so.
    assert pack.hours_assumed


def test_every_level_of_areas_has_a_name_for_people(pack: Country) -> None:
    for level in pack.area_levels:
        assert {"en", "fr"} <= set(pack.level_names[level])
    assert pack.level_name("moon", "en") == "Moon"
