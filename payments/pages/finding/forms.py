"""What somebody knows of her payment."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel import money
from kernel.country import country
from payments.pages.refunds import words as refunds
from payments.states import DocumentKind


def _quiet(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **attrs})


def _amount(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        amount_minor = money.to_minor(text.replace(" ", ""), country().currency)
    except money.NotWhole:
        amount_minor = 0
    if amount_minor <= 0:
        raise forms.ValidationError(gettext("Write an amount above zero, such as 1500."))
    return amount_minor


class FindForm(forms.Form):
    """Code and phone, which have to belong together; amount and day help to tell it apart."""

    code = forms.CharField(
        label=_("Code of the payment"),
        help_text=_("In the network's SMS, or on the bank's slip. Spaces do not matter."),
        max_length=100,
        error_messages={"required": _("Type the code.")},
        widget=_quiet(autocapitalize="characters"),
    )
    phone = forms.CharField(
        label=_("Phone that paid"),
        max_length=40,
        error_messages={"required": _("Type the number of the phone that paid.")},
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "autocomplete": "tel-national", "class": "w-12"}
        ),
    )
    amount = forms.CharField(
        label=_("Amount"),
        max_length=30,
        required=False,
        widget=_quiet(inputmode="decimal", **{"class": "w-12"}),
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

    number = forms.CharField(
        label=_("Number of your claim"),
        max_length=40,
        error_messages={"required": _("Type the number of the claim.")},
        widget=_quiet(),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        error_messages={"required": _("Type the number of the phone.")},
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "autocomplete": "tel-national", "class": "w-12"}
        ),
    )


class DeskForm(forms.Form):
    """What an officer is told at a desk: any of it may do."""

    code = forms.CharField(
        label=_("Code of the payment"), max_length=100, required=False, widget=_quiet()
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=40,
        required=False,
        widget=_quiet(inputmode="numeric"),
    )
    phone = forms.CharField(
        label=_("Phone that was asked"),
        max_length=40,
        required=False,
        widget=_quiet(inputmode="tel"),
    )
    amount = forms.CharField(
        label=_("Amount in suspense"),
        max_length=30,
        required=False,
        widget=_quiet(inputmode="decimal"),
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

    code = forms.CharField(
        label=_("Code in her SMS"),
        max_length=100,
        error_messages={"required": _("Type the code.")},
        widget=_quiet(),
    )
    phone = forms.CharField(
        label=_("Her phone"),
        max_length=40,
        error_messages={"required": _("Type the number of the phone.")},
        widget=_quiet(inputmode="tel"),
    )


class ProofForm(forms.Form):
    document_kind = forms.ChoiceField(
        label=_("Document that you have seen"),
        choices=[("", "")] + [(kind.value, refunds.DOCUMENTS[kind]) for kind in DocumentKind],
        error_messages={"required": _("Choose the document.")},
    )


class MatchForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference that she meant"),
        max_length=40,
        error_messages={"required": _("Type the reference.")},
        widget=_quiet(inputmode="numeric"),
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
