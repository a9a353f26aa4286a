"""What an officer types to ask and to decide about a paper."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages.stepping import StepUpField
from documents.operations.living import NOTE_CHARACTERS_MAX, reasons_for
from documents.pages.papers import words
from documents.states import Standing


class FilterForm(forms.Form):
    """Which papers are listed."""

    number = forms.CharField(
        label=_("Paper number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    state = forms.ChoiceField(
        label=_("Standing"),
        required=False,
        choices=[("", _("all")), *((one.value, words.STANDINGS[one][0]) for one in Standing)],
    )


class AskForm(forms.Form):
    """Why, in a code and in words."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    note = forms.CharField(
        label=_("What you know"),
        help_text=_("Whoever decides reads this; so does an auditor. At most 1000 characters."),
        max_length=NOTE_CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say in a few words what you know.")},
    )
    entry = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: str, **more: Any) -> None:
        super().__init__(*args, **more)
        reason: Any = self.fields["reason"]
        reason.choices = [(one.value, words.REASONS[one]) for one in reasons_for(kind)]


class PasswordForm(forms.Form):
    password = StepUpField(missing=_("Enter your password to approve."))
