"""What stands beside the procedures: words, answers, other sites, the board, readers' remarks."""

from collections import Counter
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from catalogue import queries, queries_found
from catalogue.checks_editor import STAGES
from catalogue.definition import KINDS
from catalogue.kinds import KIND_WORDS, STAGE_WORDS
from catalogue.models.finding import REMARK_MAX
from catalogue.operations import hearing
from catalogue.queries import ServiceCard
from catalogue.words import FALLBACK


class RemarkForm(forms.Form):
    """Whether a page was right, and what was wrong. It asks nobody who she is."""

    verdict = forms.ChoiceField(
        label=_("Was this page right?"),
        choices=[("right", _("Yes, it was right")), ("wrong", _("No, something is wrong"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What is wrong, or what did you miss?"),
        help_text=_("Write no names, numbers or telephone: nobody can answer you from here."),
        required=False,
        max_length=REMARK_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


@dataclass(frozen=True)
class StageRow:
    """The services that have come so far on line."""

    code: str
    words: Promise
    services: tuple[ServiceCard, ...]
    percent: int


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    terms = queries_found.terms(_language())
    return render(request, "catalogue/glossary.html", {"terms": terms})


@require_safe
def faq(request: HttpRequest) -> HttpResponse:
    answers = queries_found.answers(_language())
    return render(request, "catalogue/faq.html", {"answers": answers})


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    context = {
        "directories": queries_found.directories(),
        "ministries": queries_found.ministries(),
        "query_max": queries_found.QUERY_MAX,
    }
    return render(request, "catalogue/directory.html", context)


@require_safe
def directory_agency(request: HttpRequest, code: str) -> HttpResponse:
    try:
        cards = queries_found.references_of(code, _language())
    except queries_found.NoReference:
        raise Http404 from None
    return render(request, "catalogue/directory_agency.html", {"cards": cards, "first": cards[0]})


@require_safe
def reference(request: HttpRequest, code: str) -> HttpResponse:
    """Where a link leads, before anybody follows it."""
    try:
        card, held_by = queries_found.reference(code, _language())
    except queries_found.NoReference:
        raise Http404 from None
    return render(request, "catalogue/reference.html", {"card": card, "directory": held_by})


@require_safe
def digitisation(request: HttpRequest) -> HttpResponse:
    cards = queries.services(_language())
    kinds = Counter(card.definition.kind for card in cards)
    rows = []
    for code in reversed(STAGES):
        reached = tuple(card for card in cards if card.definition.stage_reached == code)
        percent = round(100 * len(reached) / len(cards)) if cards else 0
        rows.append(StageRow(code, STAGE_WORDS[code], reached, percent))
    context = {
        "stages": rows,
        "kinds": [(KIND_WORDS[code], kinds[code]) for code in KINDS if kinds[code]],
        "total": len(cards),
    }
    return render(request, "catalogue/digitisation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def remark(request: HttpRequest, code: str) -> HttpResponse:
    try:
        version = queries.current(code)
    except queries.NoService:
        raise Http404 from None
    asked = request.GET.get("is", "")
    form = RemarkForm(request.POST or None, initial={"verdict": asked})
    if form.is_valid():
        hearing.remark(
            service_code=code,
            verdict=form.cleaned_data["verdict"],
            words=form.cleaned_data["words"],
            language=_language(),
            at=timezone.now(),
        )
        thanks = _("Thank you. Whoever keeps this page reads what you wrote.")
        messages.success(request, str(thanks))
        return redirect("catalogue:service", code=code)
    context = {"form": form, "service": version.definition}
    return render(request, "catalogue/remark.html", context, status=422 if form.is_bound else 200)


def _language() -> str:
    return get_language() or FALLBACK
