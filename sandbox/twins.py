"""
The stand-ins of providers. Each is one module of this package with a `TWIN`, found by itself.

A twin serves its provider's API under `/<kind>/`, and tells Guichet what happened as that provider
would: by deliveries that it queues in the store and that the postman carries.
"""

import importlib
import pkgutil
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """How one delivery travels; `forged` is for faults that sign with nobody's key."""

    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a payer does on her phone, in her bank's app or at a counter."""

    msisdn: str
    reference: str
    amount: str = ""  # Decimal text; what the inquiry says, if left out.
    channel: str = "ussd"
    blind: bool = False  # Without asking Guichet first, as a clerk who keys in a paper slip.


@dataclass(frozen=True)
class Answer:
    """What became of an order to pay: NOTIFIED, WAITING (Guichet is not reached) or REFUSED."""

    state: str
    payment_id: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Twin:
    kind: str
    routes: Sequence[BaseRoute] = ()
    schema: str = ""  # CREATE TABLE IF NOT EXISTS <kind>_... for what it remembers.
    faults: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # By kind of delivery, which begins with "<kind>": how often it is tried (None: until heard).
    tries: Mapping[str, int | None] = field(default_factory=dict)
    outgoing: Callable[[Starlette, sqlite3.Row], Outgoing] | None = None
    # The payer has answered a prompt of this network, or it has run out; inside a transaction.
    prompt_ended: Callable[[Starlette, sqlite3.Row], None] | None = None
    # Pays a reference on this network without a prompt of ours.
    pay: Callable[[Starlette, Order], Awaitable[Answer]] | None = None
    # Takes a payment back, or pays one out, or sweeps, as bad days need: name -> action.
    acts: Mapping[str, Callable[[Starlette, Mapping[str, Any]], Awaitable[dict[str, Any]]]] = field(
        default_factory=dict
    )


def found() -> dict[str, Twin]:
    twins: dict[str, Twin] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("__"):
            continue  # Importing __main__ would start another sandbox.
        twin = getattr(importlib.import_module(f"sandbox.{module.name}"), "TWIN", None)
        if isinstance(twin, Twin):
            twins[twin.kind] = twin
    return twins
