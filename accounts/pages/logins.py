"""What is done with one login: a new link, an invitation taken back, an account closed."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import operations, policies, sessions, staffing
from accounts.operations import BudgetSpent, directory
from accounts.pages import reach, stepping
from accounts.pages.stepping import StepUpForm


@never_cache
@sensitive_post_parameters("password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def link(request: HttpRequest, account_id: int) -> HttpResponse:
    """Send a new link; where the account is active, say first what that ends."""
    at = timezone.now()
    line = reach.one(request, account_id, at=at)
    is_active = line.state == staffing.ACTIVE
    form = StepUpForm(request.POST or None) if is_active else None
    shown = _stepped_up(request, form, operations.RESET_PASSWORD, at=at)
    if request.method != "POST" or (is_active and shown is None):
        stepping.fit(request, operations.RESET_PASSWORD, form)
        context = {"line": line, "form": form}
        status = 422 if request.method == "POST" else 200
        return render(request, "accounts/person_link.html", context, status=status)
    try:
        operations.invite_again(
            account_id=account_id,
            by_id=int(sessions.signed_in(request).pk),
            step_up_id=shown,
            at=at,
        )
    except operations.StepUpRefused:
        messages.warning(request, gettext("Somebody was here before you. This is how it is now."))
    except (operations.SamePerson, operations.CannotInvite, operations.PersonHasAccount) as error:
        messages.error(request, str(reach.REFUSALS[type(error)]))
    else:
        messages.success(request, gettext("A new link is on its way by email."))
    return _to(account_id)


@never_cache
@require_POST
@sessions.staff_required
def revoke(request: HttpRequest, account_id: int) -> HttpResponse:
    """Take an open invitation back."""
    at = timezone.now()
    reach.one(request, account_id, at=at)
    by_id = int(sessions.signed_in(request).pk)
    if operations.revoke_invitation(account_id=account_id, by_id=by_id, at=at):
        messages.success(request, gettext("The invitation is taken back. Its link opens nothing."))
    return _to(account_id)


@never_cache
@sensitive_post_parameters("password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def close(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show what ends when somebody leaves, and end it."""
    at = timezone.now()
    line = reach.one(request, account_id, at=at)
    by_id = int(sessions.signed_in(request).pk)
    if not reach.may(request, account_id, policies.MANAGE_STAFF.code, at=at):
        raise policies.NotGranted(account_id=by_id, act=policies.MANAGE_STAFF.code)
    form = StepUpForm(request.POST or None)
    shown = _stepped_up(request, form, operations.CLOSE_ACCOUNT, at=at)
    if shown is None:
        stepping.fit(request, operations.CLOSE_ACCOUNT, form)
        context = {"line": line, "ends": operations.leaving(account_id), "form": form}
        status = 422 if request.method == "POST" else 200
        return render(request, "accounts/person_close.html", context, status=status)
    try:
        operations.close_account(account_id=account_id, by_id=by_id, step_up_id=shown, at=at)
    except operations.ClosedAlready:
        messages.info(request, gettext("The account was closed already."))
    except operations.LastHolder:
        messages.error(
            request,
            gettext(
                "Nobody else could give rights, or confirm them, in the whole country. "
                "Let another hold it first."
            ),
        )
    else:
        messages.success(request, gettext("The account is closed."))
    return _to(account_id)


@never_cache
@sensitive_post_parameters("password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def unbind(request: HttpRequest, account_id: int) -> HttpResponse:
    """Say what ends with the tie to the state's directory, and end it."""
    at = timezone.now()
    line = reach.one(request, account_id, at=at)
    by_id = int(sessions.signed_in(request).pk)
    if not reach.may(request, account_id, policies.MANAGE_STAFF.code, at=at):
        raise policies.NotGranted(account_id=by_id, act=policies.MANAGE_STAFF.code)
    if not staffing.is_in_directory(account_id):
        messages.info(request, gettext("The state's directory means nobody by this account."))
        return _to(account_id)
    form = StepUpForm(request.POST or None)
    shown = _stepped_up(request, form, directory.UNBIND_PURPOSE, at=at)
    if shown is None:
        stepping.fit(request, directory.UNBIND_PURPOSE, form)
        status = 422 if request.method == "POST" else 200
        context = {"line": line, "form": form}
        return render(request, "accounts/person_directory.html", context, status=status)
    try:
        directory.unbind(account_id=account_id, by_id=by_id, step_up_id=shown, at=at)
    except operations.SamePerson:
        messages.error(request, gettext("Somebody else must do this."))
    except directory.NotBound:
        messages.info(request, gettext("The state's directory means nobody by this account."))
    else:
        messages.success(request, gettext("Ended. The directory opens this account no longer."))
    return _to(account_id)


def _stepped_up(
    request: HttpRequest, form: StepUpForm | None, purpose: str, *, at: datetime
) -> int | None:
    """Return the id of a step-up by what was typed, or None; the form then says what was wrong."""
    if form is None or not form.is_valid():
        return None
    try:
        return stepping.step_up(request, form.cleaned_data["password"], purpose, at=at)
    except (operations.WrongPassword, BudgetSpent) as refused:
        form.add_error("password", stepping.wrong(refused))
        return None


def _to(account_id: int) -> HttpResponseRedirect:
    return redirect("accounts:person", account_id)
