"""The form in which the head of an office says who is away."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.states import AbsenceKind
from applications.queries.heads import OfficerLine


class AbsenceForm(forms.Form):
    """Who, from which day to which, why, and who stands in."""

    officer = forms.TypedChoiceField(label=_("Officer"), coerce=int)
    from_day = forms.DateField(
        label=_("First day away"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until_day = forms.DateField(
        label=_("Last day away"), widget=forms.DateInput(attrs={"type": "date"})
    )
    kind = forms.ChoiceField(label=_("Why"), choices=AbsenceKind.choices)
    stand_in = forms.TypedChoiceField(
        label=_("Who gets the new cases"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, *args: Any, officers: Sequence[OfficerLine], **more: Any) -> None:
        super().__init__(*args, **more)
        named = [(line.account_id, line.name) for line in officers if line.account_id]
        self.fields["officer"].choices = named  # type: ignore[attr-defined]
        whoever = [("", _("whoever has the least to do"))]
        self.fields["stand_in"].choices = [*whoever, *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("from_day"), given.get("until_day")
        if first and last and last < first:
            self.add_error("until_day", gettext("The last day is before the first."))
        return given
