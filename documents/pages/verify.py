"""Checking a paper, by anybody: what is printed, the code that a camera reads, or the file."""

from datetime import datetime, timedelta
from math import ceil

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.limits import Limit
from accounts.operations import BudgetSpent, budgets
from accounts.pages.visits import address
from documents import queries, verdicts
from documents.pages.forms import FileForm, PrintedForm
from documents.verdicts import Outcome, Verdict

# By network address. A bank's counter that checks papers all day stays far below.
FILES = Limit("verify.file", 60, timedelta(hours=1))
CODES = Limit("verify.code", 120, timedelta(hours=1))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for number and code, or for the file; answer on the same page, by POST."""
    by_file = request.method == "POST" and "by_file" in request.POST
    printed = PrintedForm(request.POST if request.method == "POST" and not by_file else None)
    uploaded = FileForm(*((request.POST, request.FILES) if by_file else ()))
    asked = uploaded if by_file else printed
    # 422: the form was understood, and what it holds must be mended.
    status = 422 if asked.is_bound else 200
    again_seconds = 0
    if asked.is_bound and asked.is_valid():
        now = timezone.now()
        try:
            return _answer(request, _judge(asked, asker=address(request), at=now))
        except BudgetSpent as spent:
            status, again_seconds = 429, ceil((spent.again_at - now).total_seconds())
            said = gettext("Too many papers were checked from here. Try again in an hour.")
            asked.add_error(None, said)
    context = {"printed": printed, "uploaded": uploaded, "asked": asked}
    page = render(request, "documents/verify.html", context, status=status)
    if again_seconds:
        page["Retry-After"] = str(again_seconds)
    return page


@never_cache
@require_safe
def by_code(request: HttpRequest, typed: str) -> HttpResponse:
    """Answer to a camera that read the code on the paper."""
    try:
        verdict = verdicts.by_code(typed)
    except DatabaseError as error:
        verdict = verdicts.unanswered(error)
    return _answer(request, verdict)


def _judge(form: PrintedForm | FileForm, *, asker: str, at: datetime) -> Verdict:
    try:
        if isinstance(form, FileForm):
            budgets.spend(FILES, asker, at=at)
            return verdicts.by_file(form.cleaned_data["file"], at=at)
        budgets.spend(CODES, asker, at=at)
        return verdicts.by_number_and_code(
            number=form.cleaned_data["number"], verification_id=form.cleaned_data["code"]
        )
    except DatabaseError as error:
        return verdicts.unanswered(error)


def _answer(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    language = get_language() or "en"
    paper = verdict.paper
    context = {
        "verdict": verdict,
        "paper": paper,
        "title": queries.title(paper.paper_type, language) if paper else "",
        "office": (paper.office.get(language) or next(iter(paper.office.values())))
        if paper
        else "",
    }
    status = 503 if verdict.outcome == Outcome.COULD_NOT_CHECK else 200
    response = render(request, "documents/verdict.html", context, status=status)
    # The address is the paper's secret: no search engine and no next site shall learn it.
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
