"""What several forms about money have: amounts as people write them, a second word."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.pages.stepping import StepUpField
from kernel.money import NotWhole, to_minor

_AMOUNT_MAX = 10**17


def minor_of(typed: str, currency: str, *, least: int = 1) -> int:
    """
    Return an amount as a person types it, with the spaces that numbers have in French.

    :raises django.forms.ValidationError: if it is none, or less than `least`
    """
    wrong = forms.ValidationError(
        gettext("Write an amount above zero, such as 1500.")
        if least
        else gettext("This is no amount.")
    )
    try:
        amount_minor = to_minor(re.sub(r"\s", "", typed), currency)
    except NotWhole:
        raise wrong from None
    if not least <= amount_minor <= _AMOUNT_MAX:
        raise wrong
    return amount_minor


def quiet(**attrs: str) -> forms.TextInput:
    """Return an input that leaves nothing of a citizen's in an officer's browser."""
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **attrs})


class SecondWordForm(forms.Form):
    """A second person's word: yes with her password, no without."""

    which = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    password = StepUpField(
        help_text=_("Only to say yes."), missing=_("Type your password to say yes.")
    )
    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.is_bound and self.data.get("answer") == "no":
            del self.fields["password"]
