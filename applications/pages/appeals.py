"""A refused applicant appeals: her words, a look at them, and they are on their way."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import sessions
from applications import operations, queries
from applications.models import Application
from applications.operations.appealing import APPEAL_CHARACTERS_MAX
from applications.pages.apply import language, of_holder
from applications.queries import Term
from catalogue import queries as catalogue


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("Why do you not agree?"),
        help_text=_(
            "Say what is wrong in the decision. What you gave before is there already. "
            "At most 2,000 characters."
        ),
        max_length=APPEAL_CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Say why you do not agree.")},
    )


@never_cache
@sensitive_post_parameters("text")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    """Take her words, show them once more, then appeal. Too late: say until when it was."""
    application = of_holder(request, number)
    definition = catalogue.version(application.service_version_id).definition
    term = queries.term(application, definition, language=language())
    if term is None:
        return redirect("applications:case", number)
    context = {
        "application": application,
        "name": definition.name(language()),
        "term": term,
        "is_late": not term.is_open(timezone.now()),
    }
    if context["is_late"] or request.method != "POST":
        return _page(request, context | {"form": AppealForm()})
    form = AppealForm(request.POST)
    if not form.is_valid() or request.POST.get("change"):
        kept = form if not request.POST.get("change") else AppealForm(initial=request.POST.dict())
        return _page(request, context | {"form": kept}, status=422 if kept.is_bound else 200)
    if not request.POST.get("sure"):
        return _page(request, context | {"form": form, "look": form.cleaned_data["text"]})
    return _send(request, application, term, form.cleaned_data["text"])


def _send(request: HttpRequest, application: Application, term: Term, text: str) -> HttpResponse:
    try:
        operations.appeal(
            application_id=application.pk,
            holder_id=application.holder_id,
            by_id=sessions.signed_in(request).pk,
            text=text,
            at=timezone.now(),
        )
    except operations.TooLate:
        last = formats.date_format(term.last_day, "DATE_FORMAT")
        messages.error(request, gettext("It was possible to appeal until %s.") % last)
    except (operations.AppealedBefore, operations.NotNow):
        pass  # Sent twice: the first one counted.
    else:
        messages.success(request, gettext("Your appeal is on its way to another officer."))
    return redirect("applications:case", application.number)


def _page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, "applications/appeal.html", context, status=status)
