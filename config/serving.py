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


def refuse_plain(variables: Mapping[str, str]) -> None:
    """
    Refuse to serve production over an open road, be it only the one from the proxy in front.

    :raises ImproperlyConfigured: if the server has no certificate, and no socket to listen on
    """
    if variables.get("GUICHET_ENV") != "production" or variables.get("GRANIAN_UDS"):
        return
    if not (variables.get("GRANIAN_SSL_CERTIFICATE") and variables.get("GRANIAN_SSL_KEYFILE")):
        raise ImproperlyConfigured(
            "In production the web server speaks TLS to the proxy in front: name "
            "GRANIAN_SSL_CERTIFICATE and GRANIAN_SSL_KEYFILE, or GRANIAN_UDS, a socket."
        )
