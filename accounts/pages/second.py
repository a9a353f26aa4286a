"""The question after the password: a code of her app, a recovery code, or her passkey."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import sessions
from accounts.models import Account
from accounts.operations import BudgetSpent, factors, passkeys, second
from accounts.operations.code_apps import JustOver
from accounts.pages import half
from accounts.pages.refusals import too_often
from kernel import addresses

_TYPED_MAX = 40


class SecondForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=_TYPED_MAX,
        error_messages={"required": _("Enter a code.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "size": 30,
                "class": "code",
            }
        ),
    )

    def __init__(self, *args: object, app: bool, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["code"].help_text = (
            _("Six digits from your app, or one of your recovery codes.")
            if app
            else _("One of your recovery codes, with or without its dashes.")
        )


@never_cache
@sensitive_post_parameters("code", "passkey")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor, and sign her in with it."""
    at = timezone.now()
    account = half.account_of(request, at=at)
    if account is None:
        return redirect("accounts:staff_sign_in")
    has = factors.enrolled(account.pk)
    form = SecondForm(request.POST or None, app=has.code_app)
    wrong = ""
    try:
        if request.POST.get("passkey"):
            how = _by_passkey(request, account)
            return _in(request, account, how, "passkey")
        if form.is_valid():
            how = second.accept_code(
                account_id=account.pk,
                typed=form.cleaned_data["code"],
                address=addresses.address(request),
                at=at,
            )
            return _in(request, account, how, "second")
    except BudgetSpent as spent:
        return too_often(request, spent)
    except factors.NotRight as refused:
        wrong = (
            gettext("This code has just run out. Type the one that your app shows now.")
            if isinstance(refused, JustOver)
            else gettext("That is not right.")
        )
        form.add_error("code" if form.is_valid() else None, wrong)
    context = {
        "form": form,
        "has": has,
        "passkeys_here": bool(has.passkeys and passkeys.site()),
        "purpose": passkeys.SECOND_PURPOSE,
        "wrong": wrong,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/factor_second.html", context, status=status)


def _by_passkey(request: HttpRequest, account: Account) -> str:
    passkeys.accept(
        account_id=account.pk,
        answer=request.POST["passkey"],
        purpose=passkeys.SECOND_PURPOSE,
        binding=sessions.binding(request),
        address=addresses.address(request),
        at=timezone.now(),
    )
    return "passkey"


def _in(request: HttpRequest, account: Account, how: str, strength: str) -> HttpResponse:
    at = timezone.now()
    second.record_shown(account_id=account.pk, how=how, at=at)
    return half.finish(request, account, strength, at=at)
