"""Passkeys: asking a browser for one, adding, naming and removing it, signing in with it."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sessions
from accounts.models import Account, Passkey
from accounts.operations import BudgetSpent, factors, passkeys, second
from accounts.operations.passkeys import ADD_PURPOSE, SECOND_PURPOSE, SIGN_IN_PURPOSE
from accounts.operations.stepping_up import passkey_purpose
from accounts.operations.using_up import StepUpRefused
from accounts.pages import half, stepping, visits
from accounts.pages.factors import done, last_words, proved
from accounts.pages.refusals import too_often
from accounts.pages.stepping import StepUpForm
from accounts.states import AccountKind
from kernel import addresses

FRESH = timedelta(minutes=15)
_STEP_UP = re.compile(re.escape(passkey_purpose("")) + r"[a-z][a-z0-9_.:-]*")
_PROVED = "accounts.passkey_step_up"


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name of this passkey"),
        help_text=_("So that you know it again, for example “My phone”."),
        max_length=passkeys.NAME_MAX,
        error_messages={"required": _("Give it a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 24}),
    )


@never_cache
@require_POST
def challenge(request: HttpRequest) -> HttpResponse:
    """Answer the script with what `navigator.credentials` is to be asked, in JSON."""
    purpose, at = request.POST.get("purpose", ""), timezone.now()
    try:
        account_id = _asker(request, purpose, at=at)
        told = passkeys.ask(
            account_id=account_id,
            purpose=purpose,
            binding=sessions.binding(request),
            address=addresses.address(request),
            at=at,
        )
    except passkeys.TooManyPasskeys:
        return _sorry(gettext("Ten passkeys are enough. Remove one first."), 409)
    except passkeys.NotHere:
        return _sorry(gettext("Passkeys do not work at this address."), 409)
    except BudgetSpent:
        return _sorry(gettext("Too many attempts. Wait a while."), 429)
    return JsonResponse({"publicKey": told})


@never_cache
@sensitive_post_parameters("passkey")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in whoever shows a passkey: a citizen's phone, or staff, to whom it is both factors."""
    target, at = visits.wanted(request), timezone.now()
    wrong = ""
    if request.method == "POST":
        try:
            shown = passkeys.accept(
                account_id=None,
                answer=request.POST.get("passkey", ""),
                purpose=SIGN_IN_PURPOSE,
                binding=sessions.binding(request),
                address=addresses.address(request),
                at=at,
            )
        except BudgetSpent as spent:
            return too_often(request, spent)
        except (factors.NotRight, passkeys.NotHere):
            wrong = gettext("That is not right. Try again, or sign in another way.")
        else:
            second.record_shown(account_id=shown.account_id, how="passkey", at=at)
            return _in(request, shown.account, target, at=at)
    context = {
        "next": target,
        "wrong": wrong,
        "purpose": SIGN_IN_PURPOSE,
        "passkeys_here": passkeys.site() is not None,
    }
    return render(request, "accounts/passkey_sign_in.html", context, status=422 if wrong else 200)


@never_cache
@sensitive_post_parameters("password", "password_code", "password_passkey", "passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def add(request: HttpRequest) -> HttpResponse:
    """Add a passkey of a member of staff: she proves who she is, then names and makes it."""
    account, at = sessions.signed_in(request), timezone.now()
    if "passkey" in request.POST:
        return _add(request, account, step_up_id=request.session.pop(_PROVED, None), at=at)
    form = StepUpForm(request.POST or None)
    step_up_id = proved(request, form, at=at)
    if step_up_id:
        request.session[_PROVED] = step_up_id
        return _making(request, NameForm())
    stepping.fit(request, factors.CHANGE_PURPOSE, form)
    context = {"form": form, "passkeys_here": passkeys.site() is not None}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/passkey_prove.html", context, status=status)


@never_cache
@sensitive_post_parameters("password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def passkey(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """Name one of her passkeys anew, or remove it once she has proved who she is."""
    account, at = sessions.signed_in(request), timezone.now()
    found = _hers(account, passkey_id)
    names = NameForm(request.POST if "name" in request.POST else None, initial={"name": found.name})
    if names.is_valid():
        return _named(request, found, names, "accounts:security")
    form = StepUpForm(request.POST if request.POST.get("remove") else None)
    step_up_id = proved(request, form, at=at)
    if step_up_id:
        return _removed(request, found, "accounts:security", step_up_id=step_up_id, at=at)
    stepping.fit(request, factors.CHANGE_PURPOSE, form)
    context = {
        "passkey": found,
        "names": names,
        "form": form,
        "bound": form if form.is_bound else names,
        "back": reverse("accounts:security"),
    }
    status = 422 if form.is_bound or names.is_bound else 200
    return render(request, "accounts/passkey.html", context, status=status)


@never_cache
@sensitive_post_parameters("passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.citizen_required
def citizens(request: HttpRequest) -> HttpResponse:
    """List the passkeys of a citizen's phone, and add one soon after signing in."""
    account, at = sessions.signed_in(request), timezone.now()
    is_fresh = _is_fresh(request, at=at)
    form = NameForm(request.POST or None)
    if request.method == "POST" and is_fresh and form.is_valid():
        try:
            passkeys.add(
                account_id=account.pk,
                name=form.cleaned_data["name"],
                answer=request.POST.get("passkey", ""),
                binding=sessions.binding(request),
                at=at,
            )
        except (factors.NotRight, passkeys.NotHere, passkeys.TooManyPasskeys):
            form.add_error(None, gettext("That did not work. Nothing was added. Try again."))
        else:
            messages.success(request, gettext("Your passkey is added."))
            return redirect("accounts:passkeys")
    context = {
        "form": form,
        "passkeys": passkeys.passkeys_of(account.pk),
        "is_fresh": is_fresh,
        "purpose": ADD_PURPOSE,
        "passkeys_here": passkeys.site() is not None,
    }
    return render(request, "accounts/passkeys.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_POST
@sessions.citizen_required
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Sign a citizen out and in again, because adding a passkey wants a fresh sign-in."""
    visits.sign_out(request, reason="again", at=timezone.now())
    return redirect(f"{reverse('accounts:sign_in')}?next={reverse('accounts:passkeys')}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.citizen_required
def citizens_passkey(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """Name one of a citizen's passkeys anew, or remove it."""
    account, at = sessions.signed_in(request), timezone.now()
    found = _hers(account, passkey_id)
    if request.POST.get("remove"):
        return _removed(request, found, "accounts:passkeys", step_up_id=None, at=at)
    names = NameForm(request.POST or None, initial={"name": found.name})
    if names.is_valid():
        return _named(request, found, names, "accounts:passkeys")
    context = {
        "passkey": found,
        "names": names,
        "form": None,
        "bound": names,
        "back": reverse("accounts:passkeys"),
    }
    return render(request, "accounts/passkey.html", context, status=422 if names.is_bound else 200)


def _asker(request: HttpRequest, purpose: str, *, at: datetime) -> int | None:
    """Return for whom a challenge is drawn; None to sign in whoever comes."""
    if purpose == SIGN_IN_PURPOSE:
        return None
    account = (
        half.account_of(request, at=at)
        if purpose == SECOND_PURPOSE
        else sessions.current_account(request)
    )
    is_known = purpose in {SECOND_PURPOSE, ADD_PURPOSE} or _STEP_UP.fullmatch(purpose)
    if account is None or not is_known or len(purpose) > passkeys.PURPOSE_MAX:
        raise Http404
    return int(account.pk)


def _sorry(words: str, status: int) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)


def _in(request: HttpRequest, account: Account, target: str, *, at: datetime) -> HttpResponse:
    if account.kind == AccountKind.STAFF:
        visits.sign_in_staff(request, account, at=at, strength=("passkey",))
        return redirect(target or visits.staff_home(account, at=at))
    visits.sign_in_citizen(request, account, at=at, strength=("passkey",))
    return redirect(target or reverse("accounts:who"))


def _making(request: HttpRequest, form: NameForm) -> HttpResponse:
    context = {"form": form, "purpose": ADD_PURPOSE, "passkeys_here": passkeys.site() is not None}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/passkey_make.html", context, status=status)


def _add(
    request: HttpRequest, account: Account, *, step_up_id: int | None, at: datetime
) -> HttpResponse:
    form = NameForm(request.POST)
    if form.is_valid() and not request.POST["passkey"]:
        form.add_error(None, gettext("Your device has made no passkey yet. Use the button below."))
    if not form.is_valid():
        request.session[_PROVED] = step_up_id
        return _making(request, form)
    try:
        codes = passkeys.add(
            account_id=account.pk,
            name=form.cleaned_data["name"],
            answer=request.POST["passkey"],
            binding=sessions.binding(request),
            step_up_id=step_up_id,
            session_key=sessions.session_key(request),
            at=at,
        )
    except StepUpRefused:
        messages.warning(request, gettext("That took too long. Begin again."))
        return redirect("accounts:add_passkey")
    except (factors.NotRight, passkeys.NotHere, passkeys.TooManyPasskeys):
        messages.warning(request, gettext("That did not work. Nothing was added. Try again."))
        return redirect("accounts:add_passkey")
    return done(request, codes, gettext("Your passkey is added."), "passkey", at=at)


def _hers(account: Account, passkey_id: int) -> Passkey:
    found = Passkey.objects.filter(pk=passkey_id, account=account, removed_at=None).first()
    if found is None:
        raise Http404
    return found


def _named(request: HttpRequest, found: Passkey, names: NameForm, then: str) -> HttpResponse:
    passkeys.name_passkey(
        account_id=found.account_id, passkey_id=found.pk, name=names.cleaned_data["name"]
    )
    messages.success(request, gettext("Its name is changed."))
    return redirect(then)


def _removed(
    request: HttpRequest, found: Passkey, then: str, *, step_up_id: int | None, at: datetime
) -> HttpResponse:
    wanted: dict[str, Any] = {"account_id": found.account_id, "passkey_id": found.pk}
    session_key = sessions.session_key(request)
    try:
        passkeys.remove_passkey(**wanted, step_up_id=step_up_id, session_key=session_key, at=at)
    except factors.LastFactor:
        messages.warning(request, last_words())
    else:
        messages.success(
            request, gettext("The passkey is removed. Delete it on your device as well.")
        )
    return redirect(then)


def _is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    visit = request.session.get(sessions.VISIT)
    return isinstance(visit, dict) and at.timestamp() - visit["started"] < FRESH.total_seconds()
