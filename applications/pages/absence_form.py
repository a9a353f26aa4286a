"""The forms in which somebody says when she, or an officer of hers, is away or works."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.states import AbsenceKind
from kernel.country import country

Named = Sequence[tuple[int, str]]
"""Accounts with the names that they are chosen by."""


class LeaveForm(forms.Form):
    """From which day to which, and who stands in."""

    from_day = forms.DateField(
        label=_("First day away"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until_day = forms.DateField(
        label=_("Last day away"), widget=forms.DateInput(attrs={"type": "date"})
    )
    stand_in = forms.TypedChoiceField(
        label=_("Who gets the new cases"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, *args: Any, stand_ins: Named, **more: Any) -> None:
        super().__init__(*args, **more)
        self._offer("stand_in", [("", _("whoever has the least to do")), *stand_ins])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("from_day"), given.get("until_day")
        if first and last and last < first:
            self.add_error("until_day", gettext("The last day is before the first."))
        return given

    def _offer(self, name: str, choices: Sequence[Any]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices


class AbsenceForm(LeaveForm):
    """The same by the head of an office: who, and why."""

    officer = forms.TypedChoiceField(label=_("Officer"), coerce=int)
    kind = forms.ChoiceField(label=_("Why"), choices=AbsenceKind.choices)

    field_order = ("officer", "from_day", "until_day", "kind", "stand_in")

    def __init__(self, *args: Any, officers: Named, **more: Any) -> None:
        super().__init__(*args, stand_ins=officers, **more)
        self._offer("officer", officers)


class WeekForm(forms.Form):
    """On which of the country's working days she works."""

    days = forms.TypedMultipleChoiceField(
        label=_("Works on"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )

    def __init__(self, *args: Any, weekdays: Sequence[int], **more: Any) -> None:
        more.setdefault("initial", {"days": weekdays or country().working_week})
        super().__init__(*args, **more)
        whole = [(day, WEEKDAYS[day]) for day in country().working_week]
        cast("forms.MultipleChoiceField", self.fields["days"]).choices = whole

    @property
    def weekdays(self) -> list[int]:
        """What to keep: nothing where she works on each day of the country's week."""
        chosen: list[int] = self.cleaned_data["days"]
        return [] if set(chosen) == set(country().working_week) else chosen
