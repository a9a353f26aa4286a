"""The lists of an office's papers: what waits for a second person, what a correction proposes."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import sessions
from documents import listing, queries
from documents.listing import ALL, PROPOSED, WAITING, Line
from documents.pages.papers import reach, words
from documents.pages.papers.forms import FilterForm
from kernel import exports

_ID_DIGITS_MAX = 18
EXPORT_MAX = 100_000


@dataclass(frozen=True)
class Shown:
    line: Line
    title: str
    standing: str
    tone: str
    copy: str


@never_cache
@require_safe
@sessions.staff_required
def papers(request: HttpRequest) -> HttpResponse:
    """Show the papers of her offices, the newest first."""
    shown = request.GET.get("list", WAITING)
    if shown not in {WAITING, PROPOSED, ALL}:
        raise Http404
    within = reach.offices(request, at=timezone.now())
    form = FilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    before = request.GET.get("before", "")
    found = listing.lines(
        within,
        today=reach.today(),
        shown=shown,
        state=asked.get("state", ""),
        number=asked.get("number", ""),
        before_id=int(before) if before.isdecimal() and len(before) <= _ID_DIGITS_MAX else None,
    )
    rows = found[: listing.PAGE_SIZE]
    kept = {name: value for name, value in asked.items() if value} | {"list": shown}
    older = "?" + urlencode({**kept, "before": rows[-1].id}) if len(found) > len(rows) else ""
    context = {
        "shown": shown,
        "rows": [show(one) for one in rows],
        "older": older,
        "form": form,
        "is_filtered": bool(asked.get("state") or asked.get("number")),
    }
    return render(request, "documents/papers/papers.html", context)


@never_cache
@require_safe
@sessions.staff_required
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give her offices' papers as a table: numbers and standings, no person."""
    within = reach.offices(request, at=timezone.now())
    header = (
        gettext("Paper number"),
        gettext("Paper"),
        gettext("Copy"),
        gettext("Standing"),
        gettext("Issued"),
        gettext("Valid until"),
        gettext("No longer true since"),
    )
    return exports.csv_response("papers.csv", *exports.marked(header, _rows(within)))


def show(one: Line) -> Shown:
    said, tone = words.UNFINISHED.get(one.state, ""), ""
    if one.standing:
        said, tone = words.STANDINGS[one.standing]
    copy = "" if one.copy == "original" else f"{words.COPIES[one.copy]} {one.copy_no}"
    return Shown(one, title(one.paper_type), str(said), tone, copy)


def title(paper_type: str) -> str:
    return queries.title(paper_type, get_language() or "en")


def _rows(within: set[int] | None) -> Iterator[tuple[object, ...]]:
    today = reach.today()
    found = listing.at_offices(within).order_by("-pk")[:EXPORT_MAX]
    for one in found.iterator(chunk_size=exports.CHUNK_ROWS):
        shown = show(listing.line(one, today))
        yield (
            shown.line.number,
            shown.title,
            shown.copy,
            shown.standing,
            shown.line.issued_at,
            shown.line.valid_until,
            shown.line.ended_on,
        )
