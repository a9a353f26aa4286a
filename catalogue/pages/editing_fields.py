"""Answers that an editor types as people write them, kept as a definition writes them."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from kernel.country import country
from kernel.money import EXPONENTS, NotWhole, to_minor

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,59}")


class CodeField(forms.CharField):
    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if text and not _CODE.fullmatch(text):
            raise ValidationError(
                gettext("Use small letters, digits, - and _, and begin with a letter.")
            )
        return text


class AmountField(forms.CharField):
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        currency = country().currency
        try:
            amount_minor = to_minor(text.replace(" ", ""), currency)
        except NotWhole:
            amount_minor = -1
        if amount_minor < 0:
            raise ValidationError(
                gettext("Enter an amount in %(currency)s with at most %(decimals)d decimals.")
                % {"currency": currency, "decimals": EXPONENTS[currency]}
            )
        return amount_minor


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, *, max_length: int, **more: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y"], **more)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        return day.isoformat() if day else ""
