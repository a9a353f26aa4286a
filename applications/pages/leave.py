"""An officer's own leave: planned, seen and ended by herself, and the days on which she works."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import operations as presence
from accounts import queries as accounts
from accounts import sessions
from accounts.states import AbsenceKind
from applications import operations
from applications.pages.absence_form import LeaveForm, Named, WeekForm
from applications.pages.absences import ended, entered


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def own(request: HttpRequest) -> HttpResponse:
    """Show when she is away and on which days she works; a POST plans a leave."""
    now = timezone.now()
    account_id = sessions.signed_in(request).pk
    form = LeaveForm(request.POST or None, stand_ins=_colleagues(request))
    if form.is_valid() and entered(
        form, account_id=account_id, kind=AbsenceKind.LEAVE, by_id=account_id, at=now
    ):
        messages.success(request, gettext("Your leave is planned: new cases go to others."))
        return redirect("applications:leave")
    return _page(request, at=now, form=form)


@never_cache
@require_POST
@sessions.staff_required
def end(request: HttpRequest, absence_id: int) -> HttpResponse:
    """End an absence of hers; one that has not begun never was."""
    account_id = sessions.signed_in(request).pk
    ended(request, absence_id, account_id=account_id, at=timezone.now())
    return redirect("applications:leave")


@never_cache
@require_POST
@sessions.staff_required
def week(request: HttpRequest) -> HttpResponse:
    """Keep on which days she works."""
    now = timezone.now()
    account_id = sessions.signed_in(request).pk
    form = WeekForm(request.POST, weekdays=())
    if not form.is_valid():
        return _page(request, at=now, week=form)
    operations.set_week(account_id=account_id, weekdays=form.weekdays, by_id=account_id, at=now)
    messages.success(request, gettext("Your working days are kept."))
    return redirect("applications:leave")


def _page(
    request: HttpRequest,
    *,
    at: datetime,
    form: LeaveForm | None = None,
    week: WeekForm | None = None,
) -> HttpResponse:
    account_id = sessions.signed_in(request).pk
    weekdays = presence.weeks([account_id]).get(account_id, ())
    plan = form or LeaveForm(stand_ins=_colleagues(request))
    worked = week or WeekForm(weekdays=weekdays)
    wrong = plan if plan.errors else worked
    context = {
        "absences": presence.absences([account_id], at=at),
        "form": plan,
        "week": worked,
        "wrong": wrong,
        "now": at,
    }
    status = 422 if wrong.errors else 200
    return render(request, "applications/leave.html", context, status=status)


def _colleagues(request: HttpRequest) -> Named:
    """Return who could stand in for her: the staff of her office, and not she herself."""
    account = sessions.signed_in(request)
    if account.office_id is None:
        return []
    return [
        (one.id, one.display_name)
        for one in accounts.staff_of(account.office_id)
        if one.id != account.pk
    ]
