"""What a definition may say of its stage and of the days of a fee's law."""

from datetime import date
from typing import TYPE_CHECKING

from catalogue.strict import BadDefinition

if TYPE_CHECKING:
    from catalogue.definition import Definition

# Read about it; a form to print; apply here; pay here too; the paper comes from here.
STAGES = ("information", "form", "apply", "pay", "paper")


def check(definition: "Definition") -> None:
    """:raises BadDefinition: naming the key that is wrong"""
    if definition.stage and definition.stage not in STAGES:
        known = ", ".join(STAGES)
        raise BadDefinition(f'stage: unknown "{definition.stage[:60]}"; known are {known}')
    for i, fee in enumerate(definition.fees):
        since = _day(fee.legal_from, f"fees[{i}].legal_from")
        until = _day(fee.legal_until, f"fees[{i}].legal_until")
        if (since or until) and not fee.legal_source:
            raise BadDefinition(f"fees[{i}].legal_source: missing; of what are these the days?")
        if since and until and until <= since:
            raise BadDefinition(f"fees[{i}].legal_until: not after legal_from")


def _day(text: str, where: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadDefinition(f"{where}: no day, such as 2026-07-01") from None
