"""An import: how far it is, and then the fate of every line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import policies as grants
from accounts import sessions
from kernel import exports
from kernel.money import Money
from payments.models import Import
from payments.pages.statements import shown, words
from payments.policies import VIEW_MONEY
from payments.queries import imports
from payments.queries.imports import Line
from payments.states import ImportStep

PAGE_LINES = 50


@dataclass(frozen=True)
class LineShown:
    line: Line
    word: Promise | str
    tone: str
    meaning: Promise | str
    leg: Promise | str


@dataclass(frozen=True)
class Choice:
    """A filter of the list, with how many lines it had when the file was posted."""

    fate: str
    word: Promise | str
    count: int | None
    url: str
    is_here: bool


@never_cache
@require_safe
@sessions.staff_required
def result(request: HttpRequest, import_id: int) -> HttpResponse:
    """Show how far an import is; once it is done, its counts and its lines, a page at a time."""
    _may_look(request)
    job = _import(import_id)
    if job.step == ImportStep.READ:
        return redirect("payments:statement_file", file_id=job.file_id)
    fate = request.GET.get("fate", "")
    fates = _fates(fate)
    after = _after(request.GET.get("after", ""))
    lines = imports.lines(job.file_id, fates=fates, after=after, limit=PAGE_LINES + 1)
    here = reverse("payments:statement_import", args=[import_id])
    query = f"fate={fate}&" if fates else ""
    more = len(lines) > PAGE_LINES
    context = {
        **_progress(job),
        "job": job,
        "problem": words.IMPORT_PROBLEMS.get(job.problem, job.problem),
        "statements": [shown.look(row) for row in imports.statements(job.file_id)],
        "choices": _choices(job, here, fate if fates else ""),
        "lines": [_shown(line) for line in lines[:PAGE_LINES]],
        "first_url": f"{here}?{query}".rstrip("?&") if after != imports.START else "",
        "next_url": "{}?{}after={}-{}".format(here, query, *lines[PAGE_LINES - 1].key)
        if more
        else "",
    }
    return render(request, "payments/statements/result.html", context)


@never_cache
@require_safe
@sessions.staff_required
def progress(request: HttpRequest, import_id: int) -> JsonResponse:
    """Answer what the page asks while an import runs: {"version", "html", "over"}."""
    _may_look(request)
    job = _import(import_id)
    context = _progress(job)
    if not shown.ImportLine.of(job).runs:
        return JsonResponse({"version": context["version"], "html": "", "over": True})
    html = render_to_string("payments/statements/_progress.html", context, request=request)
    return JsonResponse({"version": context["version"], "html": html, "over": False})


@never_cache
@require_safe
@sessions.staff_required
def exceptions(request: HttpRequest, file_id: int, form: str) -> HttpResponseBase:
    """Give the lines that want a person, as CSV or XLSX."""
    _may_look(request)
    try:
        imports.file(file_id)
    except imports.NoImport:
        raise Http404 from None
    name, rows = f"exceptions-{file_id}", _rows(file_id)
    header = [
        "statement", "line", "rail", "day", "amount_minor", "amount", "currency", "id", "fate",
        "means", "leg",
    ]  # fmt: skip
    if form == "csv":
        return exports.csv_response(name, header, rows)
    if form == "xlsx":
        return exports.xlsx_response(name, gettext("Exceptions"), header, rows)
    raise Http404


def _rows(file_id: int) -> Iterator[Sequence[object]]:
    for line in imports.exceptions(file_id):
        said = _shown(line)
        yield (
            line.statement_id,
            line.line_no,
            line.rail_code,
            line.booked_day,
            line.amount_minor,
            Money(line.amount_minor, line.currency),
            line.currency,
            line.external_id,
            line.fate,
            said.meaning,
            line.leg,
        )


def _may_look(request: HttpRequest) -> None:
    account = sessions.signed_in(request)
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=timezone.now())


def _import(import_id: int) -> Import:
    try:
        return imports.one(import_id)
    except imports.NoImport:
        raise Http404 from None


def _progress(job: Import) -> dict[str, object]:
    line = shown.ImportLine.of(job)
    return {"import": line, "version": line.version}


def _fates(fate: str) -> tuple[str, ...]:
    if fate == "exceptions":
        return imports.EXCEPTIONS
    return (fate,) if fate in imports.FATES else ()


def _after(typed: str) -> tuple[int, int]:
    """Return the key of the line before the page; a made-up one begins anew."""
    statement, _, line = typed.partition("-")
    if not (statement.isdecimal() and line.isdecimal()):
        return imports.START
    return (int(statement), int(line)) if len(typed) <= 18 else imports.START


def _choices(job: Import, here: str, chosen: str) -> list[Choice]:
    counts = {
        "SUSPENSE": job.suspense_lines,
        "MATCHED": job.matched_lines,
        "WAITING": job.waiting_lines,
        "REFUSED": job.refused_lines,
        "KNOWN": job.known_lines,
        "NOTHING": job.empty_lines,
    }
    shown_ = [Choice("", gettext("all"), job.lines_total, here, not chosen)]
    if any(counts[fate] for fate in ("SUSPENSE", "WAITING", "REFUSED")) or chosen == "exceptions":
        url = f"{here}?fate=exceptions"
        shown_.append(
            Choice(
                "exceptions",
                gettext("for a person"),
                None,
                url,
                bool(chosen) and chosen == "exceptions",
            )
        )
    for fate in imports.FATES:
        count = counts.get(fate)
        if count or fate == chosen or (fate == "POSTED" and job.new_lines):
            word = words.FATES[fate][0]
            shown_.append(Choice(fate, word, count, f"{here}?fate={fate}", fate == chosen))
    return shown_


def _shown(line: Line) -> LineShown:
    word, tone, meaning = words.FATES[line.fate]
    return LineShown(line, word, tone, meaning, words.LEGS.get(line.leg, line.leg))
