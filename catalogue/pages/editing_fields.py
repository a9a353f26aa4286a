"""Answers that an editor types as people write them, kept as a definition writes them."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.pages import editing_choices as choices
from catalogue.pages.editing_parts import Input
from catalogue.strict import TEXT_MAX
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


def plain_field(
    one: Input,
    usual: dict[str, Any],
    now: Any,
    *,
    definition: Mapping[str, Any],
    language: str,
) -> forms.Field:
    """Return the field of a question that is one field alone; `now` is what stands there."""
    match one.kind:
        case "bool":
            return forms.BooleanField(**usual | {"required": False})
        case "number":
            return forms.IntegerField(min_value=0, max_value=10**12, **usual)
        case "amount":
            return AmountField(max_length=20, **usual)
        case "day":
            return DayField(max_length=10, **usual)
        case "code":
            return CodeField(max_length=60, **usual)
        case "choice" | "many":
            offered = choices.choices(one.choices, definition, language)
            if one.kind == "many":
                return forms.MultipleChoiceField(
                    choices=offered, widget=forms.CheckboxSelectMultiple, **usual
                )
            # What stands is offered, also where the country no longer has it.
            if now and now not in {code for code, _label in offered}:
                offered = [*offered, (now, str(now))]
            if not (one.required and now):
                offered = [("", _("Choose") if one.required else _("none")), *offered]
            return forms.ChoiceField(choices=offered, **usual)
    return forms.CharField(max_length=TEXT_MAX, **usual)
