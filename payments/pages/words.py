"""Text of the country pack in the reader's language, or in the nearest that it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import get_language, gettext

from kernel.country import country
from kernel.money import Money
from payments.operations.controlling import limits

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Words:
    """Text of a pack with the language that it is in, which may not be the reader's."""

    text: str
    language: str


def words(texts: Mapping[str, str]) -> Words:
    language, text = readable(texts)
    return Words(text=text or "", language=language)


def readable(by_language: Mapping[str, T]) -> tuple[str, T | None]:
    """Return the language and what is said in it: the reader's, the country's, or any."""
    for language in (get_language() or "", country().default_language, *by_language):
        if by_language.get(language):
            return language, by_language[language]
    return "", None


def over_limit(error: limits.OverLimit) -> str:
    """Say that more was to be approved than may be, and what is left."""
    language = get_language() or "en"
    most = Money(error.limit_minor, error.currency).format(language)
    if error.reach == "act":
        return gettext("This is above the limit: at most %(most)s an act.") % {"most": most}
    left = Money(error.left_minor, error.currency).format(language)
    if error.reach == "person":
        said = gettext(
            "This is above your limit: at most %(most)s a day; %(left)s of it is left today."
        )
    else:
        said = gettext("This is above the limit: at most %(most)s a day; %(left)s is left today.")
    return said % {"most": most, "left": left}
