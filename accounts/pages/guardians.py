"""Taking from somebody the right to act for another: an order withdrawn, a parent deprived."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import guarding, operations, policies, sessions
from accounts.operations import BudgetSpent
from accounts.operations.guardians import BECAUSE_MAX
from accounts.pages import asking, stepping
from accounts.pages.forms import PersonForm
from accounts.pages.refusals import too_often
from accounts.pages.rights.refusals import stepped_up
from accounts.pages.stepping import StepUpField


class EndForm(forms.Form):
    which = forms.TypedChoiceField(
        label=_("Who is to act for this person no longer?"), coerce=int, widget=forms.RadioSelect
    )
    because = forms.CharField(
        label=_("Why"),
        help_text=_("Colleagues and auditors read it. Name no citizen and no case."),
        min_length=5,
        max_length=BECAUSE_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    password = StepUpField()

    def __init__(self, *args: Any, found: list[guarding.Ward], **more: Any) -> None:
        super().__init__(*args, **more)
        cast("forms.ChoiceField", self.fields["which"]).choices = [
            (one.id, f"{one.name} · {one.kind_words}") for one in found
        ]


@never_cache
@sensitive_post_parameters(
    "national_id", "born_on", "because", "password", "password_code", "password_passkey"
)
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def guardians(request: HttpRequest) -> HttpResponse:
    """Show who acts for whoever is named by number and birthday, and end it."""
    at, by_id = timezone.now(), int(sessions.signed_in(request).pk)
    act = policies.DECIDE_GUARDIANS.code
    if act not in policies.held(account_id=by_id, act_codes=[act], at=at):
        raise policies.NotGranted(account_id=by_id, act=act)
    form = PersonForm(request.POST or None, today=guarding.today(at))
    ending = None
    if form.is_valid():
        try:
            entry = asking.found(form, account_id=by_id, at=at, at_counter=True)
        except BudgetSpent as spent:
            return too_often(request, spent)
        if entry is not None:
            found = operations.guardians_of(entry, by_id=by_id, at=at)
            ending = EndForm(request.POST if "which" in request.POST else None, found=found)
            if not found:
                form.add_error(
                    None, gettext("Nobody of your area acts for this person by what we know.")
                )
            elif ending.is_valid() and _ended(request, ending, at=at):
                messages.success(request, gettext("Ended. From now on nobody acts by it."))
                return redirect("accounts:citizens")
    stepping.fit(request, policies.DECIDE_GUARDIANS.code, ending)
    context = {"form": form, "ending": ending}
    status = 422 if form.errors or (ending and ending.errors) else 200
    return render(request, "accounts/counter_guardians.html", context, status=status)


def _ended(request: HttpRequest, form: EndForm, *, at: datetime) -> bool:
    step_up_id = stepped_up(request, form, purpose=policies.DECIDE_GUARDIANS.code, at=at)
    if step_up_id is None:
        return False
    try:
        operations.revoke_guardianship(
            guardianship_id=form.cleaned_data["which"],
            because=form.cleaned_data["because"],
            by_id=int(sessions.signed_in(request).pk),
            step_up_id=step_up_id,
            at=at,
        )
    except operations.SamePerson:
        form.add_error(None, gettext("Somebody else must do this."))
    except operations.NoSuchRequest:
        form.add_error(None, gettext("That had ended before."))
    else:
        return True
    return False
