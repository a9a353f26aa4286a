"""What a person types about remittances."""

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.operations.remitting.naming import REASON_MAX, TEXT_MAX
from payments.orders.pain002 import BYTES_MAX
from payments.pages.remittances import words


class SeenForm(forms.Form):
    """The state in which she saw the batch: a stale page is told so."""

    seen = forms.CharField(max_length=12, widget=forms.HiddenInput)


class ApproveForm(SeenForm):
    password = forms.CharField(
        label=_("Your password"),
        help_text=_("You approve this amount, to this account, with it."),
        max_length=512,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CancelForm(SeenForm):
    reason = forms.CharField(label=_("Why"), max_length=200)


class SentForm(SeenForm):
    bank_receipt = forms.CharField(
        label=_("The bank's receipt"),
        help_text=_("Its number of the file or order, as its page or clerk gave it."),
        max_length=100,
    )


class ReportForm(SeenForm):
    file = forms.FileField(
        label=_("The bank's answer (pain.002)"),
        help_text=_("The XML file as the bank gave it. It is kept as it is."),
    )

    def clean_file(self) -> bytes:
        """:raises ValidationError: before a large file is read"""
        file = self.cleaned_data["file"]
        if file.size > BYTES_MAX:
            raise forms.ValidationError(str(words.UNREADABLE["size"]))
        return bytes(file.read())


class AccountForm(forms.Form):
    """An account as the treasury's letter names it."""

    number = forms.CharField(
        label=_("Account number or IBAN"), help_text=_("Spaces do not matter."), max_length=50
    )
    holder_name = forms.CharField(label=_("Account holder"), max_length=TEXT_MAX)
    bank_name = forms.CharField(label=_("Bank"), max_length=TEXT_MAX)
    bic = forms.CharField(label=_("BIC of the bank"), max_length=16, required=False)
    reason = forms.CharField(
        label=_("Who named it"),
        help_text=_("The treasury's letter, with its number and date."),
        max_length=REASON_MAX,
    )
