"""
The words of the pages as they lie in `locale/<language>/`: read, counted, compared.

`config.words` gathers them and `catalogue.translating` shows them to translators. A string whose
words a machine made carries the translator's comment `machine` until a person has read it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser, read_po
from django.conf import settings

MACHINE = "machine"
FILE_BYTES_MAX = 3_000_000
LONGER_TIMES_MAX = 4
# A word of one language is a phrase in another: only what is no longer a label is too long.
_SHORT = 40
_PLACEHOLDER = re.compile(r"%%|%(?:\(\w+\))?0?\d*[sd]|\{\w*\}")
_TAG = re.compile(r"</?[A-Za-z!][^>]*>?")


class Why(StrEnum):
    """Why a translator's words are not taken."""

    UNKNOWN = "unknown"  # No page says this string, or none any more.
    FORMS = "forms"  # One form where there are two, or the other way round.
    PLACES = "places"  # What is filled in, such as %(name)s, is not what English has.
    TAGS = "tags"
    QUOTES = "quotes"  # A straight quote could end an attribute: typographic ones cannot.
    EDGES = "edges"  # A new line at an end, where English has none, or none where it has one.
    LONG = "long"


class NoPoFile(Exception):
    """What was given is no file of words in UTF-8."""


@dataclass(frozen=True)
class Share:
    """How many strings there are, how many lack words, how many a machine put into words."""

    total: int = 0
    missing: int = 0
    machine: int = 0

    @property
    def read(self) -> int:
        return self.total - self.missing - self.machine


@dataclass(frozen=True)
class Shares:
    every: Share = Share()
    citizens: Share = Share()


@dataclass(frozen=True)
class Refusal:
    english: str
    why: Why


@dataclass(frozen=True)
class Taken:
    """What came of a translator's file; `left` were filled, and marked as not read or not sure."""

    taken: tuple[Message, ...]
    refused: tuple[Refusal, ...]
    left: int
    same: int


def po_file(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read(file: Path, language: str) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=language)


def read_given(data: bytes, language: str) -> Catalog:
    """
    Read what a stranger may have written.

    :raises NoPoFile: if it is larger than FILE_BYTES_MAX, no UTF-8, or not to be understood
    """
    if len(data) > FILE_BYTES_MAX:
        raise NoPoFile
    try:
        text = data.decode("utf-8-sig")
        catalog = _Headless(locale=language)
        PoFileParser(catalog, ignore_obsolete=True, abort_invalid=True).parse(text.splitlines())
    except (PoFileError, ValueError, LookupError, TypeError, AttributeError):
        raise NoPoFile from None
    return catalog


class _Headless(Catalog):
    """A stranger's header is not believed: it may lay out a thousand million plurals a string."""

    mime_headers = property(lambda self: [], lambda self, headers: None)


def forms(said: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return one string, or singular and plural."""
    return (said,) if isinstance(said, str) else tuple(said or ("",))


def has_words(message: Message) -> bool:
    return all(forms(message.string)) and not message.fuzzy


def is_machine(message: Message) -> bool:
    return has_words(message) and MACHINE in message.user_comments


def share(messages: Iterable[Message]) -> Share:
    told = [message for message in messages if message.id]
    return Share(
        total=len(told),
        missing=sum(not has_words(message) for message in told),
        machine=sum(is_machine(message) for message in told),
    )


@cache
def shares(language: str) -> Shares:
    """
    Count the strings of a language once in a process; nothing where it has no file.

    Half a second is too much for a page, and no release changes its words while it runs.
    """
    file = po_file(Path(settings.BASE_DIR), language)
    if not file.exists():
        return Shares()
    told = list(read(file, language))
    return Shares(share(told), share(one for one in told if read_by_citizens(one)))


def read_by_citizens(message: Message) -> bool:
    return any(for_citizens(place) for place, _line in message.locations)


@cache
def for_citizens(place: str) -> bool:
    """Say whether citizens read what this file says."""
    return bool(_citizens().fullmatch(place))


@cache
def _citizens() -> re.Pattern[str]:
    lines = (Path(__file__).parent / "for_citizens.txt").read_text(encoding="utf-8").splitlines()
    globs = [re.escape(line) for line in lines if line and not line.startswith("#")]
    # What is escaped is a star; two of them pass slashes too.
    patterns = [one.replace(r"\*\*", ".*").replace(r"\*", "[^/]*") for one in globs]
    return re.compile("|".join(patterns))


def take(known: Catalog, given: Catalog) -> Taken:
    """
    Put a translator's words into `known`, each whole or not at all; their machine mark goes.

    What she left marked as fuzzy, or as made by machine in the same words, waits as it was.
    """
    taken, refused, left, same = [], [], 0, 0
    for message in given:
        words = forms(message.string)
        if not message.id or not any(words):
            continue
        standing = known.get(message.id, message.context)
        is_same = standing is not None and forms(standing.string) == words
        if message.fuzzy or (is_same and MACHINE in message.user_comments):
            left += 1
        elif why := _wrong(standing, message.id, words):
            refused.append(Refusal(forms(message.id)[0], why))
        elif standing is None or (is_same and not is_machine(standing)):
            same += 1
        else:
            standing.string = message.string
            standing.user_comments = [one for one in standing.user_comments if one != MACHINE]
            standing.flags.discard("fuzzy")
            taken.append(standing)
    return Taken(tuple(taken), tuple(refused), left, same)


def _wrong(
    standing: Message | None, said: str | Sequence[str], words: tuple[str, ...]
) -> Why | None:
    if standing is None or forms(standing.id) != forms(said):
        return Why.UNKNOWN
    english = forms(said)
    if not all(words) or (len(english) > 1) != (len(words) > 1):
        return Why.FORMS
    # Text messages know straight quotation marks only, and have no attributes to end.
    plain = all(place.endswith(".txt") for place, _line in standing.locations)
    reasons = {disagreement(english, one) for one in words} - {Why.QUOTES if plain else None, None}
    return min((why for why in reasons if why), default=None)


def disagreement(english: Sequence[str], words: str) -> Why | None:
    """Return why these words cannot stand for the English ones (singular and plural), or None."""
    if _placed(words) not in [_placed(one) for one in english] or _stray(english, words):
        return Why.PLACES
    if sorted(_TAG.findall(words)) not in [sorted(_TAG.findall(one)) for one in english]:
        return Why.TAGS
    if '"' in words and not any('"' in one for one in english):
        return Why.QUOTES
    if any(_edges(words) != _edges(one) for one in english) or "\r" in words:
        return Why.EDGES
    longest = max(len(one) for one in english)
    return Why.LONG if len(words) > max(_SHORT, LONGER_TIMES_MAX * longest) else None


def _placed(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


def _stray(english: Sequence[str], words: str) -> bool:
    """Say whether a sign that is left over would break the filling in."""
    rest = _PLACEHOLDER.sub("", words)
    filled = "".join(english)
    return ("%(" in filled and "%" in rest) or ("{" in filled and ("{" in rest or "}" in rest))


def _edges(text: str) -> tuple[bool, bool]:
    return text.startswith("\n"), text.endswith("\n")
