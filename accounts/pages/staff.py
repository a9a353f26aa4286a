"""Signing in with an address and a password, and signing out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import operations, sessions
from accounts.gateways import directory
from accounts.operations import BudgetSpent
from accounts.pages import half, visits
from accounts.pages.forms import StaffForm
from accounts.pages.refusals import too_often
from accounts.states import AccountKind
from kernel import addresses


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    target = visits.wanted(request)
    account = sessions.current_account(request)
    if request.method != "POST" and account and account.kind == AccountKind.STAFF:
        return redirect(target or visits.staff_home(account, at=timezone.now()))
    form = StaffForm(request.POST or None)
    if form.is_valid():
        at = timezone.now()
        try:
            account = operations.sign_in_staff(
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                address=addresses.address(request),
                at=at,
            )
        except BudgetSpent as spent:
            return too_often(request, spent)
        except operations.SignInWrong:
            form.add_error(None, gettext("The address or the password is not right."))
        else:
            return half.after_password(request, account, target, at=at)
    context = {"form": form, "next": target, "has_directory": directory.is_configured()}
    return render(request, "accounts/staff_sign_in.html", context)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    account = sessions.current_account(request)
    if account is not None:
        at = timezone.now()
        is_by_directory = "directory" in sessions.strength(request)
        operations.record_sign_out(account_id=account.pk, at=at)
        visits.sign_out(request, reason="out", at=at)
        if is_by_directory:
            return redirect("accounts:directory_left")
    return redirect("catalogue:home")
