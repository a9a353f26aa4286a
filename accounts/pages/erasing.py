"""Somebody wants to be forgotten here: taken down at a counter, decided by a second person."""

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
from django.views.decorators.http import require_http_methods, require_safe

from accounts import forgotten, guarding, operations, policies, seeing, sessions
from accounts.forgotten import ErasureView
from accounts.operations import BudgetSpent
from accounts.operations.erasing import REASON_MAX, wait
from accounts.pages import asking, stepping
from accounts.pages.forms import PersonForm
from accounts.pages.refusals import too_often
from accounts.pages.rights.refusals import stepped_up
from accounts.pages.stepping import StepUpField
from accounts.states import ErasureState, SeenDocument
from kernel import erasing
from kernel.erasing import Kept

DECIDE = policies.ERASE_PERSON.code
ACTS = (policies.ASK_ERASURE.code, DECIDE)


class AskForm(PersonForm):
    document = forms.ChoiceField(label=_("Document that you saw"), choices=SeenDocument.choices)
    reason = forms.CharField(
        label=_("What the person said"),
        help_text=_("For whoever decides. It is erased with everything else."),
        min_length=5,
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("national_id", "born_on", "document", "reason")


class DecideForm(forms.Form):
    because = forms.CharField(
        label=_("Why not, in words for the person"),
        help_text=_("Only where you decline."),
        max_length=REASON_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    password = StepUpField()


@never_cache
@require_safe
@sessions.staff_required
def erasures(request: HttpRequest) -> HttpResponse:
    """List what waits and what came of it, by number: no name stands here."""
    held, at = _held(request), timezone.now()
    decides = DECIDE in held
    context = {
        "lines": forgotten.listed(None if decides else _scopes(request, at=at)),
        "may_ask": policies.ASK_ERASURE.code in held,
    }
    return render(request, "accounts/erasures.html", context)


@never_cache
@sensitive_post_parameters("national_id", "born_on", "reason")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def ask(request: HttpRequest) -> HttpResponse:
    """Take down that somebody who stands at the counter wants to be forgotten."""
    _require(request, policies.ASK_ERASURE.code)
    at = timezone.now()
    form = AskForm(request.POST or None, today=guarding.today(at))
    if form.is_valid():
        try:
            if (erasure_id := _ask_for(request, form, at=at)) is not None:
                messages.success(request, gettext("Taken down. A second person decides."))
                return redirect("accounts:erasure", erasure_id)
        except BudgetSpent as spent:
            return too_often(request, spent)
    status = 422 if form.errors else 200
    return render(request, "accounts/erasure_ask.html", {"form": form}, status=status)


@never_cache
@sensitive_post_parameters("because", "password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def erasure(request: HttpRequest, erasure_id: int) -> HttpResponse:
    """Show who wants to be forgotten, and what keeps her data; decide, or take it back for her."""
    one, at = _one(request, erasure_id), timezone.now()
    account_id = int(sessions.signed_in(request).pk)
    seeing.look(person_ids=[one.person_id], account_id=account_id, seen=seeing.Seen.ERASURE, at=at)
    wanted = request.POST.get("do", "")
    form = DecideForm(request.POST if wanted in ("approve", "decline") else None)
    if wanted == "stop":
        _stop(request, one, at=at)
        return redirect("accounts:erasures")
    if form.is_valid() and _decided(request, one, form, wanted == "approve", at=at):
        return redirect("accounts:erasures")
    stepping.fit(request, DECIDE, form)
    held = _held(request)
    context = {
        "one": one,
        "form": form,
        "reasons": erasing.kept_by(one.person_id, at=at) if one.is_open else one.kept,
        "is_hers": one.asked_by_id == account_id,
        "decides": DECIDE in held and one.state == ErasureState.ASKED,
        "stops": policies.ASK_ERASURE.code in held and one.is_open,
        "days": wait().days,
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/erasure.html", context, status=status)


def _ask_for(request: HttpRequest, form: AskForm, *, at: datetime) -> int | None:
    by_id = int(sessions.signed_in(request).pk)
    entry = asking.found(form, account_id=by_id, at=at, at_counter=True)
    if entry is None:
        return None
    try:
        return operations.ask_erasure_at_counter(
            entry=entry,
            document=form.cleaned_data["document"],
            reason=form.cleaned_data["reason"],
            by_id=by_id,
            at=at,
        )
    except operations.SamePerson:
        form.add_error(
            None, gettext("This is you, or shares a phone with you: a colleague does it for you.")
        )
    except operations.NotKnown:
        form.add_error(None, gettext("We keep nothing about this person."))
    except operations.AskedAlready:
        form.add_error(None, gettext("That is asked for already."))
    except Kept as kept:
        for reason in kept.reasons:
            form.add_error(None, str(reason.words))
    return None


def _decided(
    request: HttpRequest, one: ErasureView, form: DecideForm, approved: bool, *, at: datetime
) -> bool:
    if not approved and not form.cleaned_data["because"].strip():
        form.add_error("because", gettext("Say why: the person reads it."))
        return False
    step_up_id = stepped_up(request, form, purpose=DECIDE, at=at)
    if step_up_id is None:
        return False
    try:
        operations.decide_erasure(
            erasure_id=one.id,
            approved=approved,
            because="" if approved else form.cleaned_data["because"],
            by_id=int(sessions.signed_in(request).pk),
            step_up_id=step_up_id,
            at=at,
        )
    except operations.SamePerson:
        form.add_error(None, gettext("Somebody else must do this."))
        return False
    except Kept:
        form.add_error(None, gettext("The data are kept for now. The reasons stand below."))
        return False
    except operations.NoSuchErasure:
        messages.warning(request, gettext("Somebody was here before you."))
    else:
        messages.success(request, gettext("Decided. The person gets a message."))
    return True


def _stop(request: HttpRequest, one: ErasureView, *, at: datetime) -> None:
    by_id = int(sessions.signed_in(request).pk)
    try:
        operations.stop_erasure(erasure_id=one.id, by_id=by_id, at=at)
    except operations.NoSuchErasure:
        messages.warning(request, gettext("Somebody was here before you."))
    else:
        messages.success(request, gettext("Taken back. Nothing was erased."))


def _one(request: HttpRequest, erasure_id: int) -> ErasureView:
    """:raises Http404: for one that is not hers to see, whether or not there is one"""
    held, one = _held(request), forgotten.one(erasure_id)
    if one is None:
        raise Http404
    if DECIDE not in held and not policies.may(
        account_id=sessions.signed_in(request).pk,
        act=policies.ASK_ERASURE.code,
        area_code=forgotten.area_of(one),
        at=timezone.now(),
    ):
        raise Http404
    return one


def _scopes(request: HttpRequest, *, at: datetime) -> list[policies.Scope]:
    codes = [policies.ASK_ERASURE.code]
    return policies.scopes(account_id=sessions.signed_in(request).pk, act_codes=codes, at=at)


def _held(request: HttpRequest) -> set[str]:
    """:raises accounts.policies.NotGranted: if she holds neither act"""
    account_id = int(sessions.signed_in(request).pk)
    held = policies.held(account_id=account_id, act_codes=ACTS, at=timezone.now())
    if not held:
        raise policies.NotGranted(account_id=account_id, act=ACTS[0])
    return held


def _require(request: HttpRequest, act: str) -> None:
    if act not in _held(request):
        raise policies.NotGranted(account_id=int(sessions.signed_in(request).pk), act=act)
