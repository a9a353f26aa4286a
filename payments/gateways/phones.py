"""The rails that can ask a payer's phone, by the kind that the country pack gives them."""

from collections.abc import Callable, Mapping

from django.conf import settings

from payments.gateways import mtn
from payments.gateways.prompt import PromptGateway

MAKERS: Mapping[str, Callable[[str], PromptGateway]] = {"mtn": mtn.gateway}


def speaks(kind: str) -> bool:
    """Say whether rails of this kind ask phones."""
    return kind in MAKERS


def can_prompt(*, kind: str, rail_code: str) -> bool:
    """Say whether we speak this rail's language and hold a contract for it."""
    return speaks(kind) and rail_code in settings.GATEWAYS["rails"]


def gateway(*, kind: str, rail_code: str) -> PromptGateway:
    """:raises KeyError: if `can_prompt` says no"""
    return MAKERS[kind](rail_code)
