"""What people type to sign in; every refusal is said in words that help the honest."""

import re
from datetime import date

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberType

from accounts import numbers
from accounts.operations.codes import CODE_DIGITS
from accounts.operations.passwords import PASSWORD_LENGTH_MAX
from kernel.country import country
from registers import matching

_TYPED_MAX = 40
PHONE_TYPED_MAX = _TYPED_MAX
OLDEST_BIRTH = date(1900, 1, 1)


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Your mobile number"),
        help_text=_("We send you a code by text message. It costs you nothing."),
        max_length=_TYPED_MAX,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "size": 20}
        ),
    )

    def clean_phone(self) -> str:
        """Return the number in E.164: a mobile that a code may be sent to (`accounts.numbers`)."""
        region = country().phone_region
        phone = _e164(self.cleaned_data["phone"], region)
        if phone is None:
            raise ValidationError(
                _("Enter a mobile number of this country, such as %(example)s."),
                params={"example": _example(region)},
            )
        return phone


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits, good for 10 minutes."),
        max_length=_TYPED_MAX,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "size": 10,
                "class": "code",
            }
        ),
    )

    def clean_code(self) -> str:
        typed = re.sub(r"[\s\-]+", "", self.cleaned_data["code"])
        if not (typed.isascii() and typed.isdigit() and len(typed) == CODE_DIGITS):
            raise ValidationError(_("The code is six digits."))
        return typed


class PersonForm(forms.Form):
    national_id = forms.CharField(
        label=_("National identity number"),
        max_length=_TYPED_MAX,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )
    born_on = forms.DateField(
        label=_("Date of birth"),
        help_text=_("As on your identity card: day, month, year. For example 31/12/1990."),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y"],
        error_messages={"invalid": _("Enter a date, such as 31/12/1990.")},
        widget=forms.DateInput(
            format="%d/%m/%Y", attrs={"autocomplete": "bday", "inputmode": "text", "size": 12}
        ),
    )

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._today = today
        self.fields["national_id"].help_text = _("For example %(example)s.") % {
            "example": country().national_id_example
        }

    def clean_national_id(self) -> str:
        typed = matching.clean_national_id(self.cleaned_data["national_id"])
        if not re.fullmatch(country().national_id_pattern, typed, re.ASCII):
            raise ValidationError(
                _("This does not look like an identity number. Check it on the card.")
            )
        return typed

    def clean_born_on(self) -> date:
        born_on: date = self.cleaned_data["born_on"]
        if not OLDEST_BIRTH <= born_on <= self._today:
            raise ValidationError(_("Enter a date of birth in the past."))
        return born_on


class StaffForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=PASSWORD_LENGTH_MAX,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def _e164(typed: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(typed, region)
        phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        numbers.region_of(phone)
    except (phonenumbers.NumberParseException, numbers.NumberNotServed):
        return None
    return None if number.extension else phone


def _example(region: str) -> str:
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        if number
        else ""
    )
