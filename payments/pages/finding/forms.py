"""What somebody knows of her payment."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel.country import country
from payments.pages.fields import minor_of, quiet
from payments.pages.refunds import words as refunds
from payments.states import DocumentKind


def _needed(label: Any, missing: Any, **more: Any) -> forms.CharField:
    """Return a field that she has to fill in, or `missing` is said."""
    return forms.CharField(
        label=label,
        error_messages={"required": missing},
        **{"max_length": 40, "widget": quiet(), **more},
    )


def _own_phone(label: Any, missing: Any) -> forms.CharField:
    """Return a field for the phone of whoever types it."""
    attrs = {"inputmode": "tel", "autocomplete": "tel-national", "class": "w-12"}
    return _needed(label, missing, widget=forms.TextInput(attrs=attrs))


def _amount(text: str) -> int | None:
    return minor_of(text, country().currency) if text.strip() else None


class FindForm(forms.Form):
    """Code and phone, which have to belong together; amount and day help to tell it apart."""

    code = _needed(
        _("Code of the payment"),
        _("Type the code."),
        help_text=_("In the network's SMS, or on the bank's slip. Spaces do not matter."),
        max_length=100,
        widget=quiet(autocapitalize="characters"),
    )
    phone = _own_phone(_("Phone that paid"), _("Type the number of the phone that paid."))
    amount = forms.CharField(
        label=_("Amount"),
        max_length=30,
        required=False,
        widget=quiet(inputmode="decimal", **{"class": "w-12"}),
    )
    day = forms.DateField(
        label=_("About when"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "w-12"}, format="%Y-%m-%d"),
    )

    def clean_amount(self) -> int | None:
        return _amount(self.cleaned_data["amount"])


class ClaimForm(forms.Form):
    """The number of a claim and the phone that it was made with."""

    number = _needed(_("Number of your claim"), _("Type the number of the claim."))
    phone = _own_phone(_("Phone"), _("Type the number of the phone."))


class DeskForm(forms.Form):
    """What an officer is told at a desk: any of it may do."""

    code = forms.CharField(
        label=_("Code of the payment"), max_length=100, required=False, widget=quiet()
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=40,
        required=False,
        widget=quiet(inputmode="numeric"),
    )
    phone = forms.CharField(
        label=_("Phone that was asked"),
        max_length=40,
        required=False,
        widget=quiet(inputmode="tel"),
    )
    amount = forms.CharField(
        label=_("Amount in suspense"),
        max_length=30,
        required=False,
        widget=quiet(inputmode="decimal"),
    )
    day = forms.DateField(
        label=_("About when"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_amount(self) -> int | None:
        return _amount(self.cleaned_data["amount"])

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.errors:
            return typed
        if typed.get("amount") and not typed.get("day"):
            self.add_error("day", gettext("Say about when: many payments have the same amount."))
        elif not any(typed.get(name) for name in ("code", "reference", "phone", "amount")):
            raise forms.ValidationError(gettext("Type at least one thing that you know."))
        return typed


class OpenForm(forms.Form):
    """A claim of somebody who stands at the desk."""

    code = _needed(_("Code in her SMS"), _("Type the code."), max_length=100)
    phone = _needed(
        _("Her phone"), _("Type the number of the phone."), widget=quiet(inputmode="tel")
    )


class ProofForm(forms.Form):
    document_kind = forms.ChoiceField(
        label=_("Document that you have seen"),
        choices=[("", "")] + [(kind.value, refunds.DOCUMENTS[kind]) for kind in DocumentKind],
        error_messages={"required": _("Choose the document.")},
    )


class MatchForm(forms.Form):
    reference = _needed(
        _("Reference that she meant"),
        _("Type the reference."),
        widget=quiet(inputmode="numeric"),
    )


class BackForm(forms.Form):
    by_hand = forms.BooleanField(
        label=_("At a desk, because the network cannot send it back"), required=False
    )


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not"),
        max_length=250,
        help_text=_("The claimant reads this. No names, no phones."),
        error_messages={"required": _("Say why.")},
    )
