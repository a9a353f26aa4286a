"""The strings of the site as translators see them: what is missing, and what a machine made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po
from django.conf import settings

from catalogue.words import fold
from design import wording
from design.wording import Share
from kernel.country import country

# Whole as English is, and nearer to some translators.
BESIDE = "fr"


class NoLanguage(Exception):
    """The country does not speak it, or its words are the code's own."""


@dataclass(frozen=True)
class Line:
    """One string: in English, in French, in the language, and where it is said."""

    english: tuple[str, ...]
    beside: tuple[str, ...]
    words: tuple[str, ...]
    context: str
    where: tuple[str, ...]
    state: str  # "missing", "machine" or "read".
    for_citizens: bool
    folded: str


@dataclass(frozen=True)
class Wanted:
    """A state or "all"; "citizens", "staff" or "all"; words in English or the language itself."""

    what: str = "all"
    room: str = "all"
    typed: str = ""


def languages() -> list[str]:
    """Return the languages of this country that the site's strings are put into."""
    return [code for code in country().languages if code != "en" and _file(code).exists()]


def lines(language: str) -> tuple[Line, ...]:
    """
    Return every string, those of the citizens' pages first.

    :raises NoLanguage: see there
    """
    if language not in languages():
        raise NoLanguage(language)
    return _lines(language, *(_file(one).stat().st_mtime_ns for one in (language, BESIDE)))


# Reading two catalogues takes a second: once in a process, and again when a file has changed.
@lru_cache(maxsize=8)
def _lines(language: str, _changed_ns: int, _beside_changed_ns: int) -> tuple[Line, ...]:
    beside = wording.read(_file(BESIDE), BESIDE)
    found = [_line(one, beside) for one in wording.read(_file(language), language) if one.id]
    return tuple(sorted(found, key=lambda one: (not one.for_citizens, one.where[:1], one.english)))


def _line(message: Message, beside: Catalog) -> Line:
    other = beside.get(message.id, message.context)
    english, words = wording.forms(message.id), wording.forms(message.string)
    lacks = not wording.has_words(message)
    return Line(
        english=english,
        beside=wording.forms(other.string) if other else (),
        words=() if lacks else words,
        context=message.context or "",
        where=tuple(place for place, _line in message.locations),
        state="missing" if lacks else "machine" if wording.is_machine(message) else "read",
        for_citizens=wording.read_by_citizens(message),
        folded=fold(" ".join((*english, *words))),
    )


def chosen(found: Iterable[Line], wanted: Wanted) -> list[Line]:
    """Return the strings that somebody asks for, in their order."""
    typed = fold(wanted.typed)
    return [
        line
        for line in found
        if wanted.what in ("all", line.state)
        and (wanted.room == "all" or line.for_citizens == (wanted.room == "citizens"))
        and typed in line.folded
    ]


def share(found: Iterable[Line]) -> Share:
    told = [line.state for line in found]
    return Share(len(told), told.count("missing"), told.count("machine"))


def to_translate(language: str, wanted: Sequence[Line]) -> bytes:
    """
    Return a .po file of these strings.

    What a machine made is marked as fuzzy ("needs work" in translators' programs): whoever takes
    that mark away has read it.
    """
    catalog = _empty(language)
    for line in wanted:
        told = [f"fr: {line.beside[0]}"] if line.beside and language != BESIDE else []
        catalog.add(
            line.english if len(line.english) > 1 else line.english[0],
            line.words if len(line.words) > 1 else "".join(line.words),
            locations=[(place, 0) for place in line.where],
            flags=["fuzzy"] if line.state == "machine" else [],
            auto_comments=[*told, *(["made by a machine"] if line.state == "machine" else [])],
            context=line.context or None,
        )
    return _written(catalog)


def examined(language: str, data: bytes) -> tuple[wording.Taken, bytes]:
    """
    Say what of a translator's file can be taken, and return that alone as a .po file.

    :raises NoLanguage: see there
    :raises design.wording.NoPoFile: if nobody can read it
    """
    if language not in languages():
        raise NoLanguage(language)
    came = wording.take(wording.read(_file(language), language), wording.read_given(data, language))
    mended = _empty(language)
    for message in came.taken:
        mended.add(message.id, message.string, locations=message.locations, context=message.context)
    return came, _written(mended)


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language,
        project="Guichet",
        header_comment=f"# Words of Guichet in {language}",
        fuzzy=False,
    )


def _written(catalog: Catalog) -> bytes:
    out = BytesIO()
    write_po(out, catalog, width=100, include_lineno=False)
    return out.getvalue()


def _file(language: str) -> Path:
    return wording.po_file(Path(settings.BASE_DIR), language)
