"""
The field in which staff prove again who they are, fitted to what they have.

A page puts a `StepUpField` called `password` into its form, calls `fit` before it shows the form
and `step_up` with what was typed.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import operations, sessions
from accounts.gateways import directory
from accounts.operations import Proof, factors, passkeys
from accounts.operations import directory as bindings
from accounts.operations.passwords import PASSWORD_LENGTH_MAX
from accounts.operations.stepping_up import VOUCHED_SECOND, passkey_purpose

_CODE_MAX = 40


class StepUpInput(forms.PasswordInput):
    """A password; beside it the code of her app, or before it her passkey."""

    template_name = "accounts/factor_input.html"
    has = factors.Enrolled(code_app=False, passkeys=0, recovery_left=0)
    purpose = ""
    # Where she signs in with the state's directory anew; "" where it does not count.
    directory = ""
    vouched = ""  # It has just asked her: as `Proof.vouched`.

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Proof:
        return Proof(
            password=str(data.get(name) or ""),
            code=str(data.get(f"{name}_code") or "")[:_CODE_MAX],
            passkey=str(data.get(f"{name}_passkey") or ""),
            # Claimed by the form; `step_up` looks whether it is so.
            vouched=str(data.get(f"{name}_directory") or "")[:_CODE_MAX],
        )

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not {name, f"{name}_passkey", f"{name}_directory"} & set(data)

    def format_value(self, value: Any) -> None:
        """Never give back what was typed."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        key = ""
        if self.has.passkeys and passkeys.site():
            # The officer's key leads to what she uses; the password is the other way.
            key = context["widget"]["attrs"].pop("data-key", "")
        if self.has or self.directory:
            # There is another way than the password: only the server knows what is missing.
            context["widget"]["attrs"].pop("required", None)
        site = passkeys.site()
        return {
            **context,
            "has": self.has,
            "purpose": self.purpose,
            "site": site,
            "key": key,
            "directory": self.directory,
            "vouched": self.vouched,
            # The directory's own second factor stands for her code here.
            "needs_code": bool(self.has) and self.vouched != VOUCHED_SECOND,
        }


class StepUpField(forms.Field):
    """Cleans to a `Proof`; `fit` says what of it is asked for."""

    widget = StepUpInput
    default_error_messages = {"long": _("This is not your password.")}

    def __init__(self, *, missing: Any = None, **more: Any) -> None:
        super().__init__(
            label=more.pop("label", _("Your password")),
            widget=StepUpInput(attrs={"autocomplete": "current-password"}),
            error_messages={"required": missing or _("Type your password.")},
            **more,
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"maxlength": PASSWORD_LENGTH_MAX}

    def clean(self, value: Any) -> Proof:
        if not isinstance(value, Proof) or not (value.password or value.passkey or value.vouched):
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(value.password) > PASSWORD_LENGTH_MAX:
            raise forms.ValidationError(self.error_messages["long"], code="long")
        return value


class StepUpForm(forms.Form):
    """For a page that asks nothing else."""

    password = StepUpField()


def fit(request: HttpRequest, purpose: str, *shown: forms.BaseForm | None) -> None:
    """
    Let the step-up fields of these forms ask for what this member of staff has.

    One query; another where the state's directory vouches for staff.
    """
    fields = [form.fields["password"] for form in shown if form and "password" in form.fields]
    ours = [field for field in fields if isinstance(field.widget, StepUpInput)]
    if not ours:
        return
    account_id = sessions.signed_in(request).pk
    has = factors.enrolled(account_id)
    by_directory = directory.is_configured() and bindings.is_bound(account_id)
    vouched = sessions.vouched(request, at=timezone.now()) if by_directory else ""
    again = f"{reverse('accounts:directory_again')}?{urlencode({'next': request.path})}"
    for field in ours:
        field.widget.has = has
        field.widget.purpose = passkey_purpose(purpose)
        field.widget.directory = again if by_directory else ""
        field.widget.vouched = vouched
        if has.passkeys and passkeys.site():
            field.label = _("Your passkey")


def more(request: HttpRequest) -> dict[str, object]:
    """Return what `accounts/factor_more.html` needs beside a page's own field `password`."""
    has = factors.enrolled(sessions.signed_in(request).pk)
    return {"step_up_has": has, "step_up_passkey": bool(has.passkeys and passkeys.site())}


def shown(request: HttpRequest) -> Proof:
    """Return what was typed beside such a field."""
    return StepUpInput().value_from_datadict(request.POST, {}, "password")


def step_up(request: HttpRequest, proof: Proof, purpose: str, *, at: datetime) -> int:
    """
    Return the id of a step-up made with what she showed.

    :raises WrongPassword: see `operations.step_up`
    :raises BudgetSpent: see there
    """
    vouched = sessions.vouched(request, at=at) if proof.vouched else ""
    made = operations.step_up(
        account_id=sessions.signed_in(request).pk,
        purpose=purpose,
        session_key=sessions.session_key(request),
        at=at,
        proof=replace(proof, binding=sessions.binding(request), vouched=vouched),
    )
    sessions.forget_vouched(request)
    return int(made.pk)


def wrong(error: Exception) -> str:
    """Return what is said of a proof that was refused: never which part of it was wrong."""
    if isinstance(error, operations.BudgetSpent):
        return gettext("Too many wrong passwords. Wait a quarter of an hour.")
    if isinstance(error, operations.WrongProof):
        return gettext("That is not right.")
    return gettext("This is not your password.")
