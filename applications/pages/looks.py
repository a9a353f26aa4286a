"""Who looked at my record: told to whose it is, with a way to say that it seems wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts import seeing, sessions
from applications import operations
from applications.models import Look, Opening, Why
from applications.operations.looking import QUESTION_CHARACTERS_MAX
from applications.pages.apply import holder_id, language
from applications.queries import looks as queries
from catalogue import queries as catalogue
from documents import seeing as papers

_ID_DIGITS_MAX = 18


@dataclass(frozen=True)
class Line:
    """One look: by whom as an office and a role, never by name; why; and what a question led to."""

    id: int
    at: datetime
    who: str
    office: str
    seen: str
    service: str
    number: str
    reason: str
    objected: bool
    asked: bool
    answer: str


class QuestionForm(forms.Form):
    text = forms.CharField(
        label=_("What seems wrong to you?"),
        help_text=_("You need not write anything: we look into it in any case."),
        max_length=QUESTION_CHARACTERS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@never_cache
@require_GET
@sessions.person_required
def looks(request: HttpRequest) -> HttpResponse:
    """List who looked at her cases, the newest first."""
    before = request.GET.get("before", "")
    good = before.isascii() and before.isdigit() and len(before) <= _ID_DIGITS_MAX
    found = queries.looks_at(holder_id(request), before_id=int(before) if good else None)
    shown = found[: queries.LOOKS_SHOWN]
    older = f"?before={shown[-1].pk}" if len(found) > queries.LOOKS_SHOWN else ""
    context = {
        "lines": _lines(shown),
        "older": older,
        "at_counter": seeing.looks_at(holder_id(request), language=language()),
        "at_papers": papers.looks_at(queries.papers_of(holder_id(request)), language=language()),
    }
    return render(request, "applications/looks.html", context)


@never_cache
@sensitive_post_parameters("text")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def ask(request: HttpRequest, look_id: int) -> HttpResponse:
    """Let her say that a look seems wrong; somebody who answers for the office reads it."""
    person_id = holder_id(request)
    look = queries.look_of(look_id, holder_id=person_id)
    if look is None:
        raise Http404
    form = QuestionForm(request.POST or None) if request.method == "POST" else QuestionForm()
    if form.is_valid():
        try:
            operations.ask_about_look(
                look_id=look_id,
                holder_id=person_id,
                text=form.cleaned_data["text"],
                at=timezone.now(),
            )
        except operations.AskedBefore:
            messages.info(request, gettext("You have asked about this look already."))
        else:
            messages.success(
                request, gettext("Your question is sent. The answer will stand beside the look.")
            )
        return redirect("applications:looks")
    context = {"line": _lines([look])[0], "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "applications/look_ask.html", context, status=status)


def _lines(found: Sequence[Look]) -> list[Line]:
    names = catalogue.service_names({look.application.service_code for look in found}, language())
    openings = queries.openings_behind(found)
    return [_line(look, names, openings.get(look.pk)) for look in found]


def _line(look: Look, names: dict[str, str], opening: Opening | None) -> Line:
    question = getattr(look, "question", None)
    return Line(
        id=look.pk,
        at=look.at,
        who=str(Why(look.why).label),
        office=look.office.told(language()) if look.office else "",
        seen=look.get_seen_display(),
        service=names.get(look.application.service_code, ""),
        number=look.application.number,
        reason=opening.get_reason_code_display() if opening else "",
        objected=opening is not None and opening.accepted is False,
        asked=question is not None,
        answer=question.answer if question else "",
    )
