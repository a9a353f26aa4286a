"""A lost phone, mended at the counter: one officer begins, another confirms."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import moving, operations, policies, sessions
from accounts.operations import BudgetSpent
from accounts.operations.mending import CONFIRM_PURPOSE, NOTE_MAX
from accounts.pages import asking, stepping
from accounts.pages.counter import at_counter, looked, require
from accounts.pages.forms import CodeForm, PersonForm, PhoneForm
from accounts.pages.phones import send_code, took_code
from accounts.pages.refusals import too_often
from accounts.pages.rights.refusals import stepped_up
from accounts.pages.stepping import StepUpForm
from accounts.seeing import Seen
from accounts.states import SeenDocument


class MendForm(PersonForm, PhoneForm):
    document = forms.ChoiceField(label=_("Document that you saw"), choices=SeenDocument.choices)
    note = forms.CharField(
        label=_("What happened to the old phone"),
        help_text=_("For whoever confirms. For example: stolen on the bus yesterday."),
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("national_id", "born_on", "document", "phone", "note")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["phone"].label = _("The new mobile number")
        self.fields["phone"].help_text = _("A code goes there: let the person read it to you.")


@never_cache
@sensitive_post_parameters("national_id", "born_on", "phone")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def mend(request: HttpRequest) -> HttpResponse:
    """Begin the change of a lost phone."""
    require(request, policies.MEND_PHONE.code)
    return at_counter(request, MendForm, _begun, "accounts/counter_mend.html")


@never_cache
@sensitive_post_parameters("code", "password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def mending(request: HttpRequest, change_id: int) -> HttpResponse:
    """Take the new number's code from the first officer, and the confirmation of the second."""
    change = moving.one(change_id)
    if change is None or not change.at_counter:
        raise Http404
    account_id, at = sessions.signed_in(request).pk, timezone.now()
    if not policies.may(
        account_id=account_id,
        act=policies.MEND_PHONE.code,
        area_code=moving.area_of(change),
        at=at,
    ):
        raise Http404
    looked(request, [change.person_id], Seen.PHONE)
    typed = request.method == "POST" and request.POST.get("do") == "code"
    form = CodeForm(request.POST if typed else None)
    proof = StepUpForm(request.POST if request.POST.get("do") == "confirm" else None)
    if request.method == "POST":
        try:
            if _mend_step(request, change, form, proof, at=at):
                return redirect("accounts:citizens")
        except BudgetSpent as spent:
            return too_often(request, spent)
        except operations.SamePerson:
            messages.error(request, gettext("Somebody else must do this."))
        except operations.NoSuchChange:
            messages.warning(request, gettext("It is done or stopped already."))
            return redirect("accounts:citizens")
    stepping.fit(request, CONFIRM_PURPOSE, proof)
    context = {
        "change": change,
        "form": form,
        "proof": proof,
        "is_hers": change.asked_by_id == account_id,
    }
    status = 422 if form.errors or proof.errors else 200
    return render(request, "accounts/counter_mending.html", context, status=status)


def _begun(request: HttpRequest, form: PersonForm, at: datetime) -> HttpResponse | None:
    by_id = sessions.signed_in(request).pk
    entry = asking.found(form, account_id=by_id, at=at, at_counter=True)
    if entry is None:
        return None
    try:
        change_id = operations.mend_phone(
            entry=entry,
            phone=form.cleaned_data["phone"],
            document=form.cleaned_data["document"],
            note=form.cleaned_data["note"],
            by_id=by_id,
            at=at,
        )
    except operations.NotReachedHere:
        form.add_error(None, gettext("No phone is bound to this person: any phone can sign in."))
        return None
    except operations.SamePhone:
        form.add_error("phone", gettext("That is the number that this person has now."))
        return None
    except operations.ChangeWaits:
        form.add_error(None, gettext("A change of this person's phone waits already."))
        return None
    send_code(request, change_id, to_new=True, at=at, language=moving.language_of(change_id))
    return redirect("accounts:mending", change_id)


def _mend_step(
    request: HttpRequest,
    change: moving.Change,
    form: CodeForm,
    proof: StepUpForm,
    *,
    at: datetime,
) -> bool:
    by_id, wanted = sessions.signed_in(request).pk, request.POST.get("do", "")
    if wanted == "code":
        taken = form.is_valid() and took_code(
            request, change.id, form, operations.prove_new_phone, at=at
        )
        if taken:
            messages.success(request, gettext("The number is right. A colleague confirms now."))
        return bool(taken)
    if wanted == "again":
        send_code(request, change.id, to_new=True, at=at, language=moving.language_of(change.id))
    elif wanted == "confirm":
        shown = (
            stepped_up(request, proof, purpose=CONFIRM_PURPOSE, at=at) if proof.is_valid() else None
        )
        if shown is None:
            return False
        operations.confirm_mend(change_id=change.id, by_id=by_id, step_up_id=shown, at=at)
        messages.success(request, gettext("Done. The new number signs in, the old one no longer."))
        return True
    elif wanted == "decline":
        operations.decline_mend(change_id=change.id, by_id=by_id, at=at)
        withdrawn = change.asked_by_id == by_id
        declined = gettext("Declined. Nothing has changed.")
        said = gettext("Withdrawn. Nothing has changed.") if withdrawn else declined
        messages.success(request, said)
        return True
    return False
