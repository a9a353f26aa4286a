"""
Who speaks which provider's language.

Each module of this package that has a `VENDOR` is one provider's protocol: a new one is a new file
here, its twin in the sandbox, and a rail of its kind in a country pack. Nothing else names it.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import cast

from django.conf import settings

from payments.gateways.base import (
    BalanceGateway,
    Contract,
    InquiryGateway,
    Parser,
    PullGateway,
    Vendor,
)
from payments.gateways.prompt import PromptGateway
from payments.gateways.refund import RefundGateway


def _found() -> dict[str, Vendor]:
    vendors: dict[str, Vendor] = {}
    for module in pkgutil.iter_modules(__path__):
        vendor = getattr(importlib.import_module(f"{__name__}.{module.name}"), "VENDOR", None)
        if isinstance(vendor, Vendor):
            vendors[vendor.kind] = vendor
    return vendors


VENDORS: Mapping[str, Vendor] = _found()

RAIL_KINDS = frozenset(VENDORS)

# By kind of message; the first word of a message's kind is its rail's kind.
PARSERS: Mapping[str, Parser] = {
    kind: parser for vendor in VENDORS.values() for kind, parser in vendor.parsers.items()
}


class NoGateway(Exception):
    """This rail cannot do that, or we hold no contract for it."""


def contract(rail_code: str) -> Contract | None:
    """Return what the contract with the rail's provider gave us; None without one."""
    held: Contract | None = settings.GATEWAYS["rails"].get(rail_code)
    return held


def behind(door: str) -> str:
    """
    Return the code of the rail that a callback address means: its own code, or its contract's door.

    A provider may refuse our code in an address: Daraja takes none that holds "mpesa".
    """
    rails = settings.GATEWAYS["rails"]
    if door in rails:
        return door
    named = (code for code, held in rails.items() if held.get("door") == door)
    return next(named, door) if door else door


def can_prompt(*, kind: str, rail_code: str) -> bool:
    """Say whether rails of this kind ask phones and we hold a contract for this one."""
    vendor = VENDORS.get(kind)
    return vendor is not None and vendor.prompts is not None and contract(rail_code) is not None


def prompts(*, kind: str, rail_code: str) -> PromptGateway:
    """:raises NoGateway: if `can_prompt` says no"""
    return cast("PromptGateway", _made(kind, rail_code, "prompts"))


def refunds(*, kind: str, rail_code: str) -> RefundGateway:
    """:raises NoGateway: if the rail pays nothing back by itself"""
    return cast("RefundGateway", _made(kind, rail_code, "refunds"))


def inquiries(*, kind: str, rail_code: str) -> InquiryGateway:
    """:raises NoGateway: if the rail cannot be asked about one movement"""
    return cast("InquiryGateway", _made(kind, rail_code, "inquiries"))


def balances(*, kind: str, rail_code: str) -> BalanceGateway:
    """:raises NoGateway: if the rail does not tell what it holds for us"""
    return cast("BalanceGateway", _made(kind, rail_code, "balances"))


def pulls(*, kind: str, rail_code: str) -> PullGateway:
    """:raises NoGateway: if the rail lists nothing"""
    return cast("PullGateway", _made(kind, rail_code, "pulls"))


def _made(kind: str, rail_code: str, what: str) -> object:
    vendor, held = VENDORS.get(kind), contract(rail_code)
    make = getattr(vendor, what, None)
    # A vendor says None itself where the contract leaves a product out.
    made = make(rail_code, held) if make is not None and held is not None else None
    if made is None:
        raise NoGateway(rail_code)
    return made
