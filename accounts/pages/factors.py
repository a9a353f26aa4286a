"""Her own second factors: what staff have, how they add to it, and how they take it away."""

from datetime import datetime

import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts import operations, sessions
from accounts.models import APP_CONFIRM_WITHIN, CodeApp
from accounts.operations import BudgetSpent, StepUpRefused, code_apps, factors, passkeys, recovery
from accounts.pages import half, stepping, visits
from accounts.pages.stepping import StepUpForm

_BEGUN = "accounts.code_app"
_QR_UNIT = 5
_SECRET_GROUP = 4


class AppCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the app"),
        help_text=_("Six digits. They change every 30 seconds."),
        max_length=20,
        error_messages={"required": _("Enter the six digits that the app shows.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "size": 10,
                "class": "code",
            }
        ),
    )


@never_cache
@require_safe
@sessions.staff_required
def security(request: HttpRequest) -> HttpResponse:
    """List what she has; where she must have something and has nothing, lead her to it."""
    account, at = sessions.signed_in(request), timezone.now()
    has = factors.enrolled(account.pk)
    must = factors.required_of(account) and sessions.is_weak(request)
    if must and has:
        # Enrolled elsewhere since she signed in here: this browser shows it too.
        half.begin(request, account, "", at=at, shown=sessions.strength(request))
        return redirect("accounts:second")
    context = {
        "has": has,
        "must": must,
        "app": CodeApp.objects.filter(
            account=account, confirmed_at__isnull=False, removed_at=None
        ).first(),
        "passkeys": passkeys.passkeys_of(account.pk),
        "passkeys_here": passkeys.site() is not None,
        "few": has.recovery_left <= 3,
        "is_last": has.count == 1 and factors.required_of(account),
    }
    return render(request, "accounts/factors.html", context)


@never_cache
@sensitive_post_parameters("password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def add_app(request: HttpRequest) -> HttpResponse:
    """Begin an authenticator app, once she has proved again who she is."""
    account = sessions.signed_in(request)
    if factors.enrolled(account.pk).code_app:
        return redirect("accounts:security")
    form = StepUpForm(request.POST or None)
    at = timezone.now()
    step_up_id = proved(request, form, at=at)
    if step_up_id:
        request.session[_BEGUN] = code_apps.begin_app(
            account_id=account.pk,
            step_up_id=step_up_id,
            session_key=sessions.session_key(request),
            at=at,
        )
        return redirect("accounts:confirm_app")
    return _asking(request, form, "accounts/factor_app.html")


@never_cache
@sensitive_post_parameters("code")
@sensitive_variables("app", "codes")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def confirm_app(request: HttpRequest) -> HttpResponse:
    """Show the secret, as a picture and in letters, until the app's first code is right."""
    account, at = sessions.signed_in(request), timezone.now()
    form = AppCodeForm(request.POST or None)
    try:
        app = code_apps.begun(account_id=account.pk, app_id=request.session.get(_BEGUN), at=at)
        if form.is_valid():
            codes = code_apps.confirm_app(
                account_id=account.pk, app_id=app.pk, typed=form.cleaned_data["code"], at=at
            )
            del request.session[_BEGUN]
            return done(request, codes, gettext("Your app is added."), "second", at=at)
    except (factors.NoSuchFactor, code_apps.AppKnown):
        messages.warning(request, gettext("That took too long. Begin again."))
        return redirect("accounts:add_app")
    except factors.NotRight:
        form.add_error("code", gettext("That is not right. Wait for the next code and try again."))
    except BudgetSpent:
        form.add_error("code", gettext("Too many wrong codes. Wait a quarter of an hour."))
    context = {
        "form": form,
        "picture": _picture(code_apps.address_of(app, account.email or "")),
        "letters": _grouped(app.secret or ""),
        "minutes": int(APP_CONFIRM_WITHIN.total_seconds() // 60),
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/factor_app_confirm.html", context, status=status)


@never_cache
@sensitive_post_parameters("password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def remove_app(request: HttpRequest) -> HttpResponse:
    """Take the app away, once she has proved again who she is."""
    account, at = sessions.signed_in(request), timezone.now()
    if not factors.enrolled(account.pk).code_app:
        return redirect("accounts:security")
    form = StepUpForm(request.POST or None)
    step_up_id = proved(request, form, at=at)
    if step_up_id:
        try:
            code_apps.remove_app(
                account_id=account.pk,
                step_up_id=step_up_id,
                session_key=sessions.session_key(request),
                at=at,
            )
        except factors.LastFactor:
            messages.warning(request, last_words())
        else:
            messages.success(request, gettext("Your app is removed."))
        return redirect("accounts:security")
    return _asking(request, form, "accounts/factor_app_remove.html")


@never_cache
@sensitive_post_parameters("password", "password_code", "password_passkey")
@sensitive_variables("codes")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def renew_recovery(request: HttpRequest) -> HttpResponse:
    """Make ten new recovery codes and show them once."""
    account, at = sessions.signed_in(request), timezone.now()
    has = factors.enrolled(account.pk)
    if not has:
        return redirect("accounts:security")
    form = StepUpForm(request.POST or None)
    step_up_id = proved(request, form, at=at)
    if step_up_id:
        codes = recovery.renew(
            account_id=account.pk,
            step_up_id=step_up_id,
            session_key=sessions.session_key(request),
            at=at,
        )
        return render(request, "accounts/recovery_codes.html", {"codes": codes})
    return _asking(request, form, "accounts/recovery_renew.html", has=has)


def proved(request: HttpRequest, form: StepUpForm, *, at: datetime) -> int | None:
    """Return the id of a step-up for changing her factors, or None with the form's errors."""
    if not form.is_valid():
        return None
    try:
        return stepping.step_up(
            request, form.cleaned_data["password"], factors.CHANGE_PURPOSE, at=at
        )
    except (operations.WrongPassword, BudgetSpent, StepUpRefused) as refused:
        form.add_error("password", stepping.wrong(refused))
        return None


def done(
    request: HttpRequest, codes: list[str], words: str, strength: str, *, at: datetime
) -> HttpResponse:
    """Say that a factor was added; show recovery codes where some were made with it."""
    if sessions.is_weak(request):
        # What opened nothing opens all from here on: under a new session key.
        account, shown = sessions.signed_in(request), sessions.strength(request)
        visits.sign_in_staff(request, account, at=at, strength=(*shown, strength))
    if codes:
        return render(request, "accounts/recovery_codes.html", {"codes": codes, "words": words})
    messages.success(request, words)
    return redirect("accounts:security")


def last_words() -> str:
    return gettext("This is your only second factor. Add another before you remove it.")


def _asking(request: HttpRequest, form: StepUpForm, template: str, **more: object) -> HttpResponse:
    stepping.fit(request, factors.CHANGE_PURPOSE, form)
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **more}, status=status)


def _picture(address: str) -> SafeString:
    """Return the QR code as an SVG for the page itself: no style, no script, no second request."""
    made = segno.make(address, error="m", micro=False)
    # segno draws shapes and nothing of the text; dark on light whatever the page's colours.
    return mark_safe(  # noqa: S308
        made.svg_inline(scale=_QR_UNIT, border=4, light="#fff", svgclass="qr", omitsize=True)
    )


def _grouped(secret: str) -> list[str]:
    return [secret[at : at + _SECRET_GROUP] for at in range(0, len(secret), _SECRET_GROUP)]
