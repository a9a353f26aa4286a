"""What is typed in the room of control."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.country import country
from payments.operations.controlling import limits
from payments.pages.control.words import ACTS, EXPLANATIONS
from payments.pages.fields import minor_of
from payments.queries import control as queries


class AmountField(forms.CharField):
    """An amount above zero as people write it; cleaned, in minor units of the country's money."""

    def __init__(self, **kwargs: Any) -> None:
        digits = forms.TextInput(attrs={"inputmode": "decimal"})
        super().__init__(max_length=30, widget=digits, **kwargs)

    def clean(self, value: Any) -> int:
        """:raises django.forms.ValidationError: if it is none"""
        return minor_of(super().clean(value), country().currency)


class ExplainForm(forms.Form):
    """What a debit was."""

    movement = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=_("What it was"),
        choices=list(EXPLANATIONS.items()),
    )
    named = forms.CharField(
        label=_("Number of the payment taken or paid back, of its return, or of the batch"),
        help_text=_("As the network or bank gives it, or as our remittance is numbered."),
        max_length=200,
        required=False,
    )
    reason = forms.CharField(label=_("How you know"), max_length=300)


class LimitForm(forms.Form):
    """How much may be approved at once and on one day, in the currency as people write it."""

    act = forms.ChoiceField(
        label=_("Who"), choices=[(one.code, ACTS[one.code]) for one in limits.LIMITED]
    )
    rail = forms.ChoiceField(label=_("Network or bank"))
    per_act = AmountField(label=_("At most at once"))
    per_person = AmountField(label=_("At most on one day by one person"))
    per_day = AmountField(label=_("At most on one day by all together"))
    reason = forms.CharField(label=_("Legal ground or reason"), max_length=300)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        rails = [(one.code, one.code) for one in queries.rails()]
        self.fields["rail"].choices = [("*", _("all together")), *rails]  # type: ignore[attr-defined]


class SweepForm(forms.Form):
    """Where a rail's balance may go."""

    rail = forms.ChoiceField(label=_("Network or bank"))
    account = forms.CharField(label=_("Account of the treasury"), max_length=60)
    bank = forms.CharField(label=_("Its bank"), max_length=100)
    reason = forms.CharField(label=_("Legal ground or reason"), max_length=100)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        rails = [(one.code, one.code) for one in queries.rails()]
        self.fields["rail"].choices = rails  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """What is to leave a retired rail, in the currency as people write it."""

    rail = forms.CharField(widget=forms.HiddenInput, max_length=40)
    amount = AmountField(label=_("Amount to move"))
    reason = forms.CharField(label=_("Legal ground or reason"), max_length=300)


class EndForm(forms.Form):
    """Why an order cannot be carried out."""

    move = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why it cannot be carried out"), max_length=300)


class DecideForm(forms.Form):
    """Yes or no to what another has asked for; `stepping.shown` reads what an approval needs."""

    about = forms.IntegerField(min_value=1)
    decision = forms.ChoiceField(choices=[("approve", ""), ("decline", "")])
