"""
The single questions of a form: what each type of field takes, and how it is kept.

What a field accepts is what the definition says and no more: lengths, choices, areas of the level.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.checks_forms import NUMBER_MAX
from catalogue.parts import PAPERS, Field
from catalogue.words import tell
from kernel.country import country
from places import queries as places

LENGTHS = {
    "text": 120, "textarea": 1_000, "email": 254, "phone": 20, "person": 40, "record": 40,
}  # fmt: skip
# An act of a register as a paper names it: year, volume, number.
RECORD = r"[0-9]{4}/[A-Za-z0-9-]{1,12}/[0-9]{1,6}"
# A paper that was issued here (`documents.numbering`), as it stands on it.
PAPER_NUMBER = r"[A-Z0-9]{1,8}-[A-Z0-9]{1,16}-[0-9]{4}-[0-9]{6}-[A-Z0-9]"
# More choices than this are shown as a list to open, fewer as buttons to press.
RADIOS_MAX = 12

Choices = list[tuple[str, Any]]


class _Person(forms.CharField):
    """A national identity number, written as people write it, kept as its bare digits."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        bare = "".join(c for c in text if c.isalnum())
        if bare:
            forms.RegexField(
                country().national_id_pattern,
                error_messages={
                    "invalid": gettext("Enter the number as it stands on the card, such as %s.")
                    % country().national_id_example
                },
            ).clean(bare)
        return bare


class Phone(forms.CharField):
    """A telephone number in the country's or the international way, kept as +250788123456."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, country().phone_region)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise ValidationError(gettext("Enter a telephone number."), code="invalid")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class _DateInput(forms.DateInput):
    def format_value(self, value: Any) -> str | None:
        # A kept answer is ISO text: it is shown as people write dates.
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value or ""))
        except ValueError:
            return str(value or "")
        return f"{day.day}/{day.month}/{day.year}"


class _Date(forms.DateField):
    """A date as people here write it, or in ISO 8601."""

    widget = _DateInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y", "%Y-%m-%d"],
            error_messages={"invalid": _("Enter a date, such as 27/3/1994.")},
            **kwargs,
        )


class _Area(forms.ChoiceField):
    default_error_messages = {"invalid_choice": _("Choose one from the list.")}


def form_field(field: Field, language: str, answers: Mapping[str, object]) -> forms.Field:
    """
    Return the Django field of one question; of rows, see `catalogue.rows`.

    :param answers: those given so far: they narrow the areas that it offers
    """
    usual: dict[str, Any] = {
        "label": tell(field.labels, language).text,
        "help_text": tell(field.hints, language).text,
        "required": field.required,
    }
    match field.type:
        case "boolean":
            return forms.BooleanField(**usual)
        case "date":
            return _Date(**usual)
        case "number":
            return forms.IntegerField(
                min_value=-NUMBER_MAX, max_value=NUMBER_MAX, widget=_written("numeric"), **usual
            )
        case "choice":
            choices: Choices = [(o.value, tell(o.labels, language).text) for o in field.options]
            return forms.ChoiceField(**_listed(choices, len(choices), field), **usual)
        case "area":
            choices, count = _areas(field, language, answers)
            return _Area(**_listed(choices, count, field), **usual)
    usual["max_length"] = field.max_length or LENGTHS.get(field.type, 0)
    if field.type == "record":
        return _record(field, usual)
    return _text(field.type, usual)


def record_pattern(field: Field) -> str:
    """Return how the number that a field of type record asks for is written."""
    is_paper = field.lookup is not None and field.lookup.register == PAPERS
    return PAPER_NUMBER if is_paper else RECORD


def _record(field: Field, usual: dict[str, Any]) -> forms.Field:
    pattern = record_pattern(field)
    said = _("Enter year, volume and number of the act, such as 2019/3/142.")
    if pattern == PAPER_NUMBER:
        said = _("Enter the number as it stands on the paper, such as BC-1209-2026-000123-K.")
    return forms.RegexField(
        rf"\A{pattern}\Z", strip=True, error_messages={"invalid": said}, **usual
    )


def _text(kind: str, usual: dict[str, Any]) -> forms.Field:
    match kind:
        case "textarea":
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), **usual)
        case "email":
            return forms.EmailField(**usual)
        case "phone":
            return Phone(widget=_written("tel", autocomplete="tel"), **usual)
        case "person":
            return _Person(widget=_written("numeric"), **usual)
    return forms.CharField(**usual)


def _written(keys: str, *, autocomplete: str = "off") -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": keys, "autocomplete": autocomplete})


def _listed(choices: Choices, count: int, field: Field) -> dict[str, Any]:
    if count <= RADIOS_MAX:
        offered = choices if field.required else [("", _("No answer")), *choices]
        return {"choices": offered, "widget": forms.RadioSelect}
    return {"choices": [("", _("Choose")), *choices], "widget": forms.Select}


def _areas(field: Field, language: str, answers: Mapping[str, object]) -> tuple[Choices, int]:
    """Return the areas offered, under the names of the areas that hold them if these are many."""
    within = str(answers.get(field.within) or "") or None
    found = places.areas(level_name=field.level_name, parent_code=within)
    held = sorted(found, key=lambda a: (a.parent.path if a.parent else "", a.name))
    groups: list[tuple[str, Choices]] = [
        (name, [(a.code, a.told(language)) for a in members])
        for name, members in _by_parent(held, language)
    ]
    if len(groups) == 1:
        return groups[0][1], len(found)
    return list(groups), len(found)


def _by_parent(areas: Iterable[Any], language: str) -> Iterable[tuple[str, list[Any]]]:
    for parent, members in groupby(areas, key=lambda a: a.parent):
        yield (parent.told(language) if parent else ""), list(members)
