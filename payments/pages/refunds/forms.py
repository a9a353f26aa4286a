"""The forms of refunds; each keeps what was typed, but never a password."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.pages.stepping import StepUpField
from payments.pages.fields import minor_of, quiet
from payments.pages.refunds import words
from payments.states import DocumentKind, PayeeAccount

NOTE_MAX = 250


def _text(label: object, limit: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        max_length=limit,
        error_messages={"required": _("Fill this in.")},
        **more,
    )


class AmountField(forms.CharField):
    """An amount as people write it; the form cleans it to minor units of its currency."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            max_length=30,
            widget=quiet(inputmode="decimal", **{"class": "w-12"}),
            error_messages={"required": _("Say how much.")},
            **more,
        )


class _InCurrency(forms.Form):
    """A form with an amount in one currency."""

    currency = ""

    def clean_amount(self) -> int:
        return minor_of(self.cleaned_data["amount"], self.currency)


class AskForm(_InCurrency):
    """How much of a collection is to go back, why, and by which way; sent once."""

    amount = AmountField(label=_("How much goes back"))
    why = forms.ChoiceField(
        label=_("Why"),
        choices=[("", "")] + [(code, words.REASONS[code]) for code in words.CHOSEN],
        error_messages={"required": _("Choose a reason.")},
    )
    note = _text(
        _("Note"),
        NOTE_MAX,
        required=False,
        help_text=_("For whoever decides. No names, no phones."),
    )
    by_hand = forms.BooleanField(
        label=_("The payer gets it at a desk, because the network cannot send it back"),
        required=False,
    )
    stamp = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.currency = currency

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("why") == "other" and not typed.get("note"):
            self.add_error("note", gettext("Say in the note which reason it is."))
        return typed

    @property
    def reason(self) -> str:
        code, note = self.cleaned_data["why"], self.cleaned_data["note"]
        return f"{code}: {note}" if note else code


class PasswordForm(forms.Form):
    """The second showing of the password, for one decision."""

    password = StepUpField(help_text=_("Asked each time money is to leave."))


class DeclineForm(forms.Form):
    reason = _text(_("Why not"), NOTE_MAX, help_text=_("No names, no phones."))


class NotPaidForm(PasswordForm):
    reason = _text(_("What happened"), NOTE_MAX, help_text=_("No names, no phones."))
    field_order = ("reason", "password")


class ConfirmForm(PasswordForm):
    # Which proof she has seen: a number that was changed since is not confirmed.
    seen = forms.CharField(max_length=40, widget=forms.HiddenInput)


class PaidForm(forms.Form):
    external_id = _text(
        _("Id of the payment"),
        100,
        help_text=_("As the portal or the bank's slip shows it. The statement is found by it."),
        widget=quiet(),
    )


class PayeeForm(forms.Form):
    """Who stands at the desk, how she was proven, and where her money is to go."""

    code = _text(
        _("Code in the network's SMS, or on the bank's slip"),
        100,
        help_text=_("As she shows it to you."),
        widget=quiet(),
    )
    document_kind = forms.ChoiceField(
        label=_("Document that you have seen"),
        choices=[("", "")] + [(kind.value, words.DOCUMENTS[kind]) for kind in DocumentKind],
        error_messages={"required": _("Choose the document.")},
    )
    holder = _text(_("Name on the document and on the account"), 80, widget=quiet())
    account_kind = forms.ChoiceField(
        label=_("Where the money goes"),
        choices=[(kind.value, words.ACCOUNTS[kind.value]) for kind in PayeeAccount],
        widget=forms.RadioSelect,
        initial=PayeeAccount.PHONE.value,
    )
    number = _text(_("Number of the phone or the account"), 60, widget=quiet())
    bank = _text(_("Bank"), 80, required=False, help_text=_("Only for a bank account."))

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        is_bank = typed.get("account_kind") == PayeeAccount.BANK
        if is_bank and not typed.get("bank"):
            self.add_error("bank", gettext("Name the bank."))
        if not is_bank:
            typed["bank"] = ""
        return typed


class TopUpForm(_InCurrency):
    """What was moved to a rail's refund float."""

    rail = forms.CharField(max_length=40, widget=forms.HiddenInput)
    amount = AmountField(label=_("Amount that was moved"))
    reason = _text(_("Why, and the provider's id of the move"), NOTE_MAX)

    def __init__(self, *args: Any, currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.currency = currency
