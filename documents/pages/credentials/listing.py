"""The list of credentials: what ends soon first, what waits for a person, who has no key."""

from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import sessions
from documents import holding
from documents.holding import PAGE_SIZE, Waiting
from documents.pages.credentials import reach, words
from documents.pages.credentials.forms import FilterForm
from documents.pages.credentials.showing import shown
from documents.pki import revocation

ENDING, OPEN, WITHOUT, ALL = "ending", "open", "without", "all"
_ID_DIGITS_MAX = 18


@never_cache
@require_safe
@sessions.staff_required
def credentials(request: HttpRequest) -> HttpResponse:
    """Show the credentials of her offices."""
    chosen = request.GET.get("list", ENDING)
    if chosen not in {ENDING, OPEN, WITHOUT, ALL}:
        raise Http404
    now = timezone.now()
    within = reach.offices(request, at=now)
    form = FilterForm(request.GET)
    context = {
        "chosen": chosen,
        "form": form,
        "waiting": [_named(one) for one in holding.papers_without_key(within, at=now)],
        # Whoever answers for the whole country answers for its authorities' lists.
        "late_lists": len(revocation.overdue(now)) if within is None else 0,
        **_LISTS[chosen](request, within, form, now),
    }
    return render(request, "documents/credentials/credentials.html", context)


def _ending(
    request: HttpRequest, within: holding.Offices, form: FilterForm, now: datetime
) -> dict[str, object]:
    found = holding.ending(within, at=now)[:PAGE_SIZE]
    return {"rows": [shown(row, now) for row in found]}


def _open(
    request: HttpRequest, within: holding.Offices, form: FilterForm, now: datetime
) -> dict[str, object]:
    found = holding.open_requests(within)[:PAGE_SIZE]
    return {"requests": [(shown(row, now), words.ASKED[row.asked]) for row in found]}


def _without(
    request: HttpRequest, within: holding.Offices, form: FilterForm, now: datetime
) -> dict[str, object]:
    officers, offices, purposes = holding.without_key(within)
    return {
        "without": [
            *[_named(one) for one in [*officers, *offices]],
            *[("state", each.value, words.PURPOSES[each], 0) for each in purposes],
        ]
    }


def _all(
    request: HttpRequest, within: holding.Offices, form: FilterForm, now: datetime
) -> dict[str, object]:
    asked = form.cleaned_data if form.is_valid() else {}
    kept = {name: value for name, value in asked.items() if value}
    rows = holding.credentials(within).filter(**kept).order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) <= _ID_DIGITS_MAX:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE_SIZE + 1])
    older = ""
    if len(found) > PAGE_SIZE:
        older = "?" + urlencode({**kept, "list": ALL, "before": found[PAGE_SIZE - 1].pk})
    return {"rows": [shown(row, now) for row in found[:PAGE_SIZE]], "older": older}


_LISTS: dict[
    str, Callable[[HttpRequest, holding.Offices, FilterForm, datetime], dict[str, object]]
] = {ENDING: _ending, OPEN: _open, WITHOUT: _without, ALL: _all}


def _named(one: Waiting) -> tuple[str, str, str, int]:
    """Return for links and words: whose, which, the name, and how many papers wait."""
    if one.account_id is not None:
        return "officer", str(one.account_id), one.name, one.papers
    language = get_language() or "en"
    name = one.names.get(language) or next(iter(one.names.values()), "")
    return "office", str(one.office_id), name, one.papers
