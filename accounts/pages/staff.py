"""Signing in with an address and a password, and signing out."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import operations, sessions
from accounts.operations import BudgetSpent
from accounts.pages import visits
from accounts.pages.forms import StaffForm
from accounts.pages.refusals import too_often
from accounts.states import AccountKind


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    target = visits.wanted(request)
    account = sessions.current_account(request)
    if request.method != "POST" and account and account.kind == AccountKind.STAFF:
        return redirect(target or visits.staff_home(account))
    form = StaffForm(request.POST or None)
    if form.is_valid():
        at = timezone.now()
        try:
            account = operations.sign_in_staff(
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                address=visits.address(request),
                at=at,
            )
        except BudgetSpent as spent:
            return too_often(request, spent)
        except operations.SignInWrong:
            form.add_error(None, gettext("The address or the password is not right."))
        else:
            visits.sign_in_staff(request, account, at=at)
            return redirect(target or visits.staff_home(account))
    return render(request, "accounts/staff_sign_in.html", {"form": form, "next": target})


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    account = sessions.current_account(request)
    if account is not None:
        operations.record_sign_out(account_id=account.pk, at=timezone.now())
        logout(request)
    return redirect("catalogue:home")
