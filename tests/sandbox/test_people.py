import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
import yaml

from sandbox import synthesis
from sandbox.population import World

ROOT = Path(__file__).resolve().parents[2]
KNOWN = json.loads((ROOT / "sandbox/people.json").read_text(encoding="utf-8"))
# Less than the dearest certificate that the country's poorest must be unable to pay.
TOO_LITTLE = {"rw": 500, "ke": 200, "bi": 500}

each_country = pytest.mark.parametrize("code", sorted(synthesis.COUNTRIES))


def people_of(code: str) -> list[dict[str, Any]]:
    return KNOWN[code]["people"]


def acts_of(code: str) -> list[dict[str, Any]]:
    return KNOWN[code]["acts"]


@each_country
def test_the_file_is_what_the_generator_makes(code: str) -> None:
    country = synthesis.COUNTRIES[code]
    made = synthesis.populate(
        country, synthesis.read_places(ROOT / f"countries/{code}/areas", country)
    )
    people = [synthesis.told(person) for person in made.people]
    assert json.loads(json.dumps(people, default=str)) == people_of(code)
    assert made.acts == acts_of(code)


@each_country
def test_every_number_fits_the_country_and_is_nobody_elses(code: str) -> None:
    pack = yaml.safe_load((ROOT / f"countries/{code}/country.yaml").read_text(encoding="utf-8"))
    numbers = [person["national_id"] for person in people_of(code)]
    assert all(re.fullmatch(pack["national_id_pattern"], number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_a_rwandan_number_tells_year_and_sex() -> None:
    for person in people_of("rw"):
        assert person["national_id"][1:5] == person["born_on"][:4]
        assert person["national_id"][5] == ("7" if person["sex"] == "F" else "8")


@each_country
def test_every_phone_could_be_a_real_one_and_has_mobile_money(code: str) -> None:
    world = World.read(code)
    for number in {person["phone"] for person in people_of(code)}:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number))
        assert (
            world.network_of(number.removeprefix("+"))
            == {
                "rw": "mtn",
                "ke": "mpesa",
                "bi": "lumicash",
            }[code]
        )


@pytest.mark.parametrize(
    ("code", "msisdn", "network"),
    [
        ("rw", "250788000101", "mtn"),
        ("rw", "250738000101", "airtel"),
        ("rw", "250778000101", None),  # Fixed line's mobile numbers: no mobile money.
        ("ke", "254700000101", "mpesa"),
        ("ke", "254733000101", "airtel"),
        ("ke", "254757000101", "mpesa"),  # Inside a range of Airtel's.
        ("ke", "254761000101", "tkash"),
        ("ke", "254744000101", None),  # Inside a range of Safaricom's, and of nobody's wallet.
        ("bi", "25761000101", "lumicash"),
        ("bi", "25779000101", "ecocash"),
        ("bi", "25777000101", None),
        ("ke", "25470000010", None),  # A digit short.
        ("ke", "250788000101", None),  # Another country's.
    ],
)
def test_a_number_belongs_to_the_network_of_its_longest_prefix(
    code: str, msisdn: str, network: str | None
) -> None:
    world = World.read(code)
    assert world.network_of(msisdn) == network
    assert world.is_mtn(msisdn) == (network == "mtn")


@each_country
def test_every_name_and_place_is_an_example_in_a_real_area(code: str) -> None:
    country = synthesis.COUNTRIES[code]
    level = country.levels[1]
    areas = (ROOT / f"countries/{code}/areas/{level}.csv").read_text(encoding="utf-8")
    codes = {line.partition(",")[0] for line in areas.splitlines()}
    for person in people_of(code):
        assert person["family_name"] in country.family_names
        assert {person["birth_place_code"], person["residence_code"]} <= codes


@each_country
def test_at_least_three_people_can_carry_each_certificate_to_the_end_at_home(code: str) -> None:
    journeys = Counter(journey for person in people_of(code) for journey in person["journeys"])
    assert all(journeys[journey] >= 3 for journey in ("birth", "marriage", "single"))
    for person in people_of(code):
        for kind in set(person["journeys"]) & {"birth", "marriage"}:
            assert any(
                act["kind"] == kind
                and act["office_code"] == synthesis.COUNTRIES[code].home
                and person["national_id"] in act["national_ids"]
                for act in acts_of(code)
            )


@each_country
def test_the_difficult_ones_are_there(code: str) -> None:
    people = people_of(code)
    registered = {act["national_ids"][0] for act in acts_of(code) if act["kind"] == "birth"}
    phones = Counter(person["phone"] for person in people)
    assert [person for person in people if person["national_id"] not in registered]
    assert any(person["marital_status"] == "married" for person in people)
    assert any(person["balance"] < TOO_LITTLE[code] for person in people)
    assert phones.most_common(1)[0][1] >= 3
    numbers = {person["national_id"] for person in people}
    children = [person for person in people if person["mother"]]
    assert children
    assert all(child["mother"] in numbers and child["father"] in numbers for child in children)


@each_country
def test_no_married_person_is_said_to_be_single_and_every_spouse_has_an_act(code: str) -> None:
    acts = acts_of(code)
    married = {who for act in acts if act["kind"] == "marriage" for who in act["national_ids"]}
    for person in people_of(code):
        assert (person["marital_status"] == "married") == (person["national_id"] in married)
        assert "single" not in person["journeys"] or person["marital_status"] == "single"


def test_no_burundian_act_is_older_than_the_registers() -> None:
    assert min(act["registered_on"] for act in acts_of("bi")) >= "1980-04-01"
