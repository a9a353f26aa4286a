"""What an agency answers for: its charter, its standard, and where that is given."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalogue import measuring, standards
from catalogue.words import FALLBACK
from kernel.country import country
from places import directory
from places import queries as places


@require_safe
def agency(request: HttpRequest, code: str) -> HttpResponse:
    found = places.agency(code)
    if found is None:
        raise Http404
    language = get_language() or FALLBACK
    cards = standards.of_agency(code, language)
    counted = directory.offices_by_level(standards.levels(cards))
    context = {
        "agency": found,
        "cards": cards,
        "measured": measuring.told([card.code for card in cards]),
        "offices": directory.offices_of(found),
        "complain": standards.HOW_TO_COMPLAIN,
        "levels": [
            (country().level_name(level, language), n) for level, n in sorted(counted.items())
        ],
    }
    return render(request, "catalogue/offices/agency.html", context)
