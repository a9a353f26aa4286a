"""Whoever answers for looks: what citizens find wrong, and openings that were objected to."""

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

from accounts import sessions
from accounts.policies import NotGranted
from applications import operations, policies
from applications.operations.looking import ANSWER_CHARACTERS_MAX
from applications.queries import looks as queries
from applications.queries.reaching import Reach


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("Your answer"),
        help_text=_("The citizen reads it beside the look. Name nobody."),
        max_length=ANSWER_CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


@never_cache
@require_GET
@sessions.staff_required
def questions(request: HttpRequest) -> HttpResponse:
    """List the questions that wait for an answer, and what a second person objected to."""
    over = _reach(request)
    now = timezone.now()
    context = {
        "questions": queries.questions(over),
        "objected": queries.openings_objected(over),
        "overdue": queries.openings_overdue(over, at=now),
    }
    return render(request, "applications/look_questions.html", context)


@never_cache
@sensitive_post_parameters("text")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def answer(request: HttpRequest, question_id: int) -> HttpResponse:
    """Answer one question."""
    waiting = queries.questions(_reach(request))
    question = next((one for one in waiting if one.pk == question_id), None)
    if question is None:
        raise Http404
    form = AnswerForm(request.POST) if request.method == "POST" else AnswerForm()
    if form.is_valid():
        try:
            operations.answer_for_look(
                question_id=question_id,
                by_id=sessions.signed_in(request).pk,
                text=form.cleaned_data["text"],
                at=timezone.now(),
            )
        except operations.LookedHerself:
            form.add_error(None, gettext("It was you who looked: somebody else must answer."))
        except operations.TextRefused:
            form.add_error("text", gettext("Write at least one word."))
        else:
            messages.success(request, gettext("Your answer is kept."))
            return redirect("applications:look_questions")
    status = 422 if form.is_bound else 200
    context = {"question": question, "form": form}
    return render(request, "applications/look_answer.html", context, status=status)


def _reach(request: HttpRequest) -> Reach:
    account = sessions.signed_in(request)
    over = queries.answering(account_id=account.pk, person_id=account.person_id, at=timezone.now())
    if over.is_empty:
        raise NotGranted(account_id=account.pk, act=policies.ANSWER_FOR_LOOKS.code)
    return over
