"""What is typed to invite somebody, to find her, and to set a password."""

from datetime import date

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import staffing
from accounts.operations.passwords import PASSWORD_LENGTH_MAX
from accounts.pages.forms import PersonForm
from accounts.pages.stepping import StepUpField
from places import queries as places

_OFFICES_MAX = 3000


class FindForm(forms.Form):
    q = forms.CharField(label=_("Name or address"), required=False, max_length=120)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("all")),
            (staffing.ACTIVE, _("active")),
            (staffing.INVITED, _("invited")),
            (staffing.CLOSED, _("closed")),
        ],
    )


class InviteForm(PersonForm):
    """Who she is, by the register; where she works; where the link goes."""

    email = forms.EmailField(
        label=_("Work email address"),
        help_text=_("The link is sent there, and nowhere else."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    office = forms.TypedChoiceField(
        label=_("Office"), coerce=lambda told: int(told) or None, empty_value=None
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    field_order = ("national_id", "born_on", "email", "office", "language")

    def __init__(
        self, *args: object, today: date, within: staffing.Reach, told_in: str, **kwargs: object
    ) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["national_id"].widget.attrs["autocomplete"] = "off"
        self.fields["born_on"].widget.attrs["autocomplete"] = "off"
        offices = staffing.offices(within)[:_OFFICES_MAX]
        named = [(office.pk, _office(office, told_in)) for office in offices]
        whole = [(0, _("None: the whole country"))] if within.everywhere else []
        self.fields["office"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose one")),
            *whole,
            *named,
        ]


def new_password() -> forms.CharField:
    return forms.CharField(
        label=_("New password"),
        help_text=_("12 characters or more. A few words that nobody would guess do well."),
        max_length=PASSWORD_LENGTH_MAX,
        strip=False,
        widget=forms.PasswordInput(
            attrs={
                "autocomplete": "new-password",
                "data-shows": _("Show"),
                "data-hides": _("Hide"),
            }
        ),
    )


class AcceptForm(forms.Form):
    password = new_password()


class PasswordForm(forms.Form):
    password = StepUpField(label=_("Your password now"))
    new = new_password()


def _office(office: places.Office, language: str) -> str:
    area = office.area.told(language) if office.area else ""
    name = office.told(language)
    return name if not area or area in name else f"{name}, {area}"
