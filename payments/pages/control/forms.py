"""What is typed in the room of control."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.country import country
from kernel.money import to_minor
from payments.operations.controlling import limits
from payments.pages.control.words import ACTS, EXPLANATIONS
from payments.queries import control as queries

_AMOUNT_MAX = 10**13
PASSWORD_CHARACTERS_MAX = 512


class ExplainForm(forms.Form):
    """What a debit was."""

    movement = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=_("What it was"),
        choices=list(EXPLANATIONS.items()),
    )
    named = forms.CharField(
        label=_("Number of the payment it took back, of its return, or of the remittance"),
        help_text=_("As the network or bank gives it, or as our remittance is numbered."),
        max_length=200,
        required=False,
    )
    reason = forms.CharField(label=_("How you know"), max_length=300)


class LimitForm(forms.Form):
    """How much may be approved at once and on one day, in whole units of the currency."""

    act = forms.ChoiceField(
        label=_("Who"), choices=[(one.code, ACTS[one.code]) for one in limits.LIMITED]
    )
    rail = forms.ChoiceField(label=_("Network or bank"))
    per_act = forms.DecimalField(label=_("At most at once"), min_value=0, max_value=_AMOUNT_MAX)
    per_day = forms.DecimalField(label=_("At most on one day"), min_value=0, max_value=_AMOUNT_MAX)
    reason = forms.CharField(label=_("Legal ground or reason"), max_length=300)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        rails = [(one.code, one.code) for one in queries.rails()]
        self.fields["rail"].choices = [("*", _("all together")), *rails]  # type: ignore[attr-defined]

    def minor(self, name: str) -> int:
        """Return a typed amount in minor units of the country's currency."""
        return to_minor(str(self.cleaned_data[name]), country().currency)


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


class DecideForm(forms.Form):
    """Yes or no to what another has asked for."""

    about = forms.IntegerField(min_value=1)
    decision = forms.ChoiceField(choices=[("approve", ""), ("decline", "")])


class DecideDebitForm(DecideForm):
    """The same with her password, which only an approval needs."""

    password = forms.CharField(
        max_length=PASSWORD_CHARACTERS_MAX, strip=False, required=False, empty_value=""
    )
