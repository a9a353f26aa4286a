"""Which fees of a service are asked for by a law that has ended. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any


def ended(definition: Mapping[str, Any], *, on: date) -> list[str]:
    """
    Return the codes of the fees whose law was in force for the last time before a day.

    A fee of nothing needs no law. `definition` is as it is written: a draft may not be whole yet.
    """
    return [
        str(fee.get("code", ""))
        for fee in definition.get("fees") or ()
        if fee.get("amount_minor") != 0 and _is_over(fee.get("legal_until"), on)
    ]


def _is_over(until: object, on: date) -> bool:
    try:
        return bool(until) and date.fromisoformat(str(until)) < on
    except ValueError:
        return False  # No day: whoever reads the definition says so.
