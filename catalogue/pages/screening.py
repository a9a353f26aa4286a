"""Before you start: may I, what do I need, what will it cost? Without signing in, kept nowhere."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from catalogue import queries, screening
from catalogue.definition import Definition
from catalogue.parts import Field, Screen, Stop
from catalogue.words import FALLBACK, tell


@require_http_methods(["GET", "HEAD", "POST"])
def before(request: HttpRequest, code: str) -> HttpResponse:
    """
    Answers come by POST, because an address is kept by browsers and proxies, and they are of a
    person. Nothing is written: the answer is the page itself.
    """
    try:
        definition = queries.current(code).definition
    except queries.NoService:
        raise Http404 from None
    language = _language()
    form = _form(definition, language)(request.POST or None)
    context: dict[str, Any] = {"service": definition, "form": form}
    if not form.fields or form.is_valid():
        answers = form.cleaned_data if form.fields else {}
        found = screening.outcome(definition, answers)
        context |= {
            "outcome": found,
            "answered": _answered(definition, answers, language),
            "stops": _stops(found.stops, language),
        }
    status = 422 if form.is_bound and "outcome" not in context else 200
    return render(request, "catalogue/before.html", context, status=status)


def _form(definition: Definition, language: str) -> type[forms.Form]:
    """Return a form of the questions, each by choosing."""
    fields: dict[str, forms.Field] = {}
    for question in screening.questions(definition):
        fields[question.code] = forms.ChoiceField(
            label=tell(question.labels, language).text,
            help_text=tell(question.hints, language).text,
            choices=_choices(question, language),
            widget=forms.RadioSelect,
        )
    return type("BeforeForm", (forms.Form,), fields)


def _choices(question: Screen | Field, language: str) -> list[tuple[str, str]]:
    if isinstance(question, Field) and question.type == "boolean":
        return [("true", gettext("Yes")), ("false", gettext("No"))]
    return [(option.value, tell(option.labels, language).text) for option in question.options]


def _answered(
    definition: Definition, answers: dict[str, str], language: str
) -> list[tuple[str, str]]:
    """Return what was asked and answered, as the result repeats it."""
    return [
        (
            tell(question.labels, language).text,
            dict(_choices(question, language))[answers[question.code]],
        )
        for question in screening.questions(definition)
    ]


def _stops(stops: tuple[Stop, ...], language: str) -> list[tuple[Stop, queries.ServiceCard | None]]:
    """Return why she may not apply, each with the service that may help instead."""
    codes = [stop.instead for stop in stops if stop.instead]
    cards = {card.code: card for card in queries.services(language, codes=codes)} if codes else {}
    return [(stop, cards.get(stop.instead)) for stop in stops]


def _language() -> str:
    return get_language() or FALLBACK
