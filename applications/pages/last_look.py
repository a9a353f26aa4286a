"""A draft before it is sent: all answers once more, its price, and what is still wrong."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.models import SavedDraft
from applications.operations import saving
from applications.pages.answered import Rows, told_once
from applications.pages.apply import language, today
from applications.pages.open_drafts import definition_of, ended, opened, question
from catalogue import conditions, forms, pricing
from catalogue.definition import Definition, Group
from catalogue.words import tell


@never_cache
@require_http_methods(["GET", "HEAD"])
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show everything once more with its price; to send it she proves who she is."""
    draft = opened(request, key, at=timezone.now())
    if draft is None:
        return ended(request, key)
    definition, given = definition_of(draft), saving.given_in(draft)
    wrong = forms.mistakes(definition, given, language(), today=today())
    context = {
        "name": definition.name(language()),
        "sections": told_once(
            (one, one.title(language()).text, _rows(draft, definition, one))
            for one in conditions.groups(definition, given)
        ),
        "mistakes": [(question(draft, one.group), one) for one in wrong],
        "charges": [] if wrong else pricing.lines(definition, given),
        "files": [
            tell(one.names, language()) for one in conditions.slots(definition, given).values()
        ],
        "start": f"{reverse('applications:start', args=[draft.service_code])}?draft={draft.key}",
        "later": reverse("applications:saved_later", args=[draft.key]),
        "back": question(draft, conditions.groups(definition, given)[-1].code),
    }
    return render(request, "applications/saved_check.html", context)


def _rows(draft: SavedDraft, definition: Definition, asked: Group) -> Rows:
    given = saving.given_in(draft)
    wanted = conditions.asked(definition, given)
    return [
        (
            tell(field.labels, language()).text,
            forms.shown(field, given.get(field.code), language()) or gettext("Not given"),
            f"{question(draft, asked.code)}#id_{field.code}",
            gettext("Change"),
        )
        for field in asked.asked
        if field in wanted
    ]
