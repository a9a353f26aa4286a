"""
Where this house goes outside, and what for: read once, from what is wired.

`kernel.outgoing` opens its door to these and to no others.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from kernel.outgoing import origin

PURPOSES = ("registers", "sms", "rails", "directory", "stamps", "signing", "revocation")
# Told to providers, and never asked by us.
OURS = frozenset({"callback_base"})
# What plays the world on this machine, in development and in tests: at any port.
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
# Authorities publish what they revoked without TLS, and sign it (RFC 5280, 8; RFC 6960, 5).
WITHOUT_TLS = frozenset({"revocation"})
_NAMED = re.compile(r"(https?://)?([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.ASCII)


def hosts(
    variables: Mapping[str, str], *, wired: Mapping[str, Any], production: bool
) -> dict[str, frozenset[str]]:
    """
    Return where each purpose may go, as `kernel.outgoing.origin` writes it: scheme, host and port.

    That of the addresses that are wired for it, and what `OUTGOING_HOSTS` names more, such as where
    a directory keeps its tokens or an authority its lists: "directory:login.example
    revocation:crl.example". A host means https on 443, for lists of revocation http on 80 too;
    "directory:login.example:8443" another port.

    :param wired: for a purpose, values of any shape in which addresses lie
    :raises ImproperlyConfigured: if OUTGOING_HOSTS names an unknown purpose, no host, or in
        production one without TLS
    """
    found = {purpose: set(_origins_in(wired.get(purpose))) for purpose in PURPOSES}
    for named in variables.get("OUTGOING_HOSTS", "").replace(",", " ").split():
        purpose, _, host = named.lower().partition(":")
        if purpose not in found or not (parts := _NAMED.fullmatch(host)):
            raise ImproperlyConfigured(
                "OUTGOING_HOSTS must name hosts by purpose: "
                f'"directory:login.example"; the purposes are {", ".join(PURPOSES)}.'
            )
        schemes = {parts[1] or "https://"}
        if production and "http://" in schemes and purpose not in WITHOUT_TLS:
            raise ImproperlyConfigured("OUTGOING_HOSTS must name https:// alone in production.")
        if not parts[1] and not parts[3] and purpose in WITHOUT_TLS:
            schemes.add("http://")
        found[purpose] |= {origin(f"{scheme}{parts[2]}{parts[3] or ''}") for scheme in schemes}
    near = frozenset() if production else LOCAL
    return {purpose: near | known for purpose, known in found.items()}


def near(variables: Mapping[str, str]) -> frozenset[str]:
    """Read OUTGOING_NEAR: names with a dot that may lead to an address of the machine's own net."""
    return frozenset(variables.get("OUTGOING_NEAR", "").replace(",", " ").lower().split())


def _origins_in(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        if found := origin(value):
            yield found
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in OURS:
                yield from _origins_in(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _origins_in(inner)
