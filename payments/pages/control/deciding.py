"""Saying yes or no to what another asked for."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext

from accounts import operations as accounts
from accounts.acts import Act
from accounts.pages import stepping
from payments.pages.control import views
from payments.pages.control.forms import DecideForm
from payments.pages.control.refusals import REFUSALS, said
from payments.pages.rights import require_any


def decide(
    request: HttpRequest, right: Act, act: Callable[..., None], about: str, *, purpose: str = ""
) -> HttpResponse:
    """
    Let an operation decide, and answer; a wrong password shows the room again, beside its field.

    :param right: without which nothing of the form is read
    :param about: by which name the operation knows the id that is typed
    :param purpose: of the password that an approval needs; "" where it needs none
    """
    at = timezone.now()
    account_id = require_any(request, right, at=at)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return redirect("payments:control")
    approved = form.cleaned_data["decision"] == "approve"
    what: dict[str, Any] = {about: form.cleaned_data["about"], "approved": approved}
    try:
        if approved and purpose:
            proof = stepping.shown(request)
            what["step_up_id"] = stepping.step_up(request, proof, purpose, at=at)
        act(**what, by_id=account_id, at=at)
    except (accounts.WrongPassword, accounts.BudgetSpent) as refused:
        return _again(request, form, purpose, stepping.wrong(refused))
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
