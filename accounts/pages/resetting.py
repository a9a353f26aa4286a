"""All her second factors are lost: one administrator asks to take them away, another decides."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import operations, policies, sessions, staffing
from accounts.models import FactorReset
from accounts.operations import factors, resetting
from accounts.pages import stepping
from accounts.pages.stepping import StepUpForm
from accounts.queries import same_hands


class AskForm(forms.Form):
    note = forms.CharField(
        label=_("How you made sure who asks"),
        help_text=_("For example: she stood before me with her card. Whoever decides reads this."),
        max_length=resetting.NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a few words how.")},
    )


@never_cache
@sensitive_post_parameters("password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def reset(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show what one asked; let another decide, with a fresh proof of who she is."""
    at, by_id = timezone.now(), int(sessions.signed_in(request).pk)
    line = _one(request, account_id, at=at)
    asked = resetting.waiting(account_id, at=at)
    form: forms.Form = StepUpForm(request.POST or None) if asked else AskForm(request.POST or None)
    try:
        if request.method == "POST" and _done(request, asked, form, account_id, at=at):
            return redirect("accounts:person_factors", account_id)
    except operations.SamePerson:
        messages.error(request, gettext("Somebody else must do this."))
        return redirect("accounts:person_factors", account_id)
    except (resetting.ResetAsked, resetting.ResetDecided, resetting.NothingToReset):
        messages.warning(request, gettext("Somebody was here before you. This is how it is now."))
        return redirect("accounts:person_factors", account_id)
    stepping.fit(request, resetting.RESET_PURPOSE, form)
    context = {
        "line": line,
        "asked": asked,
        "has": factors.enrolled(account_id),
        "is_hers": asked is not None and same_hands(asked.asked_by_id, by_id),
        "is_herself": same_hands(account_id, by_id),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/factor_reset.html", context, status=status)


def _done(
    request: HttpRequest,
    asked: FactorReset | None,
    form: forms.Form,
    account_id: int,
    *,
    at: datetime,
) -> bool:
    by_id = int(sessions.signed_in(request).pk)
    if asked is None:
        if not form.is_valid():
            return False
        resetting.ask_reset(
            account_id=account_id, note=form.cleaned_data["note"], by_id=by_id, at=at
        )
        messages.success(request, gettext("Asked for. Another person decides now."))
        return True
    if request.POST.get("decision") == "decline":
        resetting.decide_reset(reset_id=asked.pk, approved=False, by_id=by_id, at=at)
        declined = gettext("Declined. Nothing has changed.")
        withdrawn = gettext("Withdrawn. Nothing has changed.")
        messages.success(request, withdrawn if asked.asked_by_id == by_id else declined)
        return True
    if not form.is_valid():
        return False
    try:
        proof = form.cleaned_data["password"]
        step_up_id = stepping.step_up(request, proof, resetting.RESET_PURPOSE, at=at)
    except (operations.WrongPassword, operations.BudgetSpent) as refused:
        form.add_error("password", stepping.wrong(refused))
        return False
    resetting.decide_reset(
        reset_id=asked.pk,
        approved=True,
        by_id=by_id,
        step_up_id=step_up_id,
        session_key=sessions.session_key(request),
        at=at,
    )
    messages.success(request, gettext("Taken away. With the password a new one is added now."))
    return True


def _one(request: HttpRequest, account_id: int, *, at: datetime) -> staffing.PersonLine:
    """:raises Http404: for nobody whose accounts she looks after"""
    by_id = int(sessions.signed_in(request).pk)
    within = staffing.reach(by_id, acts=(policies.MANAGE_STAFF.code,), at=at)
    if not within:
        raise policies.NotGranted(account_id=by_id, act=policies.MANAGE_STAFF.code)
    line = staffing.one(account_id, within, language=get_language() or "en")
    if line is None or line.state != staffing.ACTIVE:
        raise Http404
    return line
