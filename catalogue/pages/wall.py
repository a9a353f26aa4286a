"""The notice board: an office's service standard on a sheet for its wall, in two languages."""

import functools
import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import dateformat, timezone, translation
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalogue import standards
from catalogue.queries import ServiceCard
from catalogue.standards import HOW_TO_COMPLAIN
from catalogue.strict import Texts
from catalogue.templatetags import catalogue_words, offices
from catalogue.words import FALLBACK, tell
from documents.rendering import notice_board
from documents.rendering.notice_board import Notice, Said
from kernel.country import country
from places import directory, opening
from places.queries import Office

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
class Row:
    """One service: each cell once for every language that says it differently."""

    code: str
    names: list[Said]
    fees: list[Said]
    times: list[Said]
    needed: list[Said]


@require_safe
def wall(request: HttpRequest, code: str) -> HttpResponse:
    """Show the sheet, and how it is printed."""
    office = _office(code)
    languages = _languages(request)
    rows, days = _rows(office, languages), _days(languages)
    context: dict[str, Any] = {
        key: _said(languages, functools.partial(str, words)) for key, words in _SAID.items()
    }
    context |= {
        "office": office,
        "names": _told(languages, [office.names]),
        "rows": rows,
        "languages": languages,
        "offered": settings.LANGUAGES,
        "paper": _one_of(request.GET.get("paper", ""), PAPERS),
        "papers": PAPERS,
        "ways": [_said(languages, functools.partial(str, one)) for one in HOW_TO_COMPLAIN],
        "days": days,
        "hours": opening.hours(office.code),
        "assumed": opening.hours_are_assumed(office.code),
        "today": _today(),
        "address": _address(office),
    }
    with translation.override(languages[0]):
        answer = render(request, "catalogue/offices/wall.html", context)
    answer["Content-Language"] = ", ".join(languages)
    return answer


@require_safe
def wall_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Give the same sheet as a file; of one day and one choice it is always the same bytes."""
    office = _office(code)
    languages = _languages(request)
    paper = _one_of(request.GET.get("paper", ""), PAPERS)
    with translation.override(languages[0]):
        data = notice_board.draw(_notice(office, languages), paper)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{office.code}-{paper}.pdf"'
    response["Content-Language"] = ", ".join(languages)
    return response


def _notice(office: Office, languages: list[str]) -> Notice:
    """Return what is printed; the caller has set the first language for what is said once."""
    said = {key: _said(languages, functools.partial(str, words)) for key, words in _SAID.items()}
    none = _said(languages, lambda: gettext("not published"))
    hours = strip_tags(offices.open_hours(opening.hours(office.code)))
    if opening.hours_are_assumed(office.code):
        hours = f"{hours} ({gettext('assumed: no source gives the hours')})"
    today = _today()
    published = gettext("As published on %(day)s") % {"day": dateformat.format(today, "j F Y")}
    names = _told(languages, [office.names])
    return Notice(
        title=f"{said['standard'][0].text}: {names[0].text}",
        language=languages[0],
        country=country().name(languages[0]),
        standard=said["standard"],
        office=names,
        hours=([Said(languages[0], hours)], _days(languages)),
        heads=[said[key] for key in ("procedure", "fee", "time", "bring")],
        rows=[
            (row.names, _plain(row.fees), _plain(row.times), row.needed or none)
            for row in _rows(office, languages)
        ],
        nothing=said["nothing"],
        sections=(
            (
                said["complain"],
                [_said(languages, functools.partial(str, o)) for o in HOW_TO_COMPLAIN],
            ),
            (said["more"], [said["law"]]),
        ),
        note=f"{_address(office)} · {published}",
        made_at=datetime.combine(today, time.min, country().zone),
    )


def _office(code: str) -> Office:
    office = directory.open_office(code)
    if office is None:
        raise Http404
    return office


def _rows(office: Office, languages: list[str]) -> list[Row]:
    return [_row(card, languages) for card in standards.of_office(office, languages[0])]


def _days(languages: list[str]) -> list[Said]:
    return _said(languages, lambda: offices.open_days(opening.week()))


def _today() -> date:
    return timezone.localdate(timezone.now(), country().zone)


def _address(office: Office) -> str:
    # Never the Host that a request names: the sheet hangs on a wall for years.
    return settings.SITE_URL + reverse("catalogue:office", args=[office.code])


def _plain(texts: Sequence[Said]) -> list[Said]:
    """Return words that were told for a page as they stand on paper."""
    return [Said(one.language, html.unescape(strip_tags(one.text))) for one in texts]


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
