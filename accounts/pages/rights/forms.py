"""What is typed at the rights desk. Who gives and when is never read from a form."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts import words
from accounts.pages.rights.shown import Names
from accounts.pages.stepping import StepUpForm
from accounts.policies import ANY, Breadth
from places import queries as places

YEAR = timedelta(days=365)
_BECAUSE_MAX = 200
_YEARS_MAX = 10  # Our assumption: a right for longer is one that nobody looks at again.
_BECAUSE_MIN = 5
_TYPED_MAX = 100
_SEVERAL = 10
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CalledForm(forms.Form):
    """Whose rights: a part of a name or of an address, sent and never put into an address."""

    q = forms.CharField(
        label=_("Name or email address"),
        max_length=_TYPED_MAX,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def typed(self) -> str:
        return str(self.cleaned_data["q"]) if self.is_valid() else ""


class EndForm(StepUpForm):
    """Why a right is ended or declined, and who is at the browser."""

    because = forms.CharField(
        label=_("Why"),
        help_text=_("Colleagues and auditors read it. Name no citizen and no case."),
        min_length=_BECAUSE_MIN,
        max_length=_BECAUSE_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("because", "password")


class OverForm(forms.Form):
    """Where, and on what; each list begins with all of it."""

    area = forms.CharField(
        label=_("Area"),
        help_text=_("A name or a code, with all that lies in it. Empty: the whole country."),
        max_length=_TYPED_MAX,
        required=False,
    )
    service = forms.ChoiceField(label=_("Service"), required=False)
    rail = forms.ChoiceField(label=_("Network or bank"), required=False)
    beneficiary = forms.ChoiceField(label=_("Whose money"), required=False)

    def __init__(self, *args: Any, names: Names, **more: Any) -> None:
        super().__init__(*args, **more)
        self.offer("service", names.services, _("every service"))
        self.offer("rail", names.rails, _("every network and bank"))
        self.offer("beneficiary", names.beneficiaries, _("everybody's"))

    def offer(
        self, name: str, named: Mapping[str, str], everything: Any, only: Collection[str] = (ANY,)
    ) -> None:
        """Offer all, or `only` the codes that the giver holds."""
        chosen = sorted((text, code) for code, text in named.items() if ANY in only or code in only)
        choices = [(code, text) for text, code in chosen]
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = [(ANY, everything), *choices] if ANY in only else choices

    def clean_area(self) -> str | None:
        """Return the area's code; None for the whole country."""
        typed = self.cleaned_data["area"].strip()
        if not typed:
            return None
        found = places.areas_called(typed, limit=_SEVERAL)
        if not found:
            raise forms.ValidationError(_("No area is called so."))
        if len(found) > 1:
            told = "; ".join(
                f"{places.area_line(code, get_language() or '')} ({code})" for code in found
            )
            raise forms.ValidationError(
                _("Several areas are called so. Type the code of one: %(areas)s"),
                params={"areas": told},
            )
        return found[0]

    def over(self) -> Breadth:
        given = self.cleaned_data
        return Breadth(
            service_code=given["service"] or ANY,
            area_code=given["area"],
            rail_code=given["rail"] or ANY,
            beneficiary_code=given["beneficiary"] or ANY,
        )


class WhoForm(OverForm):
    """The question "who can do this here?"."""

    act = forms.ChoiceField(label=_("What"))
    field_order = ("act", "area", "service", "rail", "beneficiary")

    def __init__(self, *args: Any, names: Names, **more: Any) -> None:
        super().__init__(*args, names=names, **more)
        self.fields["area"].help_text = _("A name or a code. Empty: anywhere.")
        self.offer("service", names.services, _("any service"))
        self.offer("rail", names.rails, _("any network or bank"))
        self.offer("beneficiary", names.beneficiaries, _("anybody's"))
        cast("forms.ChoiceField", self.fields["act"]).choices = [
            (subject, [(one.code, one.name) for one in acts])
            for subject, acts in words.by_subject().items()
        ]


class GiveForm(OverForm):
    """Over what, from when to when, and why."""

    from_on = forms.DateField(label=_("First day"), widget=_DAY)
    until_on = forms.DateField(label=_("Last day"), widget=_DAY)
    because = forms.CharField(
        label=_("Why"),
        help_text=_("Whoever confirms it reads this. Name no citizen and no case."),
        min_length=_BECAUSE_MIN,
        max_length=_BECAUSE_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        names: Names,
        hers: Sequence[Breadth],
        endless: bool,
        today: date,
        **more: Any,
    ) -> None:
        more.setdefault("initial", {"from_on": today, "until_on": today + YEAR})
        super().__init__(*args, names=names, **more)
        self._today = today
        self.offer("service", names.services, _("every service"), {b.service_code for b in hers})
        self.offer("rail", names.rails, _("every network and bank"), {b.rail_code for b in hers})
        self.offer(
            "beneficiary",
            names.beneficiaries,
            _("everybody's"),
            {b.beneficiary_code for b in hers},
        )
        if all(one.area_code for one in hers):
            self.fields["area"].required = True
            self.fields["area"].help_text = _("A name or a code, with all that lies in it.")
        self.fields["from_on"].widget.attrs["min"] = today.isoformat()
        if endless:
            self.fields["until_on"].required = False
            self.fields["until_on"].help_text = _("Empty: until somebody ends it.")

    def clean_from_on(self) -> date:
        first: date = self.cleaned_data["from_on"]
        if first < self._today:
            raise forms.ValidationError(_("A right does not begin in the past."))
        return first

    def clean_until_on(self) -> date | None:
        last: date | None = self.cleaned_data["until_on"]
        if last and last > self._today + _YEARS_MAX * YEAR:
            raise forms.ValidationError(_("A right lasts ten years at most."))
        return last

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("from_on"), given.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", gettext("The last day is before the first."))
        return given

    def from_at(self, at: datetime) -> datetime:
        """Return when it begins: now, where the first day is today."""
        first: date = self.cleaned_data["from_on"]
        return at if first == self._today else _begins(first)

    def until_at(self) -> datetime | None:
        """Return the end of the last day; None for no end."""
        last: date | None = self.cleaned_data["until_on"]
        return _begins(last + timedelta(days=1)) if last else None


class CopyForm(StepUpForm):
    """Which of a colleague's rights somebody is to have too."""

    which = forms.TypedMultipleChoiceField(
        label=_("Rights"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one right.")},
    )
    because = forms.CharField(
        label=_("Why"),
        help_text=_("Whoever confirms them reads this. Name no citizen and no case."),
        min_length=_BECAUSE_MIN,
        max_length=_BECAUSE_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("which", "because", "password")

    def __init__(self, *args: Any, offered: Sequence[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        cast("forms.MultipleChoiceField", self.fields["which"]).choices = offered


def _begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
