"""The pages that anybody reads before applying. Each costs a constant number of queries."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalogue import queries
from catalogue.words import FALLBACK
from places import queries as places


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    language = _language()
    return render(
        request,
        "catalogue/home.html",
        {
            "needs": queries.needs(language),
            "cards": queries.services_that_can_be_applied_for(language),
            "query_max": queries.QUERY_MAX,
        },
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[: queries.QUERY_MAX]
    cards = queries.search(text, _language()) if text else []
    return render(
        request,
        "catalogue/search.html",
        {"text": text, "cards": cards, "query_max": queries.QUERY_MAX},
    )


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    categories = queries.by_category(_language())
    return render(request, "catalogue/services.html", {"categories": categories})


@require_safe
def need(request: HttpRequest, code: str) -> HttpResponse:
    try:
        card, cards = queries.need(code, _language())
    except queries.NoService:
        raise Http404 from None
    return render(request, "catalogue/need.html", {"need": card, "cards": cards})


@require_safe
def service(request: HttpRequest, code: str) -> HttpResponse:
    try:
        version = queries.current(code)
    except queries.NoService:
        raise Http404 from None
    definition = version.definition
    agency = places.agency(definition.agency)
    context = {
        "service": definition,
        "version": version.number,
        "name": definition.name(_language()),
        "agency": agency.names if agency else {},
        "beneficiaries": places.beneficiaries({fee.beneficiary for fee in definition.fees}),
        "translated_here": _language() in definition.unofficial,
    }
    return render(request, "catalogue/service.html", context)


def _language() -> str:
    return get_language() or FALLBACK
