"""The notice board: an office's service standard on a sheet for its wall, in two languages."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalogue import standards
from catalogue.queries import ServiceCard
from catalogue.standards import HOW_TO_COMPLAIN
from catalogue.strict import Texts
from catalogue.templatetags import catalogue_words, offices
from catalogue.words import FALLBACK, tell
from kernel.country import country
from places import directory, opening

PAPERS = ("a4", "a3")
NEEDED_SHOWN = 4
"""So many of what to bring, in short: a wall is read standing."""
_SAID: Mapping[str, Promise] = {
    "standard": _("Service standard"),
    "procedure": _("Procedure"),
    "fee": _("Fee"),
    "time": _("How long"),
    "bring": _("Bring"),
    "complain": _("When the standard is not kept"),
    "more": _("Asked for more?"),
    "law": _(
        "Whoever asks for more than stands here must show you the law. Ask for the official "
        "receipt."
    ),
    "nothing": _("No published procedure is decided at this office."),
}


@dataclass(frozen=True)
class Said:
    """A text in the language that it is in."""

    language: str
    text: str


@dataclass(frozen=True)
class Row:
    """One service: each cell once for every language that says it differently."""

    code: str
    names: list[Said]
    fees: list[Said]
    times: list[Said]
    needed: list[Said]


@require_safe
def wall(request: HttpRequest, code: str) -> HttpResponse:
    office = directory.open_office(code)
    if office is None:
        raise Http404
    languages = _languages(request)
    cards = standards.of_office(office, languages[0])
    today = timezone.localdate(timezone.now(), country().zone)
    context: dict[str, Any] = {
        key: _said(languages, functools.partial(str, words)) for key, words in _SAID.items()
    }
    context |= {
        "office": office,
        "names": _told(languages, [office.names]),
        "rows": [_row(card, languages) for card in cards],
        "languages": languages,
        "offered": settings.LANGUAGES,
        "paper": _one_of(request.GET.get("paper", ""), PAPERS),
        "papers": PAPERS,
        "ways": [_said(languages, functools.partial(str, one)) for one in HOW_TO_COMPLAIN],
        "days": _said(languages, lambda: offices.open_days(opening.week())),
        "hours": opening.hours(office.code),
        "assumed": opening.hours_are_assumed(office.code),
        "today": today,
        "address": request.build_absolute_uri(reverse("catalogue:office", args=[office.code])),
    }
    with translation.override(languages[0]):
        answer = render(request, "catalogue/offices/wall.html", context)
    answer["Content-Language"] = ", ".join(languages)
    return answer


def _languages(request: HttpRequest) -> list[str]:
    """Return the language of the sheet and the second one, if that is another."""
    known = tuple(code for code, _name in settings.LANGUAGES)
    here = get_language() or FALLBACK
    first = _one_of(request.GET.get("first", here), known)
    others = [code for code in known if code != first]
    second = request.GET.get("second", others[0] if others else first)
    return list(dict.fromkeys([first, *(code for code in (second,) if code in known)]))


def _row(card: ServiceCard, languages: list[str]) -> Row:
    definition = card.definition
    return Row(
        card.code,
        _told(languages, [definition.names]),
        _said(languages, lambda: catalogue_words.fee_in_short(definition.fees)),
        _said(languages, lambda: catalogue_words.promised(definition.time)),
        _told(languages, definition.needed[:NEEDED_SHOWN]),
    )


def _told(languages: list[str], texts: Sequence[Texts]) -> list[Said]:
    """Tell texts of the pack in each language; what is told alike, or falls back, stands once."""
    said: dict[str, str] = {}
    for language in languages:
        parts = [tell(one, language) for one in texts]
        if any(parts):
            said.setdefault("; ".join(part.text for part in parts if part), parts[0].language)
    return [Said(language, text) for text, language in said.items()]


def _said(languages: list[str], say: Callable[[], str]) -> list[Said]:
    """Say words of the site in each language; what is said alike stands once."""
    words = {}
    for language in {FALLBACK, *languages}:
        with translation.override(language):
            words[language] = say()
    said: dict[str, str] = {}
    for language in languages:
        # Words that a language does not have yet stand there in English.
        is_english = words[language] == words[FALLBACK]
        said.setdefault(words[language], FALLBACK if is_english else language)
    return [Said(language, text) for text, language in said.items()]


def _one_of(asked: str, known: tuple[str, ...]) -> str:
    return asked if asked in known else known[0]
