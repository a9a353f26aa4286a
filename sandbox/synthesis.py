"""
Make the synthetic people of a country: `python -m sandbox.synthesis countries/ke/areas ke`.

Always the same people for the same code. Every family name is a word for "example", and serial
numbers are outside any that was ever given out, so that nobody real is described.
"""

import argparse
import csv
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from sandbox.peoples import COUNTRIES, Country

PEOPLE_FILE = Path(__file__).with_name("people.json")
BALANCE = 50_000
SEED = 2026


@dataclass(kw_only=True)
class Synthetic:
    """One person; `father` and `mother` are national numbers, "" where nobody is known."""

    national_id: str
    family_name: str
    given_names: str
    sex: str
    born_on: date
    birth_place_code: str
    residence_code: str
    residence: str
    phone: str
    father_name: str = ""
    mother_name: str = ""
    father: str = ""
    mother: str = ""
    marital_status: str = "single"
    nationality: str = ""
    balance: int = BALANCE
    journeys: list[str] = field(default_factory=list)
    judgments: list[dict[str, str]] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        return f"{self.family_name} {self.given_names}"


class Registrar:
    """Gives birth to people, marries them, and writes the acts."""

    def __init__(self, country: Country, places: dict[str, str]) -> None:
        self.country = country
        self.places = places
        self.people: list[Synthetic] = []
        self.acts: list[dict[str, Any]] = []
        self._random = Random(SEED)  # noqa: S311  # nosec B311
        self._serials = count(1)
        self._phones = count(101)
        self._act_numbers = count(17, 13)
        self._women = _round(country.women)
        self._men = _round(country.men)
        self._families = _round(country.family_names)

    def born(
        self,
        *,
        sex: str,
        year: int,
        born_in: str,
        lives_in: str,
        phone: str = "",
        family_name: str = "",
        mother: Synthetic | None = None,
        father: Synthetic | None = None,
        registered: bool = True,
        marital_status: str = "single",
        balance: int = BALANCE,
    ) -> Synthetic:
        born_on = date(year, 1, 1) + timedelta(days=self._random.randrange(365))
        person = Synthetic(
            national_id=self.country.national_id(born_on, sex, next(self._serials)),
            family_name=family_name or next(self._families),
            given_names=next(self._women if sex == "F" else self._men),
            sex=sex,
            born_on=born_on,
            birth_place_code=born_in,
            residence_code=lives_in,
            residence=self.places[lives_in],
            phone=phone or self.country.phone(next(self._phones)),
            father_name=father.full_name if father else self._ancestor(self._men),
            mother_name=mother.full_name if mother else self._ancestor(self._women),
            father=father.national_id if father else "",
            mother=mother.national_id if mother else "",
            marital_status=marital_status,
            nationality=self.country.nationality,
            balance=balance,
        )
        self.people.append(person)
        if registered and born_on >= self.country.registers_since:
            self._register_birth(person)
        return person

    def marry(self, one: Synthetic, other: Synthetic, *, year: int, place: str) -> None:
        married_on = date(year, 6, 1) + timedelta(days=self._random.randrange(90))
        one.marital_status = other.marital_status = "married"
        facts = {
            "married_on": married_on.isoformat(),
            "place_code": place,
            "place": self.places[place],
            "property_regime": self.country.property_regime,
        }
        for role, spouse in (("spouse_1", one), ("spouse_2", other)):
            facts |= {
                f"{role}_family_name": spouse.family_name,
                f"{role}_given_names": spouse.given_names,
                f"{role}_born_on": spouse.born_on.isoformat(),
                f"{role}_birth_place_code": spouse.birth_place_code,
                f"{role}_birth_place": self.places[spouse.birth_place_code],
            }
        self._act("marriage", place, married_on, facts, [one.national_id, other.national_id])

    def _register_birth(self, person: Synthetic) -> None:
        registered_on = person.born_on + timedelta(days=self._random.randrange(2, 15))
        facts = {
            "family_name": person.family_name,
            "given_names": person.given_names,
            "sex": person.sex,
            "born_on": person.born_on.isoformat(),
            "birth_place_code": person.birth_place_code,
            "birth_place": self.places[person.birth_place_code],
            "father_name": person.father_name,
            "mother_name": person.mother_name,
            "nationality": person.nationality,
        }
        self._act("birth", person.birth_place_code, registered_on, facts, [person.national_id])

    def _act(
        self, kind: str, office: str, registered_on: date, facts: dict[str, str], who: list[str]
    ) -> None:
        self.acts.append(
            {
                "kind": kind,
                "office_code": office,
                "year": registered_on.year,
                "volume": f"{self._random.randrange(1, 9):02d}",
                "act_number": f"{next(self._act_numbers):04d}",
                "registered_on": registered_on.isoformat(),
                "facts": facts,
                "national_ids": who,
            }
        )

    def _ancestor(self, given_names: Iterator[str]) -> str:
        return f"{next(self._families)} {next(given_names)}"


def populate(country: Country, places: dict[str, str]) -> Registrar:
    """Make some sixty people: ready for each journey at home, and the cases that go wrong."""
    registrar = Registrar(country, places)
    home, others = country.home, country.other_places
    for nth in range(8):
        _family(registrar, nth, place=home if nth < 5 else others[nth - 5], born_in=home)
    _family(registrar, 8, place=others[0], born_in=others[0])
    single = [
        registrar.born(sex="FM"[nth % 2], year=1984 + 2 * nth, born_in=home, lives_in=home)
        for nth in range(12)
    ]
    for nth, place in enumerate(others):
        registrar.born(sex="MF"[nth % 2], year=1990 + nth, born_in=place, lives_in=place)
    # No birth entry anywhere: must be sent to late registration, never issued.
    registrar.born(sex="F", year=1961, born_in=home, lives_in=home, registered=False)
    # Cannot pay.
    registrar.born(sex="M", year=1999, born_in=home, lives_in=home, balance=country.too_little)
    # Keeps no phone of her own: one contact point, two persons.
    registrar.born(
        sex="F",
        year=1955,
        born_in=home,
        lives_in=home,
        phone=single[0].phone,
        marital_status="widowed",
    )
    registrar.born(sex="M", year=1978, born_in=home, lives_in=home, marital_status="divorced")
    _judge(single[5], years=(2019,))
    _judge(single[7], years=(2020, 2023))
    _say_what_each_can_do(registrar)
    return registrar


def _judge(person: Synthetic, *, years: tuple[int, ...]) -> None:
    """Enter invented judgments into the criminal register."""
    court = person.residence.rpartition(", ")[2]
    person.judgments += [
        {
            "on": f"{year}-05-14",
            "court": f"Tribunal de {court}",
            "offence": "Article 999 (example)",
            "sentence": "Example sentence, 1 month",
        }
        for year in years
    ]


def _family(registrar: Registrar, nth: int, *, place: str, born_in: str) -> None:
    """A couple married where they live, with two children who share the mother's phone."""
    husband = registrar.born(sex="M", year=1974 + nth, born_in=born_in, lives_in=place)
    wife = registrar.born(sex="F", year=1976 + nth, born_in=born_in, lives_in=place)
    registrar.marry(husband, wife, year=2001 + nth, place=place)
    for child in range(2):
        registrar.born(
            sex="FM"[child],
            year=2009 + nth + 3 * child,
            born_in=place,
            lives_in=place,
            phone=wife.phone,
            family_name=husband.family_name,
            father=husband,
            mother=wife,
        )


def _say_what_each_can_do(registrar: Registrar) -> None:
    """Note which certificate each adult of the home sector can carry to the end."""
    home = registrar.country.home
    has = {
        (act["kind"], who, act["office_code"])
        for act in registrar.acts
        for who in act["national_ids"]
    }
    for person in registrar.people:
        if person.born_on.year > 2007 or person.balance < BALANCE:
            continue
        if ("birth", person.national_id, home) in has:
            person.journeys.append("birth")
        if ("marriage", person.national_id, home) in has:
            person.journeys.append("marriage")
        if person.marital_status == "single" and person.residence_code == home:
            person.journeys.append("single")
        if person.residence_code == home:
            person.journeys.append("identity")
        if person.judgments:
            person.journeys.append("criminal")


def _round(names: tuple[str, ...]) -> Iterator[str]:
    while True:
        yield from names


def read_places(folder: Path, country: Country) -> dict[str, str]:
    """Return each area that keeps a register, with the one above: {"1209": "Kimironko, Gasabo"}."""

    def rows(level: str) -> list[dict[str, str]]:
        with (folder / f"{level}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    above, here = country.levels
    upper = {row["code"]: row["name"] for row in rows(above)}
    return {row["code"]: f"{row['name']}, {upper[row['parent']]}" for row in rows(here)}


def told(person: Synthetic) -> dict[str, Any]:
    """Return the person without a list of judgments where there is none."""
    facts = asdict(person)
    if not facts["judgments"]:
        del facts["judgments"]
    return facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("areas", type=Path, help="the folder of the country pack's areas")
    parser.add_argument("country", choices=sorted(COUNTRIES))
    given = parser.parse_args()
    country = COUNTRIES[given.country]
    registrar = populate(country, read_places(given.areas, country))
    known = json.loads(PEOPLE_FILE.read_text(encoding="utf-8")) if PEOPLE_FILE.exists() else {}
    known[given.country] = {
        "people": [told(person) for person in registrar.people],
        "acts": registrar.acts,
    }
    text = json.dumps(known, ensure_ascii=False, indent=1, default=str)
    PEOPLE_FILE.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
