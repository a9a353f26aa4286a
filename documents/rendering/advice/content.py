"""All that a remittance advice shows, read before drawing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml

Words = Mapping[str, str]

VERSION = 1  # The newest template.

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Line:
    name: str  # In the first language of the advice.
    revenue_code: str
    legal_source: str
    payments: str
    amount: str  # As people write it: "12,500 RWF".


@dataclass(frozen=True)
class Advice:
    """Texts of the country pack come in the first language; `languages` are of the labels."""

    version: int
    languages: tuple[str, str]
    country: str
    number: str
    reference: str  # The order's end-to-end id.
    beneficiary: str
    account: str  # "0004000281, Bank of Kigali, BKIGRWRW".
    holder: str
    cut_off: str
    approved_on: str
    state: str  # In words.
    lines: tuple[Line, ...]
    gross: str
    taken_back: str  # "" where nothing was.
    total: str
    charges: str  # "" where there were none.
    ended_on: str  # "" while it counts.
    made_at: datetime

    @property
    def words(self) -> Mapping[str, Words]:
        return wording(self.version)


@cache
def wording(version: int) -> Mapping[str, Words]:
    """:raises FileNotFoundError: if there is no such version"""
    file = _FOLDER / f"remittance_advice_{version}.yaml"
    words: Mapping[str, Words] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return words


def languages(wanted: str, country_languages: tuple[str, ...]) -> tuple[str, str]:
    """Return the two languages of the labels: the one asked for if it has them, and the next."""
    known = tuple(wording(VERSION)["title"])
    order = [one for one in dict.fromkeys((wanted, *country_languages, *known)) if one in known]
    return order[0], order[1] if len(order) > 1 else order[0]
