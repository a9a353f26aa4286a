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
from accounts.pages import asking
from accounts.pages.forms import PersonForm
from accounts.pages.refusals import too_often
from accounts.states import ErasureState, SeenDocument
from kernel import erasing
from kernel.erasing import Kept

ACTS = (policies.ASK_ERASURE.code, policies.ERASE_PERSON.code)


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


@never_cache
@require_safe
@sessions.staff_required
def erasures(request: HttpRequest) -> HttpResponse:
    """List what waits and what came of it, by number: no name stands here."""
    held, at = _held(request), timezone.now()
    decides = policies.ERASE_PERSON.code in held
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
@sensitive_post_parameters("because")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def erasure(request: HttpRequest, erasure_id: int) -> HttpResponse:
    """Show who wants to be forgotten, and what keeps her data; decide, or take it back for her."""
    one, at = _one(request, erasure_id), timezone.now()
    account_id = int(sessions.signed_in(request).pk)
    seeing.look(person_ids=[one.person_id], account_id=account_id, seen=seeing.Seen.ERASURE, at=at)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _step(request, one, form, at=at):
        return redirect("accounts:erasures")
    held = _held(request)
    context = {
        "one": one,
        "form": form,
        "reasons": erasing.kept_by(one.person_id, at=at) if one.is_open else one.kept,
        "is_hers": one.asked_by_id == account_id,
        "decides": policies.ERASE_PERSON.code in held and one.state == ErasureState.ASKED,
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
        form.add_error(None, gettext("This is you: a colleague does it for you."))
    except operations.NotKnown:
        form.add_error(None, gettext("We keep nothing about this person."))
    except operations.AskedAlready:
        form.add_error(None, gettext("That is asked for already."))
    except Kept as kept:
        for reason in kept.reasons:
            form.add_error(None, str(reason.words))
    return None


def _step(request: HttpRequest, one: ErasureView, form: DecideForm, *, at: datetime) -> bool:
    wanted, by_id = request.POST.get("do", ""), int(sessions.signed_in(request).pk)
    if wanted == "decline" and not form.cleaned_data["because"].strip():
        form.add_error("because", gettext("Say why: the person reads it."))
        return False
    try:
        if wanted in ("approve", "decline"):
            operations.decide_erasure(
                erasure_id=one.id,
                approved=wanted == "approve",
                because=form.cleaned_data["because"] if wanted == "decline" else "",
                by_id=by_id,
                at=at,
            )
            messages.success(request, gettext("Decided. The person gets a message."))
        elif wanted == "stop":
            operations.stop_erasure(erasure_id=one.id, by_id=by_id, at=at)
            messages.success(request, gettext("Taken back. Nothing was erased."))
    except operations.SamePerson:
        form.add_error(None, gettext("Somebody else must do this."))
        return False
    except Kept:
        form.add_error(None, gettext("The data are kept for now. The reasons stand below."))
        return False
    except operations.NoSuchErasure:
        messages.warning(request, gettext("Somebody was here before you."))
    return True


def _one(request: HttpRequest, erasure_id: int) -> ErasureView:
    """:raises Http404: for one that is not hers to see, whether or not there is one"""
    held, one = _held(request), forgotten.one(erasure_id)
    if one is None:
        raise Http404
    if policies.ERASE_PERSON.code not in held and not policies.may(
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
