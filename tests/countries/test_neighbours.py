"""Kenya and Burundi: each pack loads whole into an empty database, and its pages are served."""

import csv
import json
import re
from io import StringIO
from pathlib import Path

import phonenumbers
import pytest
from django.core.management import call_command
from django.db.models import Count
from django.urls import reverse

from accounts.models import Account
from catalogue.models import Service, ServiceVersion
from kernel.country import pack_folder, read_country
from kernel.money import EXPONENTS
from payments.models import LedgerAccount, Rail
from places import queries as places
from places.models import Agency, Area, Beneficiary, Office
from sandbox.population import World

AREAS = {
    "ke": {"county": 47, "constituency": 290, "ward": 1450},
    "bi": {"province": 5, "commune": 42, "zone": 451, "colline": 3044},
}
SERVICES = {"ke": 23, "bi": 23}
APPLICABLE = {
    "ke": {"birth-certificate": 20000, "marriage-certificate": 110000, "no-impediment": 1000000},
    "bi": {
        "birth-certificate": 0,
        "marriage-certificate": 500,
        "full-identity": 500,
        "residence": 500,
    },
}
RAILS = {
    "ke": [
        ("mpesa-ke", "mpesa", False),
        ("airtel-ke", "airtel", False),
        ("equity-ke", "jenga", False),
        ("kcb-ke", "kcb", False),
        ("bank-ke", "bycontract", True),
    ],
    "bi": [
        ("lumicash-bi", "bycontract", True),
        ("ecocash-bi", "bycontract", True),
        ("bank-bi", "bycontract", True),
    ],
}
# A service of each whose fee no source gives, and what its page then says.
UNPUBLISHED = {"ke": "birth-late", "bi": "national-id"}
HOME = {"ke": ("047274", "Westlands, Nairobi"), "bi": ("0209", "Mukaza, Bujumbura")}

pytestmark = pytest.mark.django_db
each_country = pytest.mark.parametrize("code", ["ke", "bi"])


def _load(code: str) -> str:
    out = StringIO()
    call_command("load_country", code, stdout=out)
    return out.getvalue()


@pytest.fixture
def loaded(code: str, settings) -> str:
    settings.COUNTRY_CODE = code
    return _load(code)


@each_country
def test_the_pack_loads_whole_and_a_second_time_changes_nothing(code, loaded) -> None:
    assert "unchanged" in _load(code)
    again = StringIO()
    call_command("load_country", code, force=True, stdout=again)
    assert f"{code}: 0 changes" in again.getvalue()


@each_country
def test_every_area_is_there_and_its_code_begins_with_its_parents(code, loaded) -> None:
    counted = Area.objects.values_list("level_name").annotate(Count("id"))
    assert dict(counted) == AREAS[code]
    for own, above in Area.objects.filter(parent__isnull=False).values_list("code", "parent__code"):
        assert own.startswith(above)
    home, line = HOME[code]
    assert places.area_line(home, "en").startswith(line)


@each_country
def test_its_rails_are_of_the_country_and_no_phone_belongs_to_two(code, loaded) -> None:
    country = read_country(pack_folder(code))
    rails = list(Rail.objects.filter(active=True).order_by("position"))
    assert [(rail.code, rail.kind, rail.by_contract) for rail in rails] == RAILS[code]
    assert {rail.currency for rail in rails} == {country.currency}
    for rail in rails:
        assert LedgerAccount.objects.filter(rail=rail).exists()
        for prefix in rail.prefixes:
            others = [p for other in rails if other != rail for p in other.prefixes]
            assert not [p for p in others if p.startswith(prefix) or prefix.startswith(p)]


@each_country
def test_a_phone_of_the_sandbox_pays_by_one_rail_of_the_pack(code, loaded) -> None:
    world = World.read(code)
    person = world.people[0]["phone"]
    serving = [r.code for r in Rail.objects.all() if person.startswith(tuple(r.prefixes) or "-")]
    assert serving == [f"{world.network_of(person.removeprefix('+'))}-{code}"]


@each_country
def test_services_are_all_there_with_their_sources_and_no_invented_law(code, loaded) -> None:
    country = read_country(pack_folder(code))
    assert country.currency_exponent == EXPONENTS[country.currency]
    assert Service.objects.filter(active=True).count() == SERVICES[code]
    for version in ServiceVersion.objects.all():
        assert version.definition["sources"]
        for fee in version.definition["fees"]:
            assert fee["legal_source"] is None
            assert fee["legal_checked"] is False
    carried = ServiceVersion.objects.filter(definition__applicable=True)
    assert {
        version.definition["code"]: version.definition["fees"][0]["amount_minor"]
        for version in carried
    } == APPLICABLE[code]


@each_country
def test_every_case_finds_its_office_and_every_fee_its_beneficiary(code, loaded) -> None:
    home, _ = HOME[code]
    for version in ServiceVersion.objects.all():
        says = version.definition
        agency = says["agency"] if says["office_level"] == "national" else None
        office = places.office_for(home, says["office_level"], agency_code=agency)
        area = office.area.code if office.area else None
        for fee in says["fees"]:
            assert places.beneficiary_for(fee["beneficiary"], area_code=area)
    assert Beneficiary.objects.filter(kind="treasury").count() == 1
    assert Office.objects.filter(by_rule=False).count() == 0
    assert Agency.objects.exists()


@each_country
@pytest.mark.parametrize("language", ["en", "fr"])
def test_its_pages_are_served_and_an_unknown_fee_is_said_to_be_so(
    code, loaded, client, language
) -> None:
    client.cookies["language"] = language
    assert client.get(reverse("catalogue:home")).status_code == 200
    for service in Service.objects.all():
        page = client.get(reverse("catalogue:service", args=[service.code]))
        assert page.status_code == 200
    client.cookies["language"] = "en"
    page = client.get(reverse("catalogue:service", args=[UNPUBLISHED[code]]))
    assert "not published" in page.content.decode()


@each_country
def test_the_demonstration_has_its_people(code, loaded, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    call_command("seed_demo", verbosity=0)
    told = json.loads((tmp_path / "demo.json").read_text())
    country = read_country(pack_folder(code))
    known = {person["national_id"] for person in World.read(code).people}
    text = (pack_folder(code) / "demo.yaml").read_text(encoding="utf-8")
    numbers = re.findall(r"national_id: '(.+)'", text)
    assert len(told) == Account.objects.count() >= 8
    assert all(re.fullmatch(country.national_id_pattern, number) for number in numbers)
    assert len(known.intersection(numbers)) == 1  # The officer who has a case of her own.


@each_country
def test_the_holidays_and_the_languages_of_the_pack_are_known(code) -> None:
    folder = pack_folder(code)
    country = read_country(folder)
    example = phonenumbers.example_number(country.phone_region)
    assert example.country_code == int(World.read(code).network.calling_code)
    assert re.fullmatch(country.national_id_pattern, country.national_id_example)
    assert set(country.names) == set(country.languages)
    assert _columns(folder / "glossary.csv") >= {"key", "term_en", "definition_en"}


def _columns(file: Path) -> set[str]:
    with file.open(encoding="utf-8", newline="") as lines:
        return set(next(csv.reader(lines)))
