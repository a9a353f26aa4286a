"""What somebody asks of a report, read from an address."""

from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports import words
from reports.asking import WAYS, Asked, By, Kind
from reports.periods import NoPeriod, Period, Unit, around, between

DAY = {"type": "date"}
# A code of an area is a path's part: it is looked up, and leads nowhere if it is made up.
WITHIN_MAX = 20
FIRST_YEAR, LAST_YEAR = 2000, 2100


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **more
    )


class AskForm(forms.Form):
    """`report` decides which ways `by` offers; days count by the unit of the period."""

    report = forms.ChoiceField(
        choices=[(kind.value, kind.value) for kind in Kind], widget=forms.HiddenInput
    )
    by = forms.ChoiceField(label=_("Told apart by"))
    unit = forms.ChoiceField(label=_("Period"), choices=list(words.UNITS.items()))
    on = _day(_("Day in it"))
    first = _day(_("From"))
    last = _day(_("To"))
    within = forms.CharField(required=False, max_length=WITHIN_MAX, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, kind: Kind) -> None:
        super().__init__(data)
        self.kind = kind
        choices = [(way.value, words.WAYS[way]) for way in WAYS[kind]]
        self.fields["by"] = forms.ChoiceField(label=_("Told apart by"), choices=choices)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        days = [told[name] for name in ("on", "first", "last") if told.get(name)]
        if not all(FIRST_YEAR <= day.year <= LAST_YEAR for day in days):
            raise forms.ValidationError(_("Give days between the years 2000 and 2100."))
        told["period"] = self._period(told)
        return told

    def asked(self, language: str, *, today: date) -> Asked:
        """Return what is asked; what stands in suspense is as old as it is today, not later."""
        told = self.cleaned_data
        period: Period = told["period"]
        if self.kind is Kind.SUSPENSE:
            period = Period(period.unit, min(period.first, today), min(period.last, today))
        return Asked(self.kind, By(told["by"]), period, told["within"], language)

    def _period(self, told: dict[str, Any]) -> Period | None:
        if "unit" not in told:
            return None
        unit = Unit(told["unit"])
        if unit is not Unit.RANGE:
            if told.get("on"):
                return around(told["on"], unit)
            self._say("on", _("Give a day of the period."))
            return None
        if not (told.get("first") and told.get("last")):
            self._say("first", _("Give the first and the last day."))
            return None
        try:
            return between(told["first"], told["last"])
        except NoPeriod:
            self.add_error("last", _("The last day must follow the first, within five years."))
            return None

    def _say(self, name: str, error: Promise) -> None:
        if name not in self.errors:  # A day that cannot be read is told so, and enough.
            self.add_error(name, str(error))


def usual(kind: Kind, today: date) -> dict[str, str]:
    """Return what is asked where nothing is said: the month that has today in it."""
    return {
        "report": kind,
        "by": WAYS[kind][0],
        "unit": Unit.MONTH,
        "on": today.isoformat(),
        "first": "",
        "last": "",
        "within": "",
    }
