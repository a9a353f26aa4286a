"""What is typed to find an agent, to register one, and to stop one."""

from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.pages.forms import PhoneForm
from accounts.pages.stepping import StepUpField
from kernel.country import country
from places import queries as places

YEAR = timedelta(days=365)
_TYPED_MAX = 100
_YEARS_MAX = 10  # The rule itself is `operations.agents.TERM_MAX`, from the first day on.
_SEVERAL = 10
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _area(typed: str) -> str:
    """Return the code of the one area that is called so."""
    found = places.areas_called(typed.strip(), limit=_SEVERAL)
    if not found:
        raise forms.ValidationError(_("No area is called so."))
    if len(found) > 1:
        lines = places.area_lines(found)
        told = "; ".join(f"{one.told('')} ({code})" for code, one in lines.items())
        raise forms.ValidationError(
            _("Several areas are called so. Type the code of one: %(areas)s"),
            params={"areas": told},
        )
    return found[0]


class FindAgentForm(forms.Form):
    """A number on a licence, or a place; the number counts where both are typed."""

    licence = forms.CharField(
        label=_("Number on the licence"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    area = forms.CharField(
        label=_("Or a place"),
        help_text=_("The name of a district, a sector or the like."),
        max_length=_TYPED_MAX,
        required=False,
    )

    def clean_licence(self) -> str:
        return str(self.cleaned_data["licence"]).strip().upper()

    def clean_area(self) -> str:
        typed = str(self.cleaned_data["area"]).strip()
        return _area(typed) if typed and not self.cleaned_data.get("licence") else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("licence") and not given.get("area"):
            raise forms.ValidationError(_("Type the number on the licence, or a place."))
        return given


class RegisterForm(PhoneForm):
    """Who, under which licence, where, for how long and for how much."""

    email = forms.EmailField(
        label=_("Email address of the agent's login"),
        help_text=_("Invite the agent first, as staff. The login may do nothing until then."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    business = forms.CharField(
        label=_("Name of the business"),
        help_text=_("Everybody can read it. Not the name of a person."),
        max_length=120,
    )
    licence = forms.CharField(label=_("Number on the licence"), max_length=40)
    agency = forms.ChoiceField(label=_("Agency that gave the licence"))
    area = forms.CharField(
        label=_("Area"),
        help_text=_("A name or a code, with all that lies in it."),
        max_length=_TYPED_MAX,
    )
    fee = forms.IntegerField(
        label=_("Declared fee for one application"),
        help_text=_("The most that the agent takes. Everybody can read it."),
        min_value=0,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    from_on = forms.DateField(label=_("First day"), widget=_DAY)
    until_on = forms.DateField(label=_("Last day"), widget=_DAY)

    field_order = (
        "email", "business", "phone", "licence", "agency", "area", "fee", "from_on", "until_on",
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, told_in: str, **more: Any) -> None:
        more.setdefault("initial", {"from_on": today, "until_on": today + YEAR - timedelta(days=1)})
        super().__init__(*args, **more)
        self._today = today
        self.fields["phone"].label = _("Telephone of the business")
        self.fields["phone"].help_text = _("No citizen who is helped can be reached through it.")
        self.fields["phone"].widget.attrs["autocomplete"] = "off"
        agencies = [(code, name) for code, name in places.agency_names(told_in).items()]
        cast("forms.ChoiceField", self.fields["agency"]).choices = [
            ("", _("Choose one")), *sorted(agencies, key=lambda one: one[1]),
        ]  # fmt: skip

    def clean_licence(self) -> str:
        return str(self.cleaned_data["licence"]).strip().upper()

    def clean_area(self) -> str:
        return _area(self.cleaned_data["area"])

    def clean_from_on(self) -> date:
        first: date = self.cleaned_data["from_on"]
        if first < self._today:
            raise forms.ValidationError(_("A licence does not begin in the past."))
        return first

    def clean_until_on(self) -> date:
        last: date = self.cleaned_data["until_on"]
        if last > self._today + _YEARS_MAX * YEAR:
            raise forms.ValidationError(
                _("A licence ends after it begins, and lasts three years at most.")
            )
        return last

    def proposed(self, at: datetime) -> dict[str, Any]:
        """Return what `register_agent` takes of it."""
        given = self.cleaned_data
        first: date = given["from_on"]
        return {
            "licence": given["licence"],
            "business": given["business"].strip(),
            "agency_code": given["agency"],
            "area_code": given["area"],
            "phone": given["phone"],
            "fee_minor": given["fee"] * 10 ** country().currency_exponent,
            "service_fees": {},
            "from_at": at if first == self._today else _begins(first),
            "until_at": _begins(given["until_on"] + timedelta(days=1)),
        }


class StopForm(forms.Form):
    SUSPEND, END = "suspend", "end"
    how = forms.ChoiceField(
        label=_("What is to happen?"),
        choices=[
            (SUSPEND, _("Suspend it: shown as suspended until it is ended")),
            (END, _("End it for good")),
        ],
        widget=forms.RadioSelect,
    )
    because = forms.CharField(
        label=_("Why"),
        help_text=_("Colleagues and auditors read it. Name no citizen and no case."),
        min_length=5,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    password = StepUpField()

    def __init__(self, *args: Any, may_suspend: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not may_suspend:
            how = cast("forms.ChoiceField", self.fields["how"])
            how.choices = [(self.END, _("End it for good"))]
            how.initial = self.END


def _begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
