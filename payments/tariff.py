"""What a rail keeps of a collection, by its published tariff. Pure."""

from collections.abc import Mapping
from typing import Any


def charge_minor(tariff: Mapping[str, Any], amount_minor: int) -> int | None:
    """
    Return what the rail keeps of an amount, in minor units of its currency.

    The bands rise, and each holds up to and including its amount:
    {"bands": [{"up_to_minor": 100000, "charge_minor": 2000}, ...]}.

    :return: None where the tariff says nothing: there is none, or the amount is above its last band
    """
    for band in tariff.get("bands", ()):
        if amount_minor <= band["up_to_minor"]:
            return int(band["charge_minor"])
    return None


def is_known(tariff: Mapping[str, Any]) -> bool:
    """Say whether a tariff says what is kept; it may name the bearer alone, or be empty."""
    return bool(tariff.get("bands"))


def explains(tariff: Mapping[str, Any], *, amount_minor: int | None, kept_minor: int) -> bool:
    """
    Say whether a charge is what the tariff says; where no tariff is known, none explains it.

    :param amount_minor: the collection's, None where the charge is about none that we know
    """
    return amount_minor is not None and charge_minor(tariff, amount_minor) == kept_minor
