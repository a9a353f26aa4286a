"""One's own login: where one is signed in, and one's password."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import operations, sessions, staffing
from accounts.models import Account
from accounts.operations import BudgetSpent
from accounts.pages import stepping
from accounts.pages.people_forms import PasswordForm
from accounts.states import AccountKind


@never_cache
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """Show where she is signed in."""
    account = sessions.current_account(request)
    if account is None:
        return sessions.send_to_sign_in(request)
    is_staff = account.kind == AccountKind.STAFF
    idle = settings.STAFF_IDLE if is_staff else settings.CITIZEN_IDLE
    context = {
        "visits": staffing.live_visits(account.pk, idle=idle, at=timezone.now()),
        "here": sessions.visit_id(request),
        "is_staff": is_staff,
    }
    return render(request, "accounts/visits.html", context)


@never_cache
@require_POST
def end_visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Sign one other browser of hers out."""
    account = sessions.signed_in(request)
    if visit_id != sessions.visit_id(request) and operations.end_visit(
        visit_id=visit_id, account_id=account.pk, reason="ended", at=timezone.now()
    ):
        messages.success(request, gettext("Signed out there."))
    return redirect("accounts:visits")


@never_cache
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign every other browser of hers out."""
    operations.end_visits(
        account_id=sessions.signed_in(request).pk,
        reason="ended",
        at=timezone.now(),
        but_not=sessions.visit_id(request),
    )
    messages.success(request, gettext("You are signed in only here."))
    return redirect("accounts:visits")


@never_cache
@sensitive_post_parameters("password", "password_code", "new")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def password(request: HttpRequest) -> HttpResponse:
    """Change her own password; she stays signed in here, and nowhere else."""
    account = sessions.signed_in(request)
    form = PasswordForm(request.POST or None)
    stepping.fit(request, operations.CHANGE_PASSWORD, form)
    if form.is_valid():
        try:
            _change(request, account, form.cleaned_data)
        except (operations.WrongPassword, BudgetSpent) as error:
            form.add_error("password", stepping.wrong(error))
        except ValidationError as weak:
            form.add_error("new", weak)
        else:
            messages.success(request, gettext("Your password is changed."))
            return redirect("accounts:visits")
    return render(request, "accounts/password.html", {"form": form})


def _change(request: HttpRequest, account: Account, told: dict[str, Any]) -> None:
    at = timezone.now()
    shown = stepping.step_up(request, told["password"], operations.CHANGE_PASSWORD, at=at)
    operations.change_password(
        account_id=account.pk,
        password=told["new"],
        step_up_id=shown,
        visit_id=sessions.visit_id(request),
        at=at,
    )
    account.refresh_from_db(fields=["password"])
    # A new key, and the new password's hash: the old one would sign her out here too.
    update_session_auth_hash(request, account)
    visit_id = sessions.visit_id(request)
    if visit_id is not None:
        operations.see_visit(visit_id=visit_id, session_key=sessions.session_key(request), at=at)
