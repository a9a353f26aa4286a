"""System checks of the rights: a code that nobody declares would be a right that nobody reads."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from accounts import acts
from accounts.models import Grant


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
