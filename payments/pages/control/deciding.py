"""Saying yes or no to what another asked for."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext

from accounts import operations as accounts
from accounts import sessions
from payments.pages.control import views
from payments.pages.control.forms import DecideForm
from payments.pages.control.refusals import REFUSALS, said


def decide(
    request: HttpRequest, act: Callable[..., None], about: str, *, purpose: str = ""
) -> HttpResponse:
    """
    Let an operation decide, and answer; a wrong password shows the room again, beside its field.

    :param about: by which name the operation knows the id that is typed
    :param purpose: of the password that an approval needs; "" where it needs none
    """
    form = DecideForm(request.POST)
    if not form.is_valid():
        return redirect("payments:control")
    account_id, at = int(sessions.signed_in(request).pk), timezone.now()
    approved = form.cleaned_data["decision"] == "approve"
    what: dict[str, Any] = {about: form.cleaned_data["about"], "approved": approved}
    try:
        if approved and purpose:
            step = accounts.step_up(
                account_id=account_id,
                password=form.cleaned_data["password"],
                purpose=purpose,
                session_key=sessions.session_key(request),
                at=at,
            )
            what["step_up_id"] = int(step.pk)
        act(**what, by_id=account_id, at=at)
    except accounts.WrongPassword:
        return _again(request, form, purpose, gettext("This is not your password."))
    except accounts.BudgetSpent:
        wait = gettext("Too many wrong passwords. Wait a quarter of an hour.")
        return _again(request, form, purpose, wait)
    except REFUSALS as error:
        messages.warning(request, said(error))
    else:
        messages.success(request, gettext("Approved.") if approved else gettext("Declined."))
    return redirect("payments:control")


def _again(request: HttpRequest, form: DecideForm, purpose: str, wrong: str) -> HttpResponse:
    return views.page(
        request,
        status=422,
        wrong_password=wrong,
        wrong_about=form.cleaned_data["about"],
        wrong_purpose=purpose,
    )
