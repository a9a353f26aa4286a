"""What every page shows around its own content: the country, its band, the languages."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

from design import notes, wording
from design.notes import Note
from kernel.country import country

BAND_LENGTH = 120


@dataclass(frozen=True)
class Stripe:
    x: int
    length: int
    colour: str


@dataclass(frozen=True)
class Language:
    code: str
    name: str  # In the language itself: "Français".
    here: bool


@dataclass(frozen=True)
class Site:
    country: str
    stripes: tuple[Stripe, ...]
    languages: tuple[Language, ...]
    practice: bool  # Books to learn on: nothing here is real.
    notes: tuple[Note, ...]  # What is to be known of the words of a citizen's page.
    desk_notes: tuple[Note, ...]
    accent: str  # Six hex digits, for the picture in the browser's tab.
    workshop: bool  # Where the house is built: its parts are linked from every page.


def house(request: HttpRequest) -> dict[str, object]:
    """Return `site` for the base template; it costs no query."""
    here = get_language() or settings.LANGUAGE_CODE
    nation, said = country(), wording.shares(here.partition("-")[0])
    return {
        "site": Site(
            country=nation.name(here),
            stripes=band(nation.flag_colours),
            languages=tuple(
                Language(code, _own_name(code), code == here) for code in nation.languages
            ),
            practice=settings.PRACTICE,
            accent=nation.accent.light.removeprefix("#"),
            workshop=not settings.PRODUCTION,
            notes=notes.told(said.citizens),
            desk_notes=notes.told(said.every),
        )
    }


def band(colours: tuple[str, ...]) -> tuple[Stripe, ...]:
    """Share the band among the flag's colours; a pack names a broad colour twice."""
    length = BAND_LENGTH // max(1, len(colours))
    return tuple(Stripe(i * length, length, colour) for i, colour in enumerate(colours))


def _own_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:  # Neither Django nor the settings know this language.
        return code.upper()
