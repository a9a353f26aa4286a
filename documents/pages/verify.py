"""Checking a paper, by anybody: what is printed, the code that a camera reads, or the file."""

from datetime import datetime
from math import ceil

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.operations import BudgetSpent, budgets
from documents import operations, verdicts
from documents.limits import AGAIN_SECONDS, CODES, FILES
from documents.models import LookKind
from documents.pages.forms import FileForm, PrintedForm
from documents.pages.offline import beside
from documents.verdicts import Outcome, Verdict
from documents.verdicts.words import words
from kernel.addresses import address


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
            verdict = verdicts.answer(lambda: _judge(asked, asker=address(request), at=now))
            kind = LookKind.FILE if by_file else LookKind.PAGE
            return _answer(request, verdict, kind=kind, at=now)
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
    now = timezone.now()
    verdict = verdicts.answer(lambda: verdicts.by_code(typed, at=now))
    return _answer(request, verdict, kind=LookKind.PAGE, at=now)


def _judge(form: PrintedForm | FileForm, *, asker: str, at: datetime) -> Verdict:
    if isinstance(form, FileForm):
        budgets.spend(FILES, asker, at=at)
        return verdicts.by_file(form.cleaned_data["file"], at=at)
    budgets.spend(CODES, asker, at=at)
    return verdicts.by_number_and_code(
        number=form.cleaned_data["number"],
        verification_id=form.cleaned_data["code"],
        at=at,
    )


def _answer(
    request: HttpRequest, verdict: Verdict, *, kind: LookKind, at: datetime
) -> HttpResponse:
    language = get_language() or "en"
    paper = verdict.paper
    scanned = paper is not None and request.method != "POST"
    told = {
        "verdict": verdict,
        "words": words(verdict, by_file=kind is LookKind.FILE),
        "paper": paper,
        "title": _in(paper.titles, language) if paper else "",
        "office": _in(paper.office, language) if paper else "",
        # What the code itself says is judged in the page: it never reaches us.
        "scanned": scanned,
        **(beside(paper.number) if paper and scanned else {}),
    }
    status = 503 if verdict.outcome == Outcome.COULD_NOT_CHECK else 200
    response = render(request, "documents/verdict.html", told, status=status)
    if status == 503:
        response["Retry-After"] = str(AGAIN_SECONDS)
    # The address is the paper's secret: no search engine and no next site shall learn it.
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    if verdict.paper_id is not None and request.method != "HEAD":
        operations.note_look(paper_id=verdict.paper_id, kind=kind, at=at)
    return response


def _in(names: dict[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()))
