"""What a person types about remittances."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages.stepping import StepUpField
from payments.operations.remitting.naming import REASON_MAX, TEXT_MAX
from payments.orders.pain002 import BYTES_MAX
from payments.pages.fields import SecondWordForm
from payments.pages.remittances import words


class SeenForm(forms.Form):
    """The state in which she saw the batch: a stale page is told so."""

    seen = forms.CharField(max_length=12, widget=forms.HiddenInput)


class ApproveForm(SeenForm):
    password = StepUpField(help_text=_("You approve this amount, to this account, with it."))


class SecondForm(SecondWordForm, SeenForm):
    """A second person's word about a batch."""


class ReturnForm(SeenForm):
    """Which money is the batch come back: one that is shown, or one by its bank's code."""

    OTHER = "other"

    credit = forms.ChoiceField(label=_("Which payment is it?"), widget=forms.RadioSelect)
    code = forms.CharField(
        label=_("The bank's code of the payment"),
        help_text=_("Only if it is another one than those above."),
        max_length=200,
        required=False,
    )
    reason = forms.CharField(
        label=_("How you know"),
        help_text=_("The bank's letter or the text of its line, and its reason."),
        max_length=200,
    )

    def __init__(self, *args: Any, credits: Sequence[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [*((str(one), text) for one, text in credits), (self.OTHER, _("Another one"))]
        self.fields["credit"].choices = choices  # type: ignore[attr-defined]
        if not credits:
            self.fields["credit"].initial = self.OTHER

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("credit") == self.OTHER and not typed.get("code"):
            self.add_error("code", _("Type the code that stands on the bank's statement."))
        return typed


class CameBackForm(forms.Form):
    """Which batch a payment is."""

    batch = forms.ChoiceField(
        label=_("Paid by this bank, and of exactly this amount"), widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("How you know"),
        help_text=_("The bank's letter or the text of its line, and its reason."),
        max_length=200,
    )

    def __init__(self, *args: Any, batches: Sequence[tuple[UUID, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["batch"].choices = [(str(key), text) for key, text in batches]  # type: ignore[attr-defined]
        if len(batches) == 1:
            self.fields["batch"].initial = str(batches[0][0])


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
