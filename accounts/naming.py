"""The names of services and rails, which live on floors above, for the pages that speak of them."""

from collections.abc import Callable, Mapping

Names = Callable[[str], Mapping[str, str]]
"""Returns, in a language, the name of everything of a kind by its code."""

_READ: dict[str, Names] = {}


def tell(kind: str, read: Names) -> None:
    """Let the pages of rights know the names of a kind, "service" or "rail"."""
    _READ[kind] = read


def names(kind: str, language: str) -> dict[str, str]:
    """Return the names of the kind by code; none where no floor above has any."""
    return dict(_READ[kind](language)) if kind in _READ else {}
