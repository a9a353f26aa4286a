"""Who is away: the head of an office enters it, and says who is back; her people's week too."""

from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import operations as accounts
from accounts import policies as rights
from accounts import sessions
from applications import operations
from applications.pages import heads as pages
from applications.pages.absence_form import AbsenceForm, LeaveForm
from applications.queries import heads
from kernel.country import country

_FAR = timedelta(days=3652)


@never_cache
@require_POST
@sessions.staff_required
def enter(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    reach = pages.supervised(request, at=now)
    office_id = pages.office_of(request, reach)
    if office_id is None:
        raise Http404
    officers = pages.named(heads.officers(reach, office_id, at=now))
    form = AbsenceForm(request.POST, officers=officers)
    if form.is_valid() and entered(
        form,
        account_id=form.cleaned_data["officer"],
        kind=form.cleaned_data["kind"],
        by_id=sessions.signed_in(request).pk,
        at=now,
    ):
        messages.success(request, gettext("The absence is entered: new cases go to others."))
        return redirect(_address(office_id))
    return pages.show(request, reach, office_id, at=now, form=form, status=422)


@never_cache
@require_POST
@sessions.staff_required
def end(request: HttpRequest, absence_id: int) -> HttpResponse:
    now = timezone.now()
    reach = pages.supervised(request, at=now)
    office_id = pages.office_of(request, reach)
    typed = request.POST.get("officer", "")
    if office_id is None or not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        raise Http404
    if int(typed) not in {one.account_id for one in heads.officers(reach, office_id, at=now)}:
        raise Http404
    ended(request, absence_id, account_id=int(typed), at=now)
    return redirect(_address(office_id))


def entered(form: LeaveForm, *, account_id: int, kind: str, by_id: int, at: datetime) -> bool:
    """Enter what a valid form says; False, said in the form, where it cannot be."""
    given = form.cleaned_data
    today = at.astimezone(country().zone).date()
    for name in ("from_day", "until_day"):
        if abs(given[name] - today) > _FAR:
            form.add_error(name, gettext("Choose a day within ten years."))
            return False
    try:
        operations.enter_absence(
            account_id=account_id,
            from_at=_begins(given["from_day"]),
            until_at=_begins(given["until_day"] + timedelta(days=1)),
            kind=kind,
            stand_in_id=given["stand_in"],
            by_id=by_id,
            at=at,
        )
    except accounts.BadAbsence:
        form.add_error("until_day", gettext("Choose a day that is not over."))
    except accounts.AbsencesOverlap:
        form.add_error("from_day", gettext("An absence is entered for these days already."))
    except accounts.CannotStandIn:
        form.add_error("stand_in", gettext("Choose somebody else who is here on these days."))
    except rights.NotGranted:
        said = gettext("Somebody else, who supervises this officer's own office, enters it.")
        form.add_error("officer", said)
    else:
        return True
    return False


def ended(request: HttpRequest, absence_id: int, *, account_id: int, at: datetime) -> None:
    """End an absence, and say how that went."""
    try:
        operations.end_absence(
            absence_id=absence_id,
            account_id=account_id,
            by_id=sessions.signed_in(request).pk,
            at=at,
        )
    except accounts.NoSuchAbsence:
        messages.warning(request, gettext("This absence has ended already."))
    except rights.NotGranted:
        said = gettext("Somebody else, who supervises this officer's own office, ends it.")
        messages.error(request, said)
    else:
        messages.success(request, gettext("The absence is ended: new cases come again."))


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, country().zone)


def _address(office_id: int) -> str:
    return f"{reverse('applications:head')}?office={office_id}#absences"
