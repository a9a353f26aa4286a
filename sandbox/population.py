"""The synthetic people and acts of one country, read from people.json."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

# Every phone of the sandbox has the same, and says so.
PIN = "1234"
PEOPLE_FILE = Path(__file__).with_name("people.json")
# What a population register tells; the rest of people.json is ours.
_TOLD = (
    "national_id",
    "family_name",
    "given_names",
    "sex",
    "born_on",
    "birth_place_code",
    "residence_code",
    "father_name",
    "mother_name",
    "marital_status",
    "nationality",
)


@dataclass(frozen=True)
class Network:
    """How the numbers of a country look: its code, the networks by prefix, the currency."""

    calling_code: str
    mtn: tuple[str, ...]
    currency: str
    number_length: int
    time_zone: str


# Of identifiers.json and the countries' packs: the sandbox reads nothing of the product's.
NETWORKS = {
    "rw": Network("250", ("25078", "25079"), "RWF", 12, "Africa/Kigali"),
    "ke": Network("254", (), "KES", 12, "Africa/Nairobi"),
    "bi": Network("257", (), "BIF", 11, "Africa/Bujumbura"),
}


@dataclass(frozen=True)
class World:
    """Who lives here. A country without synthetic people has empty registers, and works."""

    country: str
    people: list[dict[str, Any]]
    acts: list[dict[str, Any]]

    @classmethod
    def read(cls, country: str) -> "World":
        known = json.loads(PEOPLE_FILE.read_text(encoding="utf-8")).get(country, {})
        return cls(country, known.get("people", []), known.get("acts", []))

    @property
    def network(self) -> Network:
        return NETWORKS.get(self.country, Network("", (), "XXX", 12, "UTC"))

    @cached_property
    def by_number(self) -> dict[str, dict[str, Any]]:
        return {person["national_id"]: person for person in self.people}

    @cached_property
    def by_phone(self) -> dict[str, list[dict[str, Any]]]:
        phones: dict[str, list[dict[str, Any]]] = {}
        for person in self.people:
            phones.setdefault(digits(person["phone"]), []).append(person)
        return phones

    def entry(self, national_id: str) -> dict[str, str] | None:
        person = self.by_number.get(national_id)
        return person and {name: person[name] for name in _TOLD}

    def acts_of(self, kind: str, national_id: str) -> list[dict[str, Any]]:
        return [
            act for act in self.acts if act["kind"] == kind and national_id in act["national_ids"]
        ]

    def marriage_facts(self, national_id: str) -> dict[str, str]:
        acts = self.acts_of("marriage", national_id)
        return acts[-1]["facts"] if acts else {}

    def is_phone(self, msisdn: str) -> bool:
        network = self.network
        return len(msisdn) == network.number_length and msisdn.startswith(network.calling_code)

    def is_mtn(self, msisdn: str) -> bool:
        return self.is_phone(msisdn) and msisdn.startswith(self.network.mtn)

    @property
    def pin(self) -> str:
        return PIN

    def opening_balance(self, msisdn: str) -> int:
        holders = self.by_phone.get(msisdn)
        return int(holders[0]["balance"]) if holders else 20_000


def digits(number: str) -> str:
    """Return the number without "+", spaces and dashes."""
    return "".join(sign for sign in number[:40] if sign.isascii() and sign.isdigit())
