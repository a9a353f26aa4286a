import json
import re
from collections import Counter
from pathlib import Path

from sandbox import synthesis

ROOT = Path(__file__).resolve().parents[2]
KNOWN = json.loads((ROOT / "sandbox/people.json").read_text(encoding="utf-8"))["rw"]
PEOPLE, ACTS = KNOWN["people"], KNOWN["acts"]
KIMIRONKO = "1209"


def test_the_file_is_what_the_generator_makes() -> None:
    places = synthesis.read_places(ROOT / "countries/rw/areas")
    made = synthesis.populate(synthesis.COUNTRIES["rw"], places)
    people = [synthesis.asdict(person) for person in made.people]
    assert json.loads(json.dumps(people, default=str)) == PEOPLE
    assert made.acts == ACTS


def test_every_number_fits_the_country_and_is_nobody_elses() -> None:
    pattern = re.compile(r"^[123](19|20)\d{2}[78]\d{7}\d\d{2}$")
    numbers = [person["national_id"] for person in PEOPLE]
    assert all(pattern.fullmatch(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)
    for person in PEOPLE:
        assert person["national_id"][1:5] == person["born_on"][:4]
        assert person["national_id"][5] == ("7" if person["sex"] == "F" else "8")


def test_every_name_and_place_is_an_example_in_a_real_sector() -> None:
    words = set(synthesis.COUNTRIES["rw"].family_names)
    sectors = (ROOT / "countries/rw/areas/sector.csv").read_text(encoding="utf-8")
    codes = {line.partition(",")[0] for line in sectors.splitlines()}
    for person in PEOPLE:
        assert person["family_name"] in words
        assert {person["birth_place_code"], person["residence_code"]} <= codes


def test_at_least_three_people_can_carry_each_certificate_to_the_end_at_home() -> None:
    journeys = Counter(journey for person in PEOPLE for journey in person["journeys"])
    assert all(journeys[journey] >= 3 for journey in ("birth", "marriage", "single"))
    for person in PEOPLE:
        for kind in set(person["journeys"]) & {"birth", "marriage"}:
            assert any(
                act["kind"] == kind
                and act["office_code"] == KIMIRONKO
                and person["national_id"] in act["national_ids"]
                for act in ACTS
            )


def test_the_difficult_ones_are_there() -> None:
    registered = {act["national_ids"][0] for act in ACTS if act["kind"] == "birth"}
    phones = Counter(person["phone"] for person in PEOPLE)
    assert [person for person in PEOPLE if person["national_id"] not in registered]
    assert any(person["marital_status"] == "married" for person in PEOPLE)
    assert any(person["balance"] < 500 for person in PEOPLE)
    assert phones.most_common(1)[0][1] >= 3
    numbers = {person["national_id"] for person in PEOPLE}
    children = [person for person in PEOPLE if person["mother"]]
    assert children
    assert all(child["mother"] in numbers and child["father"] in numbers for child in children)


def test_no_married_person_is_said_to_be_single_and_every_spouse_has_an_act() -> None:
    married = {who for act in ACTS if act["kind"] == "marriage" for who in act["national_ids"]}
    for person in PEOPLE:
        assert (person["marital_status"] == "married") == (person["national_id"] in married)
        assert "single" not in person["journeys"] or person["marital_status"] == "single"
