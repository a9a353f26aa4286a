"""What a server refuses to start with; imports nothing of ours, as it runs before the settings."""

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured


def refuse_owner(variables: Mapping[str, str]) -> None:
    """
    Refuse to serve under the login that owns the tables: no right of PostgreSQL binds it.

    :raises ImproperlyConfigured: if GUICHET_AS_OWNER is set, which is for commands
    """
    if variables.get("GUICHET_AS_OWNER") == "1":
        raise ImproperlyConfigured("GUICHET_AS_OWNER is for commands, such as migrate.")
