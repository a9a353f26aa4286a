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
_TOLD_TO_COURTS = (
    "national_id",
    "family_name",
    "given_names",
    "sex",
    "born_on",
    "birth_place_code",
    "nationality",
)


@dataclass(frozen=True)
class Network:
    """
    How the numbers of a country look: its code, the networks by prefix, the currency.

    `prefixes` lead from the digits that a number begins with to the network that serves it; where
    one prefix stands inside another the longer one decides. Numbers that were carried over to
    another network are not known here.
    """

    calling_code: str
    prefixes: dict[str, str]
    currency: str
    number_length: int
    time_zone: str


def _prefixes(calling_code: str, networks: dict[str, str]) -> dict[str, str]:
    """Return {"25078": "mtn", ...} of {"mtn": "78 79", ...}."""
    return {
        f"{calling_code}{start}": network
        for network, starts in networks.items()
        for start in starts.split()
    }


# Of the list of mobile prefixes (phonenumbers 9.0.43) that the countries' packs stand on: the
# sandbox reads nothing of the product's. A network without mobile money has no name here.
NETWORKS = {
    "rw": Network(
        "250",
        _prefixes("250", {"mtn": "78 79", "airtel": "72 73"}),
        "RWF",
        12,
        "Africa/Kigali",
    ),
    "ke": Network(
        "254",
        _prefixes(
            "254",
            {
                "mpesa": "11 14 18 70 71 72 74 757 758 759 768 769 79",
                "airtel": "10 135 136 137 138 139 73 75 76 78",
                "tkash": "120 761 77",
                "": "744 747",
            },
        ),
        "KES",
        12,
        "Africa/Nairobi",
    ),
    "bi": Network(
        "257",
        _prefixes("257", {"ecocash": "29 71 72 76 79", "lumicash": "6"}),
        "BIF",
        11,
        "Africa/Bujumbura",
    ),
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
        return NETWORKS.get(self.country, Network("", {}, "XXX", 12, "UTC"))

    @cached_property
    def by_number(self) -> dict[str, dict[str, Any]]:
        return {person["national_id"]: person for person in self.people}

    @cached_property
    def by_phone(self) -> dict[str, list[dict[str, Any]]]:
        phones: dict[str, list[dict[str, Any]]] = {}
        for person in self.people:
            phones.setdefault(digits(person["phone"]), []).append(person)
        return phones

    def entry(self, national_id: str) -> dict[str, Any] | None:
        person = self.by_number.get(national_id)
        return person and {name: person[name] for name in _TOLD} | {
            "vital_status": "alive",
            "relatives": self.relatives_of(national_id),
        }

    def relatives_of(self, national_id: str) -> dict[str, list[str]]:
        """Return the numbers of parents, children and spouses, of those who are known."""
        acts = self.acts_of("marriage", national_id)
        married = {number for act in acts for number in act["national_ids"]}
        return {
            "parents": self.parents_of(national_id),
            "children": [
                person["national_id"]
                for person in self.people
                if national_id in (person.get("father"), person.get("mother"))
            ],
            "spouses": sorted(married - {national_id}),
        }

    def record(self, national_id: str) -> dict[str, Any] | None:
        """Return what the criminal register holds; whoever was never judged has an empty list."""
        person = self.by_number.get(national_id)
        return person and {
            **{name: person[name] for name in _TOLD_TO_COURTS},
            "judgments": person.get("judgments", []),
        }

    def acts_of(self, kind: str, national_id: str) -> list[dict[str, Any]]:
        return [
            act for act in self.acts if act["kind"] == kind and national_id in act["national_ids"]
        ]

    def parents_of(self, national_id: str) -> list[str]:
        """Return the numbers of father and mother, of those who are known."""
        person = self.by_number.get(national_id, {})
        return [number for role in ("father", "mother") if (number := person.get(role, ""))]

    def marriage_facts(self, national_id: str) -> dict[str, str]:
        acts = self.acts_of("marriage", national_id)
        return acts[-1]["facts"] if acts else {}

    def is_phone(self, msisdn: str) -> bool:
        network = self.network
        return len(msisdn) == network.number_length and msisdn.startswith(network.calling_code)

    def network_of(self, msisdn: str) -> str | None:
        """Return "mtn", "airtel", "mpesa" and so on; None where no mobile money serves it."""
        if not self.is_phone(msisdn):
            return None
        fitting = [start for start in self.network.prefixes if msisdn.startswith(start)]
        return self.network.prefixes[max(fitting, key=len)] or None if fitting else None

    def is_mtn(self, msisdn: str) -> bool:
        return self.network_of(msisdn) == "mtn"

    @property
    def pin(self) -> str:
        return PIN

    def opening_balance(self, msisdn: str) -> int:
        holders = self.by_phone.get(msisdn)
        return int(holders[0]["balance"]) if holders else 20_000


def digits(number: str) -> str:
    """Return the number without "+", spaces and dashes."""
    return "".join(sign for sign in number[:40] if sign.isascii() and sign.isdigit())
