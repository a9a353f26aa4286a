"""System checks of the rights: a code that nobody declares would be a right that nobody reads."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.models import F, Func, IntegerField

from accounts import acts
from accounts.models import ContactPoint, Grant
from accounts.operations import factors
from kernel.crypto import CannotDecrypt, blind_index

EMPTY_BYTES = 33
"""So long is a sealed text that says nothing."""


@register(Tags.database)
def grants_name_known_acts(
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **_later: Any,
) -> list[CheckMessage]:
    """Refuse grants of acts that no app declares (run by `migrate` and `check --database`)."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        if "accounts_grant" not in connections[alias].introspection.table_names():
            continue  # Before the first migration there is nothing to read.
        named = Grant.objects.using(alias).filter(ended_at__isnull=True)
        found.extend(
            Error(
                f"A grant names the act {code!r}, which no app declares.",
                hint="Declare it in the app's policies.py, or end the grant.",
                id="accounts.E001",
            )
            for code in sorted(set(named.values_list("act", flat=True)) - acts.codes())
        )
    return found


@register("privacy", Tags.database)
def people_are_found_by_the_index_key(
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **_later: Any,
) -> list[CheckMessage]:
    """Refuse an INDEX_KEY under which nobody who is known would be found by her phone."""
    for alias in databases or ():
        if "accounts_contactpoint" not in connections[alias].introspection.table_names():
            continue
        # One that was erased has no value, and an index of nothing.
        bytes_ = Func(F("value"), function="octet_length", output_field=IntegerField())
        known_ = ContactPoint.objects.using(alias).alias(bytes=bytes_)
        first = known_.filter(bytes__gt=EMPTY_BYTES).order_by("pk")
        try:
            known = first.values_list("kind", "value", "value_index").first()
        except CannotDecrypt:
            continue  # The kernel's check says it.
        if known and blind_index(known[0], str(known[1])) != bytes(known[2]):
            return [
                Error(
                    "Phones are indexed by another key than INDEX_KEY: nobody would be found.",
                    hint="INDEX_KEY (or the first of FIELD_KEY) must be the key of the beginning.",
                    id="accounts.E010",
                )
            ]
    return []


@register(Tags.security, deploy=True)
def staff_show_a_second_factor(
    app_configs: Sequence[AppConfig] | None, **_later: Any
) -> list[CheckMessage]:
    """Refuse a deployment in which a stolen password opens an officer's desk."""
    if settings.STAFF_SECOND_FACTOR == factors.REQUIRED:
        return []
    return [
        Error(
            "Staff may sign in with a password alone.",
            hint='Set STAFF_SECOND_FACTOR = "required".',
            id="accounts.E002",
        )
    ]
