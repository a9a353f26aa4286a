"""What the house tells others: whoever scrapes, whoever found a hole, whoever reads a language."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

METRICS_TOKEN_CHARS_MIN = 32


def metrics_token(variables: Mapping[str, str]) -> str:
    """
    Read METRICS_TOKEN, "" where nobody scrapes.

    :raises ImproperlyConfigured: if it is too short to be drawn by chance
    """
    told = variables.get("METRICS_TOKEN", "").strip()
    if told and len(told) < METRICS_TOKEN_CHARS_MIN:
        raise ImproperlyConfigured(
            f"METRICS_TOKEN must have at least {METRICS_TOKEN_CHARS_MIN} characters."
        )
    return told


def security_contact(variables: Mapping[str, str], *, usual: str) -> str:
    """
    Read SECURITY_CONTACT, as it stands in security.txt (RFC 9116, 2.5.3).

    :raises ImproperlyConfigured: if it is neither mailto:, tel: nor an https:// address
    """
    told = variables.get("SECURITY_CONTACT", "").strip() or usual
    if told and not re.fullmatch(r"(mailto:|tel:|https://)[!-~]+", told):
        raise ImproperlyConfigured("SECURITY_CONTACT must begin with mailto:, tel: or https://.")
    return told


def language_name(code: str, *, ours: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    """Return what we call a language, or else what Django calls it, or else its code."""
    # Words that are translated later cannot be tried for truth while the settings are read.
    return ours[code] if code in ours else known.get(code, {}).get("name", code)
