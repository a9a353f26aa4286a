"""
The doors to the registers that this country runs.

Pages, commands and errands ask for a gateway here; everything under them is told the entries.
"""

from functools import lru_cache

from django.conf import settings

from registers.gateways.base import CivilRegister, PopulationRegister, RegisterUnavailable
from registers.gateways.http import HttpCivilRegister, HttpPopulationRegister

__all__ = [
    "CivilRegister",
    "PopulationRegister",
    "RegisterUnavailable",
    "civil",
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


# One client for each address and token: making one (its TLS context) costs more than asking.
@lru_cache(maxsize=8)
def _population(base_url: str, token: str) -> PopulationRegister:
    return HttpPopulationRegister(base_url=base_url, token=token)


@lru_cache(maxsize=8)
def _civil(base_url: str, token: str) -> CivilRegister:
    return HttpCivilRegister(base_url=base_url, token=token)
