"""One right: confirming, declining and ending it."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import policies, register, sessions
from accounts.operations import rights_desk
from accounts.pages import stepping
from accounts.pages.rights import shown
from accounts.pages.rights.forms import EndForm
from accounts.pages.rights.refusals import REFUSALS, refuse, stepped_up
from accounts.pages.stepping import StepUpForm
from accounts.register import Right

CONFIRM = policies.CONFIRM_RIGHTS.code


@never_cache
@sensitive_post_parameters("password", "password_code")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def one(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Show a right; let a second person confirm it with her password."""
    at = timezone.now()
    tabs = shown.tabs(request, at=at)
    right = _right(request, grant_id, at=at)
    account_id = sessions.signed_in(request).pk
    form = StepUpForm(request.POST or None)
    if form.is_valid():
        step = stepped_up(request, form, purpose=CONFIRM, at=at)
        if step is not None:
            try:
                rights_desk.confirm(
                    grant_id=grant_id, confirmed_by_id=account_id, step_up_id=step, at=at
                )
            except REFUSALS as error:
                refuse(form, error)
            else:
                messages.success(request, gettext("Confirmed. It counts from its first day."))
                return redirect("accounts:rights_waiting")
    stepping.fit(request, CONFIRM, form)
    reaches = bool(shown.can(account_id, CONFIRM, [right], at=at))
    context = {
        **tabs,
        "line": shown.line(right, shown.names()),
        "form": form,
        "is_hers": right.account_id == account_id,
        "is_own_gift": right.given_by_id == account_id,
        "reaches": reaches,
        "may_end": right.is_open and (reaches or _may_give(account_id, right)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/rights/one.html", context, status=status)


@never_cache
@sensitive_post_parameters("password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def end(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Ask why, and end a right or decline one that nobody has confirmed; it takes one person."""
    at = timezone.now()
    tabs = shown.tabs(request, at=at)
    right = _right(request, grant_id, at=at)
    form = EndForm(request.POST or None)
    if form.is_valid():
        step = stepped_up(request, form, purpose=rights_desk.END_RIGHTS, at=at)
        if step is not None and _ended(request, right, form, step, at=at):
            declined = right.state == "waiting"
            messages.success(request, gettext("Declined.") if declined else gettext("Ended."))
            return redirect("accounts:rights_of", right.account_id)
    stepping.fit(request, rights_desk.END_RIGHTS, form)
    context = {**tabs, "line": shown.line(right, shown.names()), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/rights/end.html", context, status=status)


def _ended(
    request: HttpRequest, right: Right, form: EndForm, step_up_id: int, *, at: datetime
) -> bool:
    try:
        rights_desk.end(
            grant_id=right.id,
            ended_by_id=sessions.signed_in(request).pk,
            because=form.cleaned_data["because"],
            step_up_id=step_up_id,
            at=at,
        )
    except REFUSALS as error:
        refuse(form, error)
        return False
    return True


def _right(request: HttpRequest, grant_id: int, *, at: datetime) -> Right:
    reader_id = sessions.signed_in(request).pk
    within = shown.within(reader_id, at=at)
    try:
        return register.right(
            grant_id, reader_id=reader_id, within=within, at=at, language=shown.language()
        )
    except register.NoRight:
        raise Http404 from None


def _may_give(account_id: int, right: Right) -> bool:
    return bool(shown.can(account_id, policies.GIVE_RIGHTS.code, [right], at=timezone.now()))
