"""The pages that anybody reads before applying. Each costs a constant number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalogue import measuring, queries, queries_found, queries_kept
from catalogue.definition import Definition
from catalogue.explaining import Glossary
from catalogue.operations import hearing
from catalogue.words import FALLBACK
from design import notes, wording
from design.notes import Note
from design.wording import Share
from kernel import asking
from places import queries as places

# Who is in charge of a page says every month that it is right; after this its readers are told.
_QR_UNIT = 3


@dataclass(frozen=True)
class Confirmed:
    """When somebody in charge last said that a page is right, and whether that is long ago."""

    at: datetime | None
    stale: bool


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    language = _language()
    return render(
        request,
        "catalogue/home.html",
        {
            "needs": queries.needs(language),
            "cards": queries.services_that_can_be_applied_for(language),
            "measured": measuring.told(),
            "query_max": queries_found.QUERY_MAX,
        },
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = asking.text(request, "q", most=queries_found.QUERY_MAX)
    language = _language()
    found = queries_found.search(text, language) if text else []
    if text and not found:
        hearing.missed(text=text, language=language, day=timezone.localdate())
    context: dict[str, Any] = {
        "text": text, "found": found, "query_max": queries_found.QUERY_MAX
    }  # fmt: skip
    if not found:
        context["needs"] = queries.needs(language)
    return render(request, "catalogue/search.html", context)


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    categories = queries.by_category(_language())
    context = {
        "categories": categories,
        "measured": measuring.told(),
        "query_max": queries_found.QUERY_MAX,
    }
    return render(request, "catalogue/services.html", context)


@require_safe
def need(request: HttpRequest, code: str) -> HttpResponse:
    try:
        card, cards = queries.need(code, _language())
    except queries.NoService:
        raise Http404 from None
    return render(request, "catalogue/need.html", {"need": card, "cards": cards})


@require_safe
def service(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "catalogue/service.html", _service(code))


@require_safe
def service_print(request: HttpRequest, code: str) -> HttpResponse:
    """The same facts on one sheet, with the day and a code that leads back to the page."""
    context = _service(code)
    context |= {"picture": _picture(context["address"]), "day": timezone.localdate()}
    return render(request, "catalogue/service_print.html", context)


def page_of(definition: Definition) -> dict[str, Any]:
    """Return what the procedure page tells, of a version in force or of a draft. Five queries."""
    code, language = definition.code, _language()
    return {
        "service": definition,
        "name": definition.name(language),
        "agency": places.agency(definition.agency),
        "beneficiaries": places.beneficiaries({fee.beneficiary for fee in definition.fees}),
        "measured": measuring.told([code]),
        "glossary": Glossary(queries_found.terms(language, in_place=True)),
        "confirmed": _confirmed(code),
        "translated_here": language in definition.unofficial,
        "machine_notes": _machine_notes(definition, language),
        "site_says_so": bool(wording.shares(language).citizens.machine),
        "address": settings.SITE_URL + reverse("catalogue:service", args=[code]),
    }


def _service(code: str) -> dict[str, Any]:
    try:
        version = queries.current(code)
    except queries.NoService:
        raise Http404 from None
    return page_of(version.definition) | {"version": version.number}


def _machine_notes(definition: Definition, language: str) -> tuple[Note, ...]:
    return notes.told(Share(total=1, machine=1)) if language in definition.machine else ()


def _confirmed(code: str) -> Confirmed:
    at = queries_kept.confirmed_at(code)
    return Confirmed(at, stale=at is None or timezone.now() - at > queries_kept.STALE_AFTER)


def _picture(address: str) -> SafeString:
    """Return the QR code as shapes in the page: no style, no script, no second request."""
    made = segno.make(address, error="m", micro=False)
    return mark_safe(  # noqa: S308 # segno draws shapes and nothing of the text.
        made.svg_inline(scale=_QR_UNIT, border=4, light="#fff", svgclass="qr", omitsize=True)
    )


def _language() -> str:
    return get_language() or FALLBACK
