"""All that a paper shows, read before drawing: the renderer asks nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date

from documents.rendering.errors import CannotBeDrawn
from documents.rendering.wording import Row, Template


class UnknownValue(CannotBeDrawn):
    """A fact holds a value for which the template has no words; the message names the fact."""


@dataclass(frozen=True)
class Entry:
    """The register entry that the paper cites; a population entry has no act."""

    office: str
    year: int | None
    volume: str
    act_number: str
    registered_on: date | None
    read_on: date


@dataclass(frozen=True)
class Content:
    template: Template
    kind: str
    languages: tuple[str, str]
    country: Mapping[str, str]
    country_code: str
    country_languages: tuple[str, ...]
    flag_colours: tuple[str, ...]
    office: Mapping[str, str]  # By language of the paper.
    place: Mapping[str, str]  # What holds the office's area: "Gasabo, City of Kigali", or "".
    officer: str | None  # None: sealed by the office alone.
    facts: Mapping[str, str]
    entry: Entry
    number: str  # "" on a specimen.
    verification_id: str  # "" on a specimen.
    site_url: str
    done_on: date  # Local date of the request.
    made_at: datetime

    @property
    def specimen(self) -> bool:
        return not self.verification_id

    @property
    def check_url(self) -> str:
        """The address behind the code: capitals, which a symbol stores in fewer modules."""
        return f"{self.site_url}/V/{self.verification_id}".upper()

    @property
    def check_address(self) -> str:
        return f"{self.site_url.partition('://')[2]}/verify/"


def told(row: Row, fact: str, content: Content) -> list[str]:
    """
    Return a fact's value for readers of both languages: one text where they agree.

    :raises UnknownValue: for a choice that the template does not know, or a date that is none
    """
    value = content.facts.get(fact, "")
    if row.form == "date" and value:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise UnknownValue(fact) from None
        both = [long_date(day, language, content) for language in content.languages]
    elif row.form == "choice" and value:
        if value not in row.choices:
            raise UnknownValue(fact)
        both = [row.choices[value][language] for language in content.languages]
    else:
        both = [value]
    return list(dict.fromkeys(both))


def long_date(day: date, language: str, content: Content) -> str:
    """Return the date in words, as that language writes it in that country."""
    try:
        locale = Locale(language, content.country_code.upper())
    except UnknownLocaleError:
        locale = Locale(language)
    return format_date(day, format="long", locale=locale)


def spaced(verification_id: str) -> str:
    """Return a verification code in groups of four, as people read it out."""
    return " ".join(verification_id[i : i + 4] for i in range(0, len(verification_id), 4))
