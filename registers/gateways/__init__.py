"""
The doors to the registers that this country runs.

Pages, commands and errands ask for a gateway here; everything under them is told the entries.
"""

from functools import lru_cache
from typing import cast

from django.conf import settings

from registers.entries import CRIMINAL, POPULATION, ActKind, Entry
from registers.gateways.base import (
    CivilRegister,
    CriminalRegister,
    EventFeed,
    PopulationRegister,
    RegisterUnavailable,
)
from registers.gateways.http import (
    HttpCivilRegister,
    HttpCriminalRegister,
    HttpEventFeed,
    HttpPopulationRegister,
)

__all__ = [
    "CivilRegister",
    "CriminalRegister",
    "EventFeed",
    "PopulationRegister",
    "RegisterUnavailable",
    "civil",
    "criminal",
    "entries",
    "feed",
    "population",
]


def population() -> PopulationRegister:
    """Return the population register named in settings.GATEWAYS["population"]."""
    door = settings.GATEWAYS["population"]
    return _population(door["base_url"], door["token"])


def civil() -> CivilRegister:
    """Return the civil register named in settings.GATEWAYS["civil"]."""
    door = settings.GATEWAYS["civil"]
    return _civil(door["base_url"], door["token"])


def criminal() -> CriminalRegister:
    """Return the criminal register named in settings.GATEWAYS["criminal"]."""
    door = settings.GATEWAYS["criminal"]
    return _criminal(door["base_url"], door["token"])


def entries(*, register: str, national_id: str) -> list[Entry]:
    """
    Return what a register holds about a person: her entry if there is one, or her acts.

    :param register: one of `registers.entries.REGISTERS`; of a kind of act the newest come first
    :raises RegisterUnavailable: within about 2 s
    """
    if register == POPULATION:
        person = population().person(national_id=national_id)
        return [person] if person else []
    if register == CRIMINAL:
        record = criminal().person(national_id=national_id)
        return [record] if record else []
    return list(civil().acts(kind=cast("ActKind", register), national_id=national_id))


def feed(name: str) -> EventFeed:
    """Return the list of events of a register of settings.GATEWAYS, by its name: "civil", say."""
    door = settings.GATEWAYS[name]
    return _feed(door["base_url"], door["token"])


# One client for each address and token: making one (its TLS context) costs more than asking.
@lru_cache(maxsize=8)
def _population(base_url: str, token: str) -> PopulationRegister:
    return HttpPopulationRegister(base_url=base_url, token=token)


@lru_cache(maxsize=8)
def _civil(base_url: str, token: str) -> CivilRegister:
    return HttpCivilRegister(base_url=base_url, token=token)


@lru_cache(maxsize=8)
def _criminal(base_url: str, token: str) -> CriminalRegister:
    return HttpCriminalRegister(base_url=base_url, token=token)


@lru_cache(maxsize=8)
def _feed(base_url: str, token: str) -> EventFeed:
    return HttpEventFeed(base_url=base_url, token=token)
