"""All that a paper shows, read before drawing: the renderer asks nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date

from documents.rendering.errors import CannotBeDrawn
from documents.rendering.wording import Row, Template, Words


class UnknownValue(CannotBeDrawn):
    """A fact holds a value for which the template has no words; the message names the fact."""


ORIGINAL = "original"


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
    entry: Entry | None  # None on a slip, which rests on no register entry.
    number: str  # "" on a specimen.
    verification_id: str  # "" on a specimen.
    site_url: str
    done_on: date  # Local date of the request.
    made_at: datetime
    copy: str = ORIGINAL  # Else "duplicate" or "certified_copy".
    copy_no: int = 0
    original_number: str = ""  # Of the paper that this one copies.
    supersedes: str = ""  # The number of the paper that this one takes the place of.
    valid_until: date | None = None
    claims: str = ""  # The signed facts in Base32, which the code carries behind the address.

    @property
    def specimen(self) -> bool:
        return not self.verification_id

    @property
    def check_url(self) -> str:
        """The address behind the code: capitals, which a symbol stores in fewer modules."""
        address = f"{self.site_url}/V/{self.verification_id}".upper()
        return f"{address}#{self.claims}" if self.claims else address

    @property
    def check_address(self) -> str:
        return f"{self.site_url.partition('://')[2]}/verify/"


def told(row: Row, fact: str, content: Content) -> list[str]:
    """
    Return a fact's value for readers of both languages: one text where they agree.

    :raises UnknownValue: for a choice that the template does not know, or a date that is none
    """
    value = content.facts.get(fact, "")
    if not value:
        return [value]
    both = [_in(language, row, fact, content) for language in content.languages]
    return list(dict.fromkeys(both))


def can_say(words: Words, content: Content) -> bool:
    """Say whether every fact that a sentence names is known."""
    named = (name for text in words.values() for _, name, _, _ in Formatter().parse(text) if name)
    return all(content.facts.get(fact) for fact in named)


def in_words(words: Words, content: Content) -> dict[str, str]:
    """
    Return a sentence in both languages, each "{fact}" of it as that language says the fact.

    :raises UnknownValue: as `told`, and for a fact that is not told
    """
    rows = {row.facts[0]: row for row in content.template.rows if len(row.facts) == 1}
    said: dict[str, str] = {}
    for language in content.languages:
        values = {
            fact: _in(language, row, fact, content)
            for fact, row in rows.items()
            if f"{{{fact}}}" in words[language] and content.facts.get(fact)
        }
        try:
            said[language] = words[language].format_map(values)
        except KeyError as missing:
            raise UnknownValue(missing.args[0]) from None
    return said


def _in(language: str, row: Row, fact: str, content: Content) -> str:
    try:
        return _told(row, content.facts[fact], language, content)
    except (KeyError, ValueError):
        raise UnknownValue(fact) from None


def _told(row: Row, value: str, language: str, content: Content) -> str:
    match row.form:
        case "date":
            return long_date(date.fromisoformat(value), language, content)
        case "short_date":
            return date.fromisoformat(value).isoformat()
        case "moment":
            # On the clock that the fact was written down by.
            moment = datetime.fromisoformat(value)
            return f"{long_date(moment.date(), language, content)}, {moment:%H:%M}"
        case "short_moment":
            return f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M}"
        case "time":
            return f"{datetime.fromisoformat(value):%H:%M}"
        case "choice":
            return row.choices[value][language]
        case "country":
            return str(_locale(language, content).territories[value])
        case _:
            return value


def long_date(day: date, language: str, content: Content) -> str:
    """Return the date in words, as that language writes it in that country."""
    return format_date(day, format="long", locale=_locale(language, content))


def _locale(language: str, content: Content) -> Locale:
    try:
        return Locale(language, content.country_code.upper())
    except UnknownLocaleError:
        return Locale(language)


def spaced(verification_id: str) -> str:
    """Return a verification code in groups of four, as people read it out."""
    return " ".join(verification_id[i : i + 4] for i in range(0, len(verification_id), 4))
