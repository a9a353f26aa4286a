"""One officer, for the head of her office: her leave, her days, and her cases if she has left."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import operations as presence
from accounts import policies as rights
from accounts import queries as accounts
from accounts import sessions
from applications import operations, policies, queries
from applications.pages import heads as pages
from applications.pages.absence_form import AbsenceForm, WeekForm
from applications.queries import heads
from applications.queries.heads import OfficerLine
from kernel import audit
from places import queries as places


@dataclass(frozen=True)
class Hers:
    """An officer of an office that the reader supervises."""

    office: places.Office
    line: OfficerLine
    colleagues: list[OfficerLine]

    @property
    def address(self) -> str:
        here = reverse("applications:officer", args=[self.line.account_id])
        return f"{here}?office={self.office.pk}"


@never_cache
@require_GET
@sessions.staff_required
def officer(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show when she is away and on which days she works, with what can be changed of it."""
    now = timezone.now()
    return _page(request, _found(request, account_id, at=now), at=now)


@never_cache
@require_POST
@sessions.staff_required
def week(request: HttpRequest, account_id: int) -> HttpResponse:
    """Keep on which days she works."""
    now = timezone.now()
    hers = _found(request, account_id, at=now)
    form = WeekForm(request.POST, weekdays=())
    if not form.is_valid():
        return _page(request, hers, at=now, week=form)
    try:
        operations.set_week(
            account_id=account_id,
            weekdays=form.weekdays,
            by_id=sessions.signed_in(request).pk,
            at=now,
        )
    except rights.NotGranted:
        said = gettext("Somebody else, who supervises this officer's own office, says so.")
        form.add_error("days", said)
        return _page(request, hers, at=now, week=form)
    messages.success(request, gettext("The working days are kept."))
    return redirect(hers.address)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def reroute(request: HttpRequest, account_id: int) -> HttpResponse:
    """Ask once more; then lay what waits with her at this office before her colleagues."""
    now = timezone.now()
    hers = _found(request, account_id, at=now)
    by_id = sessions.signed_in(request).pk
    if not _may_reroute(hers, by_id, at=now):
        raise rights.NotGranted(account_id=by_id, act=policies.SUPERVISE.code)
    waiting = len(queries.laid_before(office_id=hers.office.pk, officer_id=account_id))
    if request.method != "POST":
        context = {"hers": hers, "waiting": waiting}
        return render(request, "applications/reroute.html", context)
    moved = operations.reroute(at=now, office_id=hers.office.pk, officer_id=account_id, by_id=by_id)
    audit.record(
        act="cases.rerouted",
        actor_id=by_id,
        subject="accounts.account",
        subject_id=account_id,
        detail={"office_id": hers.office.pk, "cases": moved},
        at=now,
    )
    said = ngettext("%d case was laid before others.", "%d cases were laid before others.", moved)
    messages.success(request, said % moved)
    return redirect(hers.address)


def _may_reroute(hers: Hers, by_id: int, *, at: datetime) -> bool:
    """Say whether she supervises every service there; nobody gets rid of her own cases so."""
    area = hers.office.area
    return not accounts.same_hands(hers.line.account_id, by_id) and rights.may(
        account_id=by_id,
        act=policies.SUPERVISE.code,
        area_code=area.code if area else None,
        at=at,
    )


def _found(request: HttpRequest, account_id: int, *, at: datetime) -> Hers:
    """Return an officer of the office that is meant; anybody else does not exist for the reader."""
    reach = pages.supervised(request, at=at)
    office_id = pages.office_of(request, reach)
    if office_id is None:
        raise Http404
    lines = heads.officers(reach, office_id, at=at)
    line = next((one for one in lines if one.account_id == account_id), None)
    if line is None:
        raise Http404
    return Hers(places.office(office_id), line, lines)


def _page(
    request: HttpRequest, hers: Hers, *, at: datetime, week: WeekForm | None = None
) -> HttpResponse:
    account_id, reader_id = hers.line.account_id, sessions.signed_in(request).pk
    form = week or WeekForm(weekdays=hers.line.weekdays)
    plan = AbsenceForm(officers=pages.named(hers.colleagues), initial={"officer": account_id})
    context = {
        "hers": hers,
        "line": hers.line,
        "back": f"{reverse('applications:head')}?office={hers.office.pk}",
        "absences": presence.absences([account_id], at=at),
        "form": plan,
        "week": form,
        "is_self": account_id == reader_id,
        "may_reroute": _may_reroute(hers, reader_id, at=at),
        "now": at,
    }
    status = 422 if form.errors else 200
    return render(request, "applications/officer.html", context, status=status)
