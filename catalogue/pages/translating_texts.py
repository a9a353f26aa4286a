"""The translation desk: the country's own texts, and where each of them is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import sessions
from catalogue import queries_translating
from catalogue.pages import editing_sections, translating
from catalogue.pages.editing_parts import Words
from catalogue.queries_translating import PackText
from catalogue.translating import BESIDE
from kernel import exports
from kernel.country import country

KINDS: Mapping[str, Words] = {
    "service": _("Services"),
    "category": _("Categories"),
    "need": _("Needs"),
    "question": _("Questions people ask"),
    "term": _("Words explained"),
    "agency": _("Agencies"),
    "office": _("Offices"),
    "beneficiary": _("Whose money it is"),
}


@dataclass(frozen=True)
class TextLine:
    """A text of the country, and where its editor writes it (None: not hers to edit here)."""

    text: PackText
    kind: Words
    english: str
    beside: str
    words: str
    state: str
    draft_id: int | None
    section: str
    may_edit: bool


@never_cache
@require_safe
@sessions.staff_required
def texts(request: HttpRequest, language: str) -> HttpResponse:
    """List the country's own texts in a language, fifty at a time."""
    own = translating.reach(request)
    every = _texts(request, language)
    kind, what, typed = _kind(request), translating.what_of(request), translating.typed_of(request)
    found = queries_translating.chosen(every, language, what=what, typed=typed)
    page = translating.page_of(request, found)
    page["lines"] = [_text_line(one, language, own) for one in page["lines"]]
    context = {
        **page,
        "language": language,
        "name": translating.own_name(language),
        "shares": [(KINDS[one.kind], one) for one in queries_translating.shares(every, language)],
        "kinds": KINDS.items(),
        "kind": kind,
        "what": what,
        "typed": typed,
        "has_beside": language != BESIDE,
    }
    return render(request, "catalogue/editor/language_texts.html", context)


@never_cache
@require_safe
@sessions.staff_required
def texts_file(request: HttpRequest, language: str) -> HttpResponseBase:
    """Give the country's own texts as a table to fill in."""
    translating.reach(request)
    chosen = queries_translating.chosen(
        _texts(request, language),
        language,
        what=translating.what_of(request),
        typed=translating.typed_of(request),
    )
    rows = (
        (
            one.kind, one.code, one.key, one.texts.get("en", ""),
            one.texts.get(BESIDE, ""), one.texts.get(language, ""),
        )
        for one in chosen
    )  # fmt: skip
    header = ("kind", "code", "key", "en", BESIDE, f"words in {language}")
    return exports.csv_response(f"guichet-texts-{language}", header, rows)


def _texts(request: HttpRequest, language: str) -> list[PackText]:
    if language not in country().languages:
        raise Http404
    return queries_translating.every(_kind(request))


def _text_line(text: PackText, language: str, own: frozenset[str] | None) -> TextLine:
    section = editing_sections.section_of(text.part) if text.kind == "service" else None
    return TextLine(
        text=text,
        kind=KINDS[text.kind],
        english=text.texts.get("en", ""),
        beside=text.texts.get(BESIDE, ""),
        words=text.texts.get(language, ""),
        state=text.state(language),
        draft_id=text.draft_id,
        section=section.code if section else "",
        may_edit=text.kind == "service" and (own is None or text.code in own),
    )


def _kind(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in KINDS else ""
