"""Who can do this here, what can she do, what waits and what ends soon."""

from collections.abc import Iterator
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import policies, register, sessions, words
from accounts.pages.rights import shown
from accounts.pages.rights.forms import CalledForm, WhoForm
from accounts.register import LISTED_MAX, Right
from accounts.staffing import Reach
from kernel import audit, exports
from places import queries as places

_HISTORY = ("ended",)


@never_cache
@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def who(request: HttpRequest) -> HttpResponse:
    """Show who can do this here, and find people: whom she looks for stands in no address."""
    at = timezone.now()
    tabs = shown.tabs(request, at=at)
    within = _within(request, at=at)
    form = WhoForm(request.GET if "act" in request.GET else None, names=shown.names())
    found = None
    if form.is_bound and form.is_valid():
        rights = register.who_may(
            act=form.cleaned_data["act"],
            over=form.over(),
            within=within,
            at=at,
            language=shown.language(),
        )
        found = shown.lines(rights)
    called = CalledForm(request.POST or None)
    typed = called.typed()
    context = {
        **tabs,
        "form": form,
        "lines": found,
        "asked": words.act(form.cleaned_data["act"]) if found is not None else None,
        "is_cut": found is not None and len(found) == LISTED_MAX,
        "called": called,
        "people": shown.called(request, typed, at=at) if typed else None,
        "area": form.data.get("area", ""),
        "is_part": not within.everywhere,
    }
    return render(request, "accounts/rights/who.html", context)


@never_cache
@require_safe
@sessions.staff_required
def person(request: HttpRequest, account_id: int) -> HttpResponse:
    """
    Show all that one person may do, may do soon, and could do once, in the reader's own areas.

    Her own rights she reads wherever they are.
    """
    at = timezone.now()
    tabs = shown.tabs(request, at=at)
    is_own = account_id == tabs["account_id"]
    within = register.EVERYWHERE if is_own else _within(request, at=at)
    try:
        holder = register.holder(account_id, within=within)
    except register.NoHolder:
        raise Http404 from None
    rights = register.of_person(account_id, within=within, at=at, language=shown.language())
    lines = shown.lines(rights)
    context = {
        **tabs,
        "holder": holder,
        "now": [one for one in lines if one.right.state in {"in_force", "ending"}],
        "coming": [one for one in lines if one.right.state in {"waiting", "later"}],
        "history": [one for one in lines if one.right.state in _HISTORY],
        "is_own": is_own,
        "is_part": not within.everywhere,
    }
    return render(request, "accounts/rights/person.html", context)


@never_cache
@require_safe
@sessions.staff_required
def waiting(request: HttpRequest) -> HttpResponse:
    """Show what waits for a second person; what she may confirm stands first."""
    at = timezone.now()
    tabs = shown.tabs(request, at=at)
    within = _within(request, at=at)
    rights = register.waiting(within=within, at=at, language=shown.language())
    account_id = sessions.signed_in(request).pk
    hers = shown.can(account_id, policies.CONFIRM_RIGHTS.code, rights, at=at)
    mine = [right for right in rights if right.id in hers and right.given_by_id != account_id]
    others = [right for right in rights if right not in mine]
    context = {**tabs, "mine": shown.lines(mine), "others": shown.lines(others)}
    return render(request, "accounts/rights/waiting.html", context)


@never_cache
@require_safe
@sessions.staff_required
def ending(request: HttpRequest) -> HttpResponse:
    """Show what ends within thirty days, so that nobody is surprised."""
    at = timezone.now()
    tabs = shown.tabs(request, at=at)
    within = _within(request, at=at)
    lines = shown.lines(register.ending(within=within, at=at, language=shown.language()))
    return render(request, "accounts/rights/ending.html", {**tabs, "lines": lines})


@never_cache
@require_safe
@sessions.staff_required
def export(request: HttpRequest) -> StreamingHttpResponse:
    """
    Give the rights that count in an area, now and before, as CSV; that it was taken is kept.

    In her own areas alone, whichever she names.
    """
    at = timezone.now()
    account, _ = shown.reader(request, at=at)
    area_code = request.GET.get("area", "").strip() or None
    if area_code is not None:
        found = places.areas_called(area_code, limit=1)
        if not found:
            raise Http404
        area_code = found[0]
    audit.record(
        act="rights.exported",
        actor_id=account.pk,
        subject="accounts.grant",
        subject_id=None,
        detail={"area_code": area_code},
        at=at,
    )
    header = (
        gettext("Right"), gettext("Who"), gettext("May"), gettext("Act"), gettext("Area"),
        gettext("Service"), gettext("Network or bank"), gettext("Whose money"), gettext("From"),
        gettext("Until"), gettext("Given by"), gettext("Confirmed by"), gettext("Ended"),
        gettext("Why"), gettext("State"),
    )  # fmt: skip
    within = shown.within(account.pk, at=at)
    rights = register.of_area(area_code, within=within, at=at, language=shown.language())
    return exports.csv_response("rights", header, _rows(rights))


def _within(request: HttpRequest, *, at: datetime) -> Reach:
    return shown.within(sessions.signed_in(request).pk, at=at)


def _rows(rights: Iterator[Right]) -> Iterator[tuple[object, ...]]:
    for right in rights:
        over = right.over
        yield (
            right.id,
            right.holder,
            words.act(right.act).name,
            right.act,
            over.area_code or "*",
            over.service_code,
            over.rail_code,
            over.beneficiary_code,
            right.from_at,
            right.until_at,
            right.given_by,
            right.confirmed_by,
            right.ended_at,
            right.given_because,
            right.state,
        )
