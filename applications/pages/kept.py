"""What an officer typed before her act was refused, given back to her."""

from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest


@dataclass(frozen=True)
class Kept:
    """`fields` holds a reason by the field's code, `text` what is meant for colleagues only."""

    fields: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    note: str = ""
    text: str = ""


def key_of(request: HttpRequest) -> UUID | None:
    """Return the form's own key; without one the case's version alone guards against a repeat."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None
